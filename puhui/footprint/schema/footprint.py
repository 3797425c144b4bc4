"""Versions of footprints on the wire."""

from typing import Any

from marshmallow import post_load

from puhui.footprint.ruleset import GWP
from puhui.footprint.submission import MOST_LINES
from puhui.footprint.verdict import Reason
from puhui.web.schema import Code, DecimalString, Instant, List, Nested, Schema, Text, Uuid, Whole


class GwpQuery(Schema):
    """By which global warming potentials: those of IPCC AR6, unless a rule asks for AR5."""

    gwp = Code("|".join(GWP), most=3, load_default="AR6", example="AR6")


class NewFootprintSchema(GwpQuery):
    """Of which product."""

    product_id = Uuid(required=True)


class LineReasonSchema(Schema):
    """Why: about one line, or the whole when `row` is null."""

    row = Whole(minimum=1, maximum=MOST_LINES, load_default=None, allow_none=True)
    reason = Text(500, required=True, example="供应商声明已过期")

    @post_load
    def _reason(self, data: dict[str, Any], **_: Any) -> Any:
        return Reason(**data)


class FootprintSchema(Schema):
    """A version of a product's footprint."""

    footprint_id = Uuid(required=True)
    product_id = Uuid(required=True)
    number = Whole(required=True, minimum=1, description="第几版")
    state = Code(r"declared|submitted|reviewed|verified|refused", required=True)
    footprint_kg = DecimalString(
        required=True, minimum=0, places=12, description="每声明单位的 kgCO2e"
    )
    sha256 = Code(r"[0-9a-f]{64}", required=True)
    ruleset = Text(60, required=True)
    declared_at = Instant(required=True)
    submitted_at = Instant(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)
    verifier_organisation_id = Uuid(required=True, allow_none=True)
    reasons = List(Nested(LineReasonSchema), most=200, required=True, allow_none=True)
    checklist = Text(20, required=True, allow_none=True, description="通过时所用的核查表版本")
