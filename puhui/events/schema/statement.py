"""Statements and their confirmation on the wire."""

from puhui.events.statement import ConfirmationKind, StatementKind
from puhui.web.schema import Boolean, Code, Enum, Instant, List, Nested, Object, Schema, Text, Uuid


class ConfirmationDraftSchema(Schema):
    """An organisation's word that a statement is true."""

    organisation_id = Uuid(required=True, description="确认的单位：主办单位或独立机构")
    says_zh = Text(1000, required=True, example="本单位承诺声明内容真实。")
    says_en = Text(1000, may_be_blank=True, load_default="")


class EventConfirmationSchema(Schema):
    """A word that was given, and whether it is of the statement as it stands now."""

    confirmation_id = Uuid(required=True)
    kind = Enum(ConfirmationKind, required=True)
    organisation_id = Uuid(required=True)
    organisation = Text(120, required=True)
    says_zh = Text(1000, required=True)
    says_en = Text(1000, may_be_blank=True, required=True)
    sha256 = Code("[0-9a-f]{64}", required=True)
    confirmed_at = Instant(required=True)
    is_current = Boolean(required=True)


class EventStatementSchema(Schema):
    """What can be stated of an event now."""

    kind = Enum(StatementKind, required=True)
    sha256 = Code("[0-9a-f]{64}", required=True)
    document = Object(required=True, description="规范 JSON")
    confirmations = List(Nested(EventConfirmationSchema), most=1000, required=True)
    reversed_certificates = List(
        Text(60), most=1000, required=True, description="所注销项目后来发生逆转的证书"
    )
