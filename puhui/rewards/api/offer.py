"""JSON resources of the shop: what is offered, and what an operator decides of it."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.kernel.clock import now
from puhui.rewards.api.duty import reason_of
from puhui.rewards.offer import OfferDraft, Terms
from puhui.rewards.queries import offers as queries
from puhui.rewards.queries.offers import OfferCard
from puhui.rewards.schema.offer import (
    OfferDraftSchema,
    OfferListQuery,
    OfferPageSchema,
    OfferSchema,
    OfferStockSchema,
    TermsDecisionSchema,
    TermsDraftSchema,
)
from puhui.rewards.service import offers as service
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import actor_or_none, current_actor, open_to_all
from puhui.web.paging import Page, page

offer_resources = json_blueprint("offers", "/api/offers", "积分商城")


@offer_resources.route("")
class Offers(MethodView):
    """What points can be redeemed for."""

    @open_to_all
    @offer_resources.arguments(OfferListQuery, location="query")
    @offer_resources.response(200, OfferPageSchema)
    def get(self, asked: dict[str, Any]) -> Page[OfferCard]:
        """List what can be redeemed, the newest first, and then what is sold out."""
        with snapshot() as session:
            found = queries.offers(
                session,
                now(),
                county=asked["county"],
                kind=asked["kind"],
                before=asked["cursor"],
                most=asked["limit"] + 1,
            )
        return page(found, asked["limit"], queries.place)


@offer_resources.route("/waiting")
class WaitingOffers(MethodView):
    """Terms that wait for an operator."""

    @offer_resources.response(200, OfferPageSchema)
    def get(self) -> Page[OfferCard]:
        """List terms that an operator has to decide on."""
        with snapshot() as session:
            return Page(queries.waiting(session, current_actor()), None)


@offer_resources.route("/<uuid:offer_id>")
class OneOffer(MethodView):
    """An offer, named by its partner."""

    @offer_resources.arguments(OfferDraftSchema)
    @offer_resources.response(201, OfferSchema)
    def put(self, draft: OfferDraft, offer_id: UUID) -> OfferCard:
        """Propose an offer; an operator publishes it. The same again changes nothing."""
        with transaction() as session:
            return service.propose_offer(session, current_actor(), offer_id, draft, now())

    @open_to_all
    @offer_resources.response(200, OfferSchema)
    def get(self, offer_id: UUID) -> OfferCard:
        """Show an offer on its published terms, and how many are left."""
        with snapshot() as session:
            return queries.offer(session, actor_or_none(), offer_id)


@offer_resources.route("/<uuid:offer_id>/versions/<uuid:version_id>")
class OneVersion(MethodView):
    """Terms of an offer, named by its partner."""

    @offer_resources.arguments(TermsDraftSchema)
    @offer_resources.response(201, OfferSchema)
    def put(self, terms: Terms, offer_id: UUID, version_id: UUID) -> OfferCard:
        """Propose other terms; the published ones hold until an operator agrees."""
        with transaction() as session:
            return service.propose_terms(
                session, current_actor(), offer_id, version_id, terms, now()
            )


@offer_resources.route("/versions/<uuid:version_id>/decision")
class TermsDecision(MethodView):
    """An operator's word on terms; they have one."""

    @offer_resources.arguments(TermsDecisionSchema)
    @offer_resources.response(200, OfferSchema)
    def post(self, said: dict[str, Any], version_id: UUID) -> OfferCard:
        """Publish terms, or refuse them for a reason; the same again changes nothing."""
        reason = reason_of(confirmed=said["approved"], reason=said["reason"])
        with transaction() as session:
            return service.decide_terms(session, current_actor(), version_id, reason, now())


@offer_resources.route("/<uuid:offer_id>/stock")
class Stock(MethodView):
    """How many there are of an offer."""

    @offer_resources.arguments(OfferStockSchema)
    @offer_resources.response(200, OfferSchema)
    def put(self, said: dict[str, int], offer_id: UUID) -> OfferCard:
        """Say how many there are in all; never fewer than were redeemed."""
        with transaction() as session:
            return service.set_stock(session, current_actor(), offer_id, said["stock"], now())


@offer_resources.route("/<uuid:offer_id>/closing")
class OfferClosing(MethodView):
    """An offer is taken down once."""

    @offer_resources.response(200, OfferSchema)
    def post(self, offer_id: UUID) -> OfferCard:
        """Take an offer down for good: its partner or an operator."""
        with transaction() as session:
            return service.withdraw_offer(session, current_actor(), offer_id, now())
