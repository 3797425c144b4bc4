"""Signing in, one's own account, organisations and people."""

from puhui.kernel.actor import Role
from tests.contracts.authorisation import EVERYONE, SIGNED_IN, only
from tests.makers.identity import organisation

OURS = "常口村"
"""Where the people of the test hold their roles."""


def ours() -> dict[str, object]:
    return {"organisation_id": organisation(OURS)}


ADMINISTRATOR = only(Role.ADMINISTRATOR, given=ours, theirs=True)
OPERATOR = only(Role.OPERATOR)
STAFF = set(Role) - {Role.CITIZEN}

ROWS = {
    "DELETE /api/sign-in": EVERYONE,
    "POST /api/sign-in": EVERYONE,
    "PUT /api/sign-in/codes/{code_id}": EVERYONE,
    "POST /api/sign-in/password": EVERYONE,
    "POST /api/sign-in/registrations": EVERYONE,
    "GET /api/sign-in/waiting": EVERYONE,
    "GET /api/me": SIGNED_IN,
    "PATCH /api/me": SIGNED_IN,
    "GET /api/me/children": SIGNED_IN,
    "POST /api/me/children": SIGNED_IN,
    "GET /api/me/children/{person_id}/consents": SIGNED_IN,
    "DELETE /api/me/children/{person_id}/consents/{purpose}": SIGNED_IN,
    "PUT /api/me/children/{person_id}/consents/{purpose}": SIGNED_IN,
    "GET /api/me/consents": SIGNED_IN,
    "DELETE /api/me/consents/{purpose}": SIGNED_IN,
    "PUT /api/me/consents/{purpose}": SIGNED_IN,
    "GET /api/me/invitations": SIGNED_IN,
    "PUT /api/me/invitations/{invitation_id}": SIGNED_IN,
    "PUT /api/me/password": only(*STAFF),
    "DELETE /api/me/sessions": SIGNED_IN,
    "GET /api/me/sessions": SIGNED_IN,
    "DELETE /api/me/sessions/{session_id}": SIGNED_IN,
    "GET /api/organisations": SIGNED_IN,
    "GET /api/organisations/waiting": OPERATOR,
    "GET /api/organisations/{organisation_id}": EVERYONE,
    "PUT /api/organisations/{organisation_id}": SIGNED_IN,
    "GET /api/organisations/{organisation_id}/api-clients": ADMINISTRATOR,
    "DELETE /api/organisations/{organisation_id}/api-clients/{client_id}": ADMINISTRATOR,
    "PUT /api/organisations/{organisation_id}/api-clients/{client_id}": ADMINISTRATOR,
    "PUT /api/organisations/{organisation_id}/decisions/{decision_id}": OPERATOR,
    "GET /api/organisations/{organisation_id}/history": ADMINISTRATOR,
    "GET /api/organisations/{organisation_id}/invitations": ADMINISTRATOR,
    "DELETE /api/organisations/{organisation_id}/invitations/{invitation_id}": ADMINISTRATOR,
    "PUT /api/organisations/{organisation_id}/invitations/{invitation_id}": ADMINISTRATOR,
    "GET /api/organisations/{organisation_id}/members": ADMINISTRATOR,
    "DELETE /api/organisations/{organisation_id}/members/{person_id}/{role}": ADMINISTRATOR,
    "PUT /api/organisations/{organisation_id}/roles/{role}": SIGNED_IN,
    "DELETE /api/people/{person_id}/disabled": OPERATOR,
    "PUT /api/people/{person_id}/disabled": OPERATOR,
    "GET /api/permissions": EVERYONE,
}
