"""Oneself on the wire: name, language, password, roles, sessions."""

from puhui.kernel.actor import Role
from puhui.web.paging import page_schema
from puhui.web.schema import Boolean, Code, Enum, Instant, List, Nested, Schema, Text, Uuid, Year


class NameSchema(Schema):
    """How somebody is called."""

    display_name = Text(60, required=True)


class LanguageSchema(Schema):
    """In which language somebody is answered."""

    language = Code("zh|en", required=True)


class PasswordSchema(Schema):
    """A new password."""

    password = Text(256, required=True, description="至少8个字符")


class RoleSchema(Schema):
    """A role in an organisation; it counts once an operator has approved it there."""

    role = Enum(Role, required=True)
    approved_at = Instant(required=True, allow_none=True)


class MembershipSchema(Schema):
    """An organisation and the roles held in it."""

    organisation_id = Uuid(required=True)
    name = Text(120, required=True)
    roles = List(Nested(RoleSchema), required=True)


class MeSchema(Schema):
    """Who is asking."""

    person_id = Uuid(required=True)
    display_name = Text(60, required=True)
    birth_year = Year(required=True, allow_none=True)
    phone = Text(24, required=True, allow_none=True, example="138****1234")
    guardian_id = Uuid(required=True, allow_none=True)
    language = Code("zh|en", required=True, allow_none=True)
    created_at = Instant(required=True)
    memberships = List(Nested(MembershipSchema), required=True)


class MeChangeSchema(Schema):
    """What a person may change of themselves."""

    display_name = Text(60, description="称呼，1至20个字", example="李雷")
    language = Code("zh|en", allow_none=True)


class SessionSchema(Schema):
    """Where a person is signed in."""

    session_id = Uuid(required=True)
    device = Text(200, required=True, may_be_blank=True)
    started_at = Instant(required=True)
    last_seen_at = Instant(required=True)
    expires_at = Instant(required=True)
    is_this_one = Boolean(required=True)


SessionPageSchema = page_schema(SessionSchema)
MembershipPageSchema = page_schema(MembershipSchema)
