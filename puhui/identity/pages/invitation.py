"""Inviting people to an organisation."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from puhui.db.session import transaction
from puhui.identity.pages.blueprint import pages
from puhui.identity.pages.organisation import again, back_to
from puhui.identity.schema.invitation import InvitationDraftSchema
from puhui.identity.service import organisations
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError
from puhui.web.pages import form_name, read_form, signed_in


@pages.post("/organisations/<uuid:organisation_id>/invitations")
def invite(organisation_id: UUID) -> ResponseReturnValue:
    """Offer a role to a number."""
    actor = signed_in()
    try:
        draft = read_form(InvitationDraftSchema)
        with transaction() as session:
            organisations.invite(
                session,
                actor,
                form_name(),
                organisation_id,
                draft["phone"],
                draft["role"],
                now(),
            )
    except DomainError as error:
        return again(organisation_id, actor, error)
    return back_to(organisation_id)


@pages.post("/organisations/<uuid:organisation_id>/invitations/<uuid:invitation_id>/withdraw")
def withdraw_invitation(organisation_id: UUID, invitation_id: UUID) -> ResponseReturnValue:
    """Take an invitation back."""
    with transaction() as session:
        organisations.withdraw_invitation(
            session, signed_in(), organisation_id, invitation_id, now()
        )
    return back_to(organisation_id)
