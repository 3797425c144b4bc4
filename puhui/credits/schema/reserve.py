"""Rules for reserves on the wire."""

from typing import Any

from marshmallow import post_load

from puhui.credits.batch import LONGEST
from puhui.credits.kind import Kind
from puhui.credits.reserve import ReserveDraft
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.web.schema import Code, DecimalString, Enum, List, Nested, Schema, Text, Whole


class ReserveSchema(Schema):
    """A share of each further issuance of a kind, or of a project, that is not sold."""

    kind = Enum(Kind, load_default=None, allow_none=True)
    project = Code(
        r"[A-Z0-9][A-Z0-9-]{1,39}", most=40, load_default=None, allow_none=True, example=None
    )
    percent = DecimalString(minimum=0, maximum=100, places=2, required=True, example="20")
    source = Text(LONGEST, required=True, description="规则或合同")


def reserve_of(found: dict[str, Any]) -> ReserveDraft:
    """Return the rule; asked once it is known that the actor may set it.

    Raises:
        Invalid: it is of nothing, or of a kind and a project.
    """
    if (found["kind"] is None) == (found["project"] is None):
        message = N_("请填种类或项目，二者之一")
        raise Invalid([Fault("kind_or_project", message, None, "kind")])
    share_bp = int(found["percent"] * 100)
    return ReserveDraft(found["kind"], found["project"], share_bp, found["source"])


class ReserveFormSchema(Schema):
    """A share of each further issuance of one project."""

    percent = DecimalString(minimum=0, maximum=100, places=2, required=True)
    reserve_source = Text(LONGEST, required=True)

    @post_load
    def _share(self, found: dict[str, Any], **_: Any) -> tuple[int, str]:
        return int(found["percent"] * 100), found["reserve_source"]


class ReserveShownSchema(Schema):
    """A rule for a reserve, as it is kept."""

    kind = Enum(Kind, required=True, allow_none=True)
    project = Text(40, required=True, allow_none=True)
    share_bp = Whole(required=True, description="万分比")
    source = Text(LONGEST, required=True)


class ReservesSchema(Schema):
    """The rules in force: of each kind and project, the last that was set."""

    items = List(Nested(ReserveShownSchema), most=100_000, required=True)
