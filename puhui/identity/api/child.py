"""JSON resources of the children that one looks after."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.identity import consents, queries
from puhui.identity.api.blueprint import me_resources, one_page
from puhui.identity.api.consent import consent_on_the_wire, purpose_of
from puhui.identity.schema.child import ChildAcceptedSchema, ChildPageSchema, ChildSchema
from puhui.identity.schema.consent import ConsentGivenSchema, ConsentPageSchema
from puhui.identity.service import people
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, NotFound
from puhui.web.guard import current_actor
from puhui.web.paging import Page


@me_resources.route("/children")
class Children(MethodView):
    """Children whose guardian one is."""

    @me_resources.response(200, ChildPageSchema)
    def get(self) -> Page[queries.Profile]:
        """List them."""
        with snapshot() as session:
            return one_page(queries.children(session, current_actor().person_id))

    @me_resources.arguments(ChildAcceptedSchema)
    @me_resources.response(201, ChildSchema)
    def post(self, given: dict[str, str]) -> queries.Profile:
        """Agree for a waiting child and become its guardian; again changes nothing."""
        with transaction() as session:
            outcome = people.accept_child(
                session,
                current_actor(),
                given["phone"],
                given["guardian_code"],
                given["display_name"],
                given["text_hash"],
                "api",
                now(),
            )
        if isinstance(outcome, DomainError):
            raise outcome
        with snapshot() as session:
            child = queries.profile(session, outcome)
        assert child is not None
        return child


@me_resources.route("/children/<uuid:person_id>/consents")
class ChildConsents(MethodView):
    """What a guardian agrees to for a child."""

    @me_resources.response(200, ConsentPageSchema)
    def get(self, person_id: UUID) -> Page[dict[str, Any]]:
        """List every purpose with today's wording."""
        with snapshot() as session:
            mine = queries.children(session, current_actor().person_id)
            if person_id not in {child.person_id for child in mine}:
                raise NotFound(person=str(person_id))
            return one_page(
                [consent_on_the_wire(card) for card in queries.consents(session, person_id)]
            )


@me_resources.route("/children/<uuid:person_id>/consents/<purpose>")
class ChildConsent(MethodView):
    """One purpose, for a child."""

    @me_resources.arguments(ConsentGivenSchema)
    @me_resources.response(204)
    def put(self, given: dict[str, str], person_id: UUID, purpose: str) -> None:
        """Agree for the child."""
        with transaction() as session:
            consents.give(
                session,
                current_actor(),
                person_id,
                purpose_of(purpose),
                given["text_hash"],
                "api",
                now(),
            )

    @me_resources.response(204)
    def delete(self, person_id: UUID, purpose: str) -> None:
        """Withdraw for the child."""
        with transaction() as session:
            consents.withdraw(
                session, current_actor(), person_id, purpose_of(purpose), "api", now()
            )
