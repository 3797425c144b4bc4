"""Signing in and registering, on the wire."""

from puhui.web.schema import Boolean, Code, Instant, Schema, Text, Uuid, Year

DIGITS = r"[0-9 ]{4,12}"


def phone_field(description: str = "手机号") -> Text:
    """Return the field of a phone number as it is typed."""
    """Return the field of a phone number as it is typed."""
    return Text(24, required=True, description=description, example="13800001234")


class CodeAskSchema(Schema):
    """A phone number to which a code is to be sent."""

    phone = phone_field()


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


class PasswordSignInSchema(Schema):
    """A staff member's number and password."""

    phone = phone_field()
    password = Text(256, required=True)


class WaitingSchema(Schema):
    """What a child shows to the guardian."""

    guardian_code = Code("[0-9]{8}", required=True, description="今明两天有效", example="02048160")
