"""Identity on the wire."""

from typing import Any

from marshmallow import post_load

from puhui.identity.client import PERMISSIONS
from puhui.identity.organisation import LONGEST_REASON, OrganisationDraft
from puhui.identity.purpose import TEXTS, Purpose
from puhui.kernel.actor import Permission, Role
from puhui.web import locale
from puhui.web.paging import page_schema
from puhui.web.schema import (
    Boolean,
    Code,
    Enum,
    Instant,
    List,
    Nested,
    Schema,
    Strict,
    Text,
    Uuid,
    Year,
)

DIGITS = r"[0-9 ]{4,12}"


def _phone(description: str = "手机号") -> Text:
    return Text(24, required=True, description=description, example="13800001234")


class CodeAskSchema(Schema):
    """A phone number to which a code is to be sent."""

    phone = _phone()


class CodeAskedSchema(Schema):
    """A code is on its way, whether the number is known here or not."""

    code_id = Uuid(required=True)
    phone = Text(24, required=True, description="只显示首尾的手机号", example="138****1234")
    expires_at = Instant(required=True)


class SignInSchema(Schema):
    """The code that has arrived."""

    code_id = Uuid(required=True)
    code = Code(DIGITS, most=12, required=True, description="6位验证码", example="204816")


class CodeSchema(Schema):
    """The code alone; what it is for stands in the address."""

    code = Code(DIGITS, most=12, required=True, description="6位验证码", example="204816")


class SignedSchema(Schema):
    """Signed in; or, for a number that is new here, the right to register."""

    token = Text(128, required=True, allow_none=True, description="只在此刻给出")
    session_id = Uuid(required=True, allow_none=True)
    person_id = Uuid(required=True, allow_none=True)
    expires_at = Instant(required=True, allow_none=True)
    waits_for_guardian = Boolean(required=True)
    ticket = Text(128, required=True, allow_none=True, description="新手机号凭此登记称呼和出生年份")


class RegistrationSchema(Schema):
    """Who a new person is."""

    ticket = Text(128, required=True)
    display_name = Text(60, required=True, description="称呼，1至20个字", example="李雷")
    birth_year = Year(required=True, description="出生年份", example=1990)


class WhoSchema(Schema):
    """Who a new person is, when the ticket came another way."""

    display_name = Text(60, required=True)
    birth_year = Year(required=True)


class NameSchema(Schema):
    """How somebody is called."""

    display_name = Text(60, required=True)


class LanguageSchema(Schema):
    """In which language somebody is answered."""

    language = Code("zh|en", required=True)


class PasswordSignInSchema(Schema):
    """A staff member's number and password."""

    phone = _phone()
    password = Text(256, required=True)


class PasswordSchema(Schema):
    """A new password."""

    password = Text(256, required=True, description="至少8个字符")


class WaitingSchema(Schema):
    """What a child shows to the guardian."""

    guardian_code = Code("[0-9]{8}", required=True, description="今明两天有效", example="02048160")


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


class Sentence(Strict):
    """A sentence of ours, in the language of the answer."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:
        return locale.said(value)

    def wire(self) -> dict[str, Any]:
        """Return what stands on the wire."""
        return {"type": "string"}


class ConsentSchema(Schema):
    """One purpose, today's wording of it, and whether the person agrees."""

    purpose = Enum(Purpose, required=True)
    title = Sentence(required=True)
    sentence = Sentence(required=True)
    text_hash = Code("[0-9a-f]{64}", required=True)
    given_at = Instant(required=True, allow_none=True)
    given_by = Uuid(required=True, allow_none=True)


class ConsentGivenSchema(Schema):
    """Agreement to the wording with this hash."""

    text_hash = Code(
        "[0-9a-f]{64}", required=True, example=TEXTS[Purpose.LOCATION].hash, description="所读文字"
    )


class ChildSchema(Schema):
    """A child whose guardian is asking."""

    person_id = Uuid(required=True)
    display_name = Text(60, required=True)
    birth_year = Year(required=True)


