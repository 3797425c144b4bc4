"""What projects have lost, on the wire."""

from typing import Any

from marshmallow import post_load

from puhui.credits.batch import LONGEST
from puhui.credits.reversal import Cause, ReversalDraft
from puhui.credits.schema.batch import MOST_KG
from puhui.web.schema import Day, Enum, Schema, Text, Whole


class ProjectReversalSchema(Schema):
    """What a project has lost."""

    cause = Enum(Cause, required=True)
    happened_on = Day(required=True)
    lost_kg = Whole(minimum=1, maximum=MOST_KG, required=True)
    says_zh = Text(2000, required=True)
    says_en = Text(2000, required=True)
    source = Text(LONGEST, required=True)

    @post_load
    def _draft(self, found: dict[str, Any], **_: Any) -> ReversalDraft:
        return ReversalDraft(**found)


class ProjectReversalShownSchema(Schema):
    """What a project has lost, and what its reserve made good."""

    cause = Enum(Cause, required=True)
    happened_on = Day(required=True)
    lost_kg = Whole(required=True)
    covered_kg = Whole(required=True, description="由储备补足")
    uncovered_kg = Whole(required=True, description="未能补足")
    says_zh = Text(2000, required=True)
    says_en = Text(2000, required=True)
    source = Text(LONGEST, required=True)
