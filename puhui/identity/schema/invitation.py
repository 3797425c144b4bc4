"""Invitations on the wire."""

from puhui.identity.schema.sign_in import phone_field
from puhui.kernel.actor import Role
from puhui.web.paging import page_schema
from puhui.web.schema import Code, Enum, Instant, Schema, Text, Uuid


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

    phone = phone_field()
    role = Enum(Role, required=True)


class AnswerSchema(Schema):
    """Yes or no to an invitation."""

    answer = Code("accepted|declined", required=True)


InvitationPageSchema = page_schema(InvitationSchema)
