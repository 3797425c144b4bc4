"""People's own data on the wire."""

from puhui.identity.purpose import Purpose
from puhui.identity.schema.consent import Sentence
from puhui.identity.schema.sign_in import DIGITS
from puhui.web.paging import page_schema
from puhui.web.schema import (
    Boolean,
    Code,
    Enum,
    Instant,
    List,
    Nested,
    Schema,
    Text,
    Uuid,
    Whole,
)

_CHILD = "孩子的编号；不填为本人"


class WhoseSchema(Schema):
    """Whose data: one's own, or one's child's."""

    person_id = Uuid(load_default=None, allow_none=True, description=_CHILD)


class ConsentPastSchema(Schema):
    """A consent as it was given, and what became of it."""

    purpose = Enum(Purpose, required=True)
    text_hash = Code("[0-9a-f]{64}", required=True, description="当时文字的 SHA-256")
    sentence = Text(600, required=True, allow_none=True, description="当时的文字")
    is_current = Boolean(required=True, description="文字是否仍是今天的")
    channel = Code("page|api|console", required=True)
    by_guardian = Boolean(required=True)
    given_at = Instant(required=True)
    withdrawn_at = Instant(required=True, allow_none=True)
    withdrawn_channel = Code("page|api|console|erasure", required=True, allow_none=True)


class ExportSchema(Schema):
    """An export: how far it is, and until when its file can be downloaded."""

    export_id = Uuid(required=True)
    person_id = Uuid(required=True)
    asked_at = Instant(required=True)
    state = Code(r"running|stopped|finished|failed|stuck|removed", required=True)
    done = Whole(required=True, minimum=0)
    total = Whole(required=True, minimum=0)
    ready_at = Instant(required=True, allow_none=True)
    expires_at = Instant(required=True, allow_none=True, description="下载到此为止，之后删除")
    taken_at = Instant(required=True, allow_none=True, description="最近一次下载")
    size = Whole(required=True, allow_none=True, description="文件大小，字节")
    sha256 = Code("[0-9a-f]{64}", required=True, allow_none=True)


class ObstacleSchema(Schema):
    """What has to be put in order before an erasure."""

    code = Code("[a-z_]{1,40}", required=True)
    message = Text(300, required=True)


class ErasureSchema(Schema):
    """An erasure that was asked for."""

    erasure_id = Uuid(required=True)
    person_id = Uuid(required=True)
    asked_at = Instant(required=True)
    due_at = Instant(required=True, description="此前可以收回")
    begun_at = Instant(required=True, allow_none=True)


class OutlookSchema(Schema):
    """What an erasure would mean today, and whether one was asked for."""

    days = Whole(required=True, description="可以收回的天数")
    points = Whole(required=True, description="将作废的积分，含未到账的")
    photographs = Whole(required=True, description="将删除的照片")
    organisations = List(Text(120), required=True, description="将退出的机构")
    meaning = List(Sentence(), required=True, description="注销意味着什么，什么留下，为什么")
    obstacles = List(Nested(ObstacleSchema), required=True, description="须先处理的事")
    erasure = Nested(ErasureSchema, required=True, allow_none=True)


class ErasureAskSchema(Schema):
    """The wish to be forgotten, confirmed by a code."""

    person_id = Uuid(load_default=None, allow_none=True, description=_CHILD)
    code_id = Uuid(required=True)
    code = Code(DIGITS, most=12, required=True, description="6位验证码", example="204816")


ConsentPastPageSchema = page_schema(ConsentPastSchema)
ExportPageSchema = page_schema(ExportSchema)
