"""What verifiers see and say, on the wire."""

from puhui.footprint.product import Category
from puhui.footprint.schema.footprint import LineReasonSchema
from puhui.footprint.schema.product import UNIT
from puhui.footprint.verdict import Verdict
from puhui.web.schema import (
    Code,
    DecimalString,
    Enum,
    Instant,
    List,
    Nested,
    Schema,
    Text,
    Uuid,
    Whole,
)


class DecisionSchema(Schema):
    """What a verifier says."""

    verdict = Enum(Verdict, required=True)
    reasons = List(Nested(LineReasonSchema), most=200, load_default=list)


class QueueItemSchema(Schema):
    """A footprint that waits, and of what it is."""

    footprint_id = Uuid(required=True)
    product_id = Uuid(required=True)
    name_zh = Text(100, required=True)
    name_en = Text(100, required=True)
    category = Enum(Category, required=True)
    number = Whole(required=True, minimum=1)
    footprint_kg = DecimalString(required=True, minimum=0, places=12)
    declared_unit = Code(UNIT, most=12, required=True)
    submitted_at = Instant(required=True)
