"""JSON resources of invitations: those that one has, and those of an organisation."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.identity import queries
from puhui.identity.api.blueprint import me_resources, one_page, organisation_resources
from puhui.identity.schema.invitation import (
    AnswerSchema,
    InvitationDraftSchema,
    InvitationPageSchema,
)
from puhui.identity.service import organisations
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.web.guard import current_actor
from puhui.web.paging import Page


@me_resources.route("/invitations")
class MyInvitations(MethodView):
    """Roles that are offered to one's number."""

    @me_resources.response(200, InvitationPageSchema)
    def get(self) -> Page[queries.InvitationCard]:
        """List the open ones."""
        with snapshot() as session:
            return one_page(queries.invitations_for(session, current_actor().person_id, now()))


@me_resources.route("/invitations/<uuid:invitation_id>")
class MyInvitation(MethodView):
    """One of them."""

    @me_resources.arguments(AnswerSchema)
    @me_resources.response(204)
    def put(self, given: dict[str, str], invitation_id: UUID) -> None:
        """Accept or decline it."""
        with transaction() as session:
            organisations.answer(
                session, current_actor(), invitation_id, given["answer"] == "accepted", now()
            )


@organisation_resources.route("/<uuid:organisation_id>/invitations")
class Invitations(MethodView):
    """Roles that are offered."""

    @organisation_resources.response(200, InvitationPageSchema)
    def get(self, organisation_id: UUID) -> Page[queries.InvitationCard]:
        """List the open ones. For the organisation's administrators."""
        current_actor().require(Permission.ORGANISATION_ADMIN, organisation_id)
        with snapshot() as session:
            return one_page(queries.invitations_of_organisation(session, organisation_id, now()))


@organisation_resources.route("/<uuid:organisation_id>/invitations/<uuid:invitation_id>")
class OneInvitation(MethodView):
    """One of them."""

    @organisation_resources.arguments(InvitationDraftSchema)
    @organisation_resources.response(204)
    def put(self, draft: dict[str, Any], organisation_id: UUID, invitation_id: UUID) -> None:
        """Offer a role to a number. The answer is the same whether the number is known here."""
        with transaction() as session:
            organisations.invite(
                session,
                current_actor(),
                invitation_id,
                organisation_id,
                draft["phone"],
                draft["role"],
                now(),
            )

    @organisation_resources.response(204)
    def delete(self, organisation_id: UUID, invitation_id: UUID) -> None:
        """Take it back."""
        with transaction() as session:
            organisations.withdraw_invitation(
                session, current_actor(), organisation_id, invitation_id, now()
            )
