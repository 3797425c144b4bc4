"""JSON resources of one's own consents."""

from dataclasses import asdict
from typing import Any

from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.identity import consents, queries
from puhui.identity.api.blueprint import me_resources, one_page
from puhui.identity.purpose import OWN, TEXTS, Purpose
from puhui.identity.schema.consent import ConsentGivenSchema, ConsentPageSchema
from puhui.kernel.clock import now
from puhui.kernel.errors import NotFound
from puhui.web.guard import current_actor
from puhui.web.paging import Page


@me_resources.route("/consents")
class Consents(MethodView):
    """What one agrees to."""

    @me_resources.response(200, ConsentPageSchema)
    def get(self) -> Page[dict[str, Any]]:
        """List every purpose with today's wording."""
        with snapshot() as session:
            found = queries.consents(session, current_actor().person_id)
        return one_page([consent_on_the_wire(card) for card in found if card.purpose in OWN])


def consent_on_the_wire(card: queries.ConsentCard) -> dict[str, Any]:
    """Return a consent as it is sent, with the wording of today."""
    text = TEXTS[card.purpose]
    return {**asdict(card), "title": text.title, "sentence": text.sentence}


def purpose_of(name: str) -> Purpose:
    """Return the purpose of this name.

    Raises:
        NotFound: nobody is asked for that.
    """
    if name not in set(Purpose):
        raise NotFound(purpose=name)
    return Purpose(name)


@me_resources.route("/consents/<purpose>")
class OneConsent(MethodView):
    """One purpose."""

    @me_resources.arguments(ConsentGivenSchema)
    @me_resources.response(204)
    def put(self, given: dict[str, str], purpose: str) -> None:
        """Agree to the wording that was read."""
        actor = current_actor()
        with transaction() as session:
            consents.give(
                session,
                actor,
                actor.person_id,
                purpose_of(purpose),
                given["text_hash"],
                "api",
                now(),
            )

    @me_resources.response(204)
    def delete(self, purpose: str) -> None:
        """Withdraw."""
        actor = current_actor()
        with transaction() as session:
            consents.withdraw(session, actor, actor.person_id, purpose_of(purpose), "api", now())
