"""Where serials are, on the wire."""

from puhui.credits.batch import LONGEST, Encumbrance
from puhui.credits.cancellation import Reason
from puhui.credits.kind import Kind
from puhui.web.schema import Day, Enum, Instant, List, Nested, Schema, Text, Whole


class SerialQuery(Schema):
    """A serial number or a range of them."""

    text = Text(LONGEST, required=True, example="FFCER-350429-TNSY-2019-17")


class SerialFateSchema(Schema):
    """Serials that share a fate, and what it is."""

    serials = Text(LONGEST, required=True)
    quantity_kg = Whole(required=True)
    state = Text(20, required=True, description="available、held、retired 或 cancelled")
    kept = Text(20, required=True, allow_none=True, description="reserve 或 encumbrance")
    encumbrance = Enum(Encumbrance, required=True, description="整个批次的")
    kind = Enum(Kind, required=True)
    project_code = Text(40, required=True)
    project_name = Text(LONGEST, required=True)
    project_name_en = Text(LONGEST, required=True)
    registry = Text(LONGEST, required=True)
    period_starts = Day(required=True)
    period_ends = Day(required=True)
    certificate = Text(20, required=True, allow_none=True)
    retired_at = Instant(required=True, allow_none=True)
    cancelled_because = Enum(Reason, required=True, allow_none=True)
    cancelled_at = Instant(required=True, allow_none=True)


class SerialFatesSchema(Schema):
    """Where the serials are."""

    items = List(Nested(SerialFateSchema), most=200, required=True)
