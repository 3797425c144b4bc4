"""What verifiers see and say, on the wire."""

from typing import Any

from marshmallow import post_load

from puhui.footprint.checklist import MOST_NOTE, PRESENT, Answer, Answered
from puhui.footprint.product import Category
from puhui.footprint.schema.footprint import LineReasonSchema
from puhui.footprint.schema.product import UNIT
from puhui.footprint.submission import MOST_LINES
from puhui.footprint.validity import Change
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


class ChecklistAnswerSchema(Schema):
    """What a verifier says of one point of the checklist."""

    point = Code(r"[a-z][a-z_]{0,30}", most=31, required=True, example="boundary")
    answer = Enum(Answer, required=True)
    note = Text(MOST_NOTE, load_default=None, allow_none=True)

    @post_load
    def _answered(self, data: dict[str, Any], **_: Any) -> Any:
        return Answered(**data)


class NewFootprintReviewSchema(Schema):
    """A checklist, point by point."""

    checklist = Text(20, required=True, example=PRESENT.version)
    answers = List(Nested(ChecklistAnswerSchema), most=100, required=True)


class FootprintReviewSchema(Schema):
    """A review as it was kept."""

    review_id = Uuid(required=True)
    footprint_id = Uuid(required=True)
    number = Whole(required=True, minimum=1)
    checklist = Text(20, required=True)
    answers = List(Nested(ChecklistAnswerSchema), most=100, required=True)
    organisation_id = Uuid(required=True)
    reviewed_at = Instant(required=True)


class ChecklistPointSchema(Schema):
    """One thing to look at."""

    key = Code(r"[a-z][a-z_]{0,30}", most=31, required=True)
    text = Text(200, required=True)


class ChecklistSchema(Schema):
    """Everything that a verifier looks at."""

    version = Text(20, required=True)
    points = List(Nested(ChecklistPointSchema), most=100, required=True)


class EvidenceQuery(Schema):
    """What a document supports, and what its sender calls it."""

    row = Whole(minimum=1, maximum=MOST_LINES, load_default=None, description="清单的行")
    name = Text(200, load_default="document", description="文件名")


class EvidenceSchema(Schema):
    """A document that supports a footprint."""

    document_id = Uuid(required=True)
    row = Whole(required=True, minimum=1, allow_none=True)
    name = Text(200, required=True)
    media_type = Text(100, required=True)
    size = Whole(required=True, minimum=1, description="字节")
    sha256 = Code(r"[0-9a-f]{64}", required=True)
    received_at = Instant(required=True)


class EvidenceListSchema(Schema):
    """The documents of a footprint."""

    items = List(Nested(EvidenceSchema), most=100, required=True)


class NewProductChangeSchema(Schema):
    """What is made otherwise from now on."""

    kind = Enum(Change, required=True)
    note = Text(500, required=True, example="改用另一种胶")


class ProductChangeSchema(NewProductChangeSchema):
    """A change as it was noted."""

    change_id = Uuid(required=True)
    product_id = Uuid(required=True)
    declared_at = Instant(required=True)


class QueueItemSchema(Schema):
    """A footprint that waits, and of what it is."""

    footprint_id = Uuid(required=True)
    product_id = Uuid(required=True)
    name_zh = Text(100, required=True)
    name_en = Text(100, required=True)
    category = Enum(Category, required=True)
    number = Whole(required=True, minimum=1)
    state = Code(r"submitted|reviewed", required=True)
    footprint_kg = DecimalString(required=True, minimum=0, places=12)
    declared_unit = Code(UNIT, most=12, required=True)
    submitted_at = Instant(required=True)