class ChildAcceptedSchema(Schema):
    """The guardian's consent for a waiting child, with the code that the child shows."""

    phone = _phone("孩子的手机号")
    guardian_code = Code(DIGITS, most=12, required=True, example="02048160")
    display_name = Text(60, required=True, description="孩子的称呼", example="小明")
    text_hash = Code("[0-9a-f]{64}", required=True, example=TEXTS[Purpose.GUARDIAN].hash)


class InvitationSchema(Schema):
    """A role that is offered to a number."""

    invitation_id = Uuid(required=True)
    organisation_id = Uuid(required=True)
    organisation_name = Text(120, required=True)
    role = Enum(Role, required=True)
    phone = Text(24, required=True, example="138****1234")
    invited_at = Instant(required=True)
    expires_at = Instant(required=True)


class InvitationDraftSchema(Schema):
    """A role for whoever holds a number."""

    phone = _phone()
    role = Enum(Role, required=True)


class AnswerSchema(Schema):
    """Yes or no to an invitation."""

    answer = Code("accepted|declined", required=True)


class OrganisationDraftSchema(Schema):
    """An application; loads to an `OrganisationDraft`."""

    uscc = Text(40, required=True, description="统一社会信用代码", example="91350721MA00000006")
    name = Text(120, required=True, example="将乐县常口村股份经济合作社")
    name_en = Text(160, load_default=None, allow_none=True)
    county_code = Code("[0-9]{6}", load_default=None, allow_none=True, example="350428")
    roles = List(Enum(Role), least=1, most=8, required=True, description="申请的业务")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> OrganisationDraft:
        """Return the draft."""
        return OrganisationDraft(**{**data, "roles": frozenset(data["roles"])})


class OrganisationSchema(Schema):
    """What others may know of an organisation."""

    organisation_id = Uuid(required=True)
    name = Text(120, required=True)
    name_en = Text(160, required=True, allow_none=True)
    uscc = Text(18, required=True)
    county_code = Text(6, required=True, allow_none=True)
    roles = List(Nested(RoleSchema), required=True)


class DecisionDraftSchema(Schema):
    """Which roles an operator approves; none refuses the organisation."""

    roles = List(Enum(Role), most=8, required=True)
    reason = Text(LONGEST_REASON, may_be_blank=True, load_default="")


class MemberSchema(Schema):
    """A person and the roles they hold here."""

    person_id = Uuid(required=True)
    display_name = Text(60, required=True)
    roles = List(Enum(Role), required=True)


class ChangeSchema(Schema):
    """A role was given or taken."""

    person_id = Uuid(required=True)
    display_name = Text(60, required=True)
    role = Enum(Role, required=True)
    change = Code("given|taken", required=True)
    changed_by = Uuid(required=True, allow_none=True)
    changed_at = Instant(required=True)


class ClientDraftSchema(Schema):
    """A machine, and the little it may do."""

    name = Text(60, required=True, example="ERP")
    permissions = List(
        Enum(Permission),
        least=1,
        most=len(PERMISSIONS),
        required=True,
        description=" ".join(sorted(PERMISSIONS)),
    )


class ClientSchema(Schema):
    """A machine, without its secret."""

    client_id = Uuid(required=True)
    organisation_id = Uuid(required=True)
    name = Text(60, required=True)
    prefix = Text(32, required=True)
    permissions = List(Enum(Permission), required=True)
    made_at = Instant(required=True)
    last_used_at = Instant(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)


class NewClientSchema(ClientSchema):
    """A machine just made, with its token; asked again the token is null."""

    token = Text(128, required=True, allow_none=True, description="只在此刻给出")


class PermissionSchema(Schema):
    """One permission and the roles that have it."""

    permission = Enum(Permission, required=True)
    roles = List(Enum(Role), required=True)


class PermissionTableSchema(Schema):
    """Who may do what."""

    items = List(Nested(PermissionSchema), required=True)


SessionPageSchema = page_schema(SessionSchema)
ConsentPageSchema = page_schema(ConsentSchema)
ChildPageSchema = page_schema(ChildSchema)
InvitationPageSchema = page_schema(InvitationSchema)
MembershipPageSchema = page_schema(MembershipSchema)
OrganisationPageSchema = page_schema(OrganisationSchema)
MemberPageSchema = page_schema(MemberSchema)
ChangePageSchema = page_schema(ChangeSchema)
ClientPageSchema = page_schema(ClientSchema)
