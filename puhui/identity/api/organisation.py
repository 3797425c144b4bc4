"""JSON resources of organisations and the roles that they ask for."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from puhui.db.session import snapshot, transaction
from puhui.identity import queries
from puhui.identity.api.blueprint import one_page, organisation_resources
from puhui.identity.api.me import memberships
from puhui.identity.organisation import OrganisationDraft
from puhui.identity.schema.me import MembershipPageSchema
from puhui.identity.schema.organisation import (
    DecisionDraftSchema,
    OrganisationDraftSchema,
    OrganisationPageSchema,
    OrganisationSchema,
)
from puhui.identity.service import organisations
from puhui.kernel.actor import Permission, Role
from puhui.kernel.clock import now
from puhui.kernel.errors import NotFound
from puhui.web import guard
from puhui.web.guard import current_actor, open_to_all
from puhui.web.paging import Page


@organisation_resources.route("")
class Organisations(MethodView):
    """Organisations that one belongs to."""

    @organisation_resources.response(200, MembershipPageSchema)
    def get(self) -> Page[dict[str, Any]]:
        """List them with the roles held."""
        with snapshot() as session:
            return one_page(memberships(session, current_actor()))


@organisation_resources.route("/waiting")
class OrganisationsWaiting(MethodView):
    """Applications that nobody has decided about."""

    @organisation_resources.response(200, OrganisationPageSchema)
    def get(self) -> Page[dict[str, Any]]:
        """List them, oldest first. For operators."""
        current_actor().require(Permission.ORGANISATION_APPROVE)
        with snapshot() as session:
            found = queries.organisations_waiting(session)
            return one_page([_organisation(session, card) for card in found])


def _organisation(session: Session, card: queries.OrganisationCard) -> dict[str, Any]:
    return {
        **asdict(card),
        "roles": queries.roles_of_organisation(session, card.organisation_id),
    }


@organisation_resources.route("/<uuid:organisation_id>")
class OneOrganisation(MethodView):
    """An organisation."""

    @open_to_all
    @organisation_resources.response(200, OrganisationSchema)
    def get(self, organisation_id: UUID) -> dict[str, Any]:
        """Show what anyone may know; one not approved yet is shown to its members only."""
        with snapshot() as session:
            card = queries.organisation_for(session, organisation_id, guard.actor_or_none())
            if card is None:
                raise NotFound(organisation=str(organisation_id))
            return _organisation(session, card)

    @organisation_resources.arguments(OrganisationDraftSchema)
    @organisation_resources.response(201, OrganisationSchema)
    def put(self, draft: OrganisationDraft, organisation_id: UUID) -> dict[str, Any]:
        """Register an organisation for approval, and become its administrator."""
        with transaction() as session:
            card = organisations.apply(session, current_actor(), organisation_id, draft, now())
            return _organisation(session, card)


@organisation_resources.route("/<uuid:organisation_id>/roles/<role>")
class OrganisationRole(MethodView):
    """A role that the organisation would like to give."""

    @organisation_resources.response(204)
    def put(self, organisation_id: UUID, role: str) -> None:
        """Ask an operator to approve it."""
        with transaction() as session:
            organisations.ask_for_role(
                session, current_actor(), organisation_id, role_of(role), now()
            )


def role_of(name: str) -> Role:
    """Return the role of this name.

    Raises:
        NotFound: there is none.
    """
    if name not in set(Role):
        raise NotFound(role=name)
    return Role(name)


@organisation_resources.route("/<uuid:organisation_id>/decisions/<uuid:decision_id>")
class Decisions(MethodView):
    """An operator's decisions."""

    @organisation_resources.arguments(DecisionDraftSchema)
    @organisation_resources.response(201, OrganisationSchema)
    def put(
        self, draft: dict[str, Any], organisation_id: UUID, decision_id: UUID
    ) -> dict[str, Any]:
        """Approve exactly these roles; none refuses the organisation."""
        with transaction() as session:
            organisations.decide(
                session,
                current_actor(),
                decision_id,
                organisation_id,
                frozenset(draft["roles"]),
                draft["reason"],
                now(),
            )
            card = queries.organisation(session, organisation_id)
            assert card is not None
            return _organisation(session, card)
