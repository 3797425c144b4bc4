"""Links by which attendees tell their own trip, and their answers, on the wire."""

from typing import Any

from marshmallow import post_load

from puhui.events.enquiry import ANSWER_LETTERS, LINK_LETTERS, AnswerDraft
from puhui.events.schema.event import CitySchema, Place
from puhui.events.travel import Mode
from puhui.kernel.code import LETTERS
from puhui.web.paging import page_schema
from puhui.web.schema import Boolean, Code, Day, Enum, Instant, Nested, Schema, Text, Uuid, Whole

LINK_CODE = f"[{LETTERS}]{{{LINK_LETTERS}}}"
ANSWER_CODE = f"[{LETTERS}]{{{ANSWER_LETTERS}}}"


class EnquiryDraftSchema(Schema):
    """How long a link takes answers."""

    expires_on = Day(required=True, description="最后一天，至当日结束（北京时间）")


class EnquiryClosureSchema(Schema):
    """Whether what was answered by a link shall count no more."""

    void = Boolean(load_default=False, description="作废此前的填报，例如链接外泄")


class EnquirySchema(Schema):
    """A link by which attendees tell their own trip, for its organiser."""

    enquiry_id = Uuid(required=True)
    code = Code(LINK_CODE, required=True, example="7K3M9QX2VD")
    opened_at = Instant(required=True)
    expires_on = Day(required=True)
    closed_at = Instant(required=True, allow_none=True)
    voided_at = Instant(required=True, allow_none=True)
    is_open = Boolean(required=True)
    answered = Whole(minimum=0, required=True, description="由此链接收到的填报份数")


EnquiryPageSchema = page_schema(EnquirySchema)


class EnquiryQuestionsSchema(Schema):
    """What whoever opens a link sees: of which event, and what is asked."""

    code = Code(LINK_CODE, required=True)
    event_id = Uuid(required=True)
    title_zh = Text(120, required=True)
    title_en = Text(160, may_be_blank=True, required=True)
    organiser = Text(120, required=True)
    venue = Nested(CitySchema, required=True)
    venue_county = Text(40, may_be_blank=True, required=True)
    starts_on = Day(required=True)
    ends_on = Day(required=True)
    expires_on = Day(required=True)
    asks_nights = Boolean(required=True, description="是否要填住宿晚数")
    is_open = Boolean(required=True)


class EventAnswerDraftSchema(Schema):
    """A trip as the attendee tells it. No name is asked."""

    city = Place(required=True, description="出发城市，名称或代码", example="福州市")
    mode = Enum(Mode, required=True, description="往返主要交通方式")
    nights = Whole(minimum=0, maximum=366, load_default=None, allow_none=True)
    sharing = Whole(minimum=1, maximum=60, load_default=1, description="自驾或打车时同车几人")

    @post_load
    def _draft(self, told: dict[str, Any], **_: Any) -> AnswerDraft:
        return AnswerDraft(**told)


class EventAnswerSchema(Schema):
    """An answer, for whoever gave it."""

    code = Code(ANSWER_CODE, required=True, description="凭此码可查看、更正或删除")
    city = Nested(CitySchema, required=True)
    mode = Enum(Mode, required=True)
    nights = Whole(minimum=0, required=True, allow_none=True)
    sharing = Whole(minimum=1, required=True)
    version = Whole(minimum=1, required=True)
    answered_at = Instant(required=True)
    changed_at = Instant(required=True)
