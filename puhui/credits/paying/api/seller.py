"""JSON resources of sellers, what they are owed, and what was paid out."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from puhui.credits import queries as credits
from puhui.credits.api.hold import may_see
from puhui.credits.errors import UnknownHold
from puhui.credits.paying import queries, service
from puhui.credits.paying.api.blueprint import blueprint
from puhui.credits.paying.errors import UnknownSeller
from puhui.credits.paying.schema.invoice import RejectedSchema
from puhui.credits.paying.schema.seller import (
    AgreementSchema,
    PayoutSchema,
    SellerSchema,
    SellersSchema,
    SellerStatementSchema,
    StatementQuery,
)
from puhui.credits.paying.seller import PayoutDraft, SellerCard, Statement
from puhui.db.session import snapshot, transaction
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import now
from puhui.web.guard import current_actor


@blueprint.route("/sellers")
class Sellers(MethodView):
    """Who sells, and what they are owed."""

    @blueprint.response(200, SellersSchema)
    def get(self) -> Mapping[str, list[SellerCard]]:
        """List all sellers to an operator, and to an organisation those that it is."""
        with snapshot() as session:
            return {"sellers": sellers_for(session, current_actor())}


@blueprint.route("/sellers/<uuid:seller_id>")
class OneSeller(MethodView):
    """What was agreed with a seller."""

    @blueprint.arguments(AgreementSchema)
    @blueprint.response(200, SellerSchema)
    def put(self, said: dict[str, Any], seller_id: UUID) -> SellerCard:
        """Say which organisation a seller is, and the fee on sales from now on."""
        with transaction() as session:
            return service.agree(session, current_actor(), seller_id, **said, now=now())


@blueprint.route("/sellers/<uuid:seller_id>/statement")
class SellerStatement(MethodView):
    """What a seller is owed, line by line."""

    @blueprint.arguments(StatementQuery, location="query")
    @blueprint.response(200, SellerStatementSchema)
    def get(self, query: dict[str, Any], seller_id: UUID) -> dict[str, Any]:
        """Show a seller's account over a period."""
        with snapshot() as session:
            card = seller_for(session, current_actor(), seller_id)
            found = queries.statement(session, card, query["starts"], query["ends"])
        return statement_on_the_wire(found)


@blueprint.route("/sellers/<uuid:seller_id>/payouts/<uuid:payout_id>")
class SellerPayout(MethodView):
    """Money that was sent to a seller."""

    @blueprint.arguments(PayoutSchema)
    @blueprint.response(201, PayoutSchema)
    def put(self, draft: PayoutDraft, seller_id: UUID, payout_id: UUID) -> PayoutDraft:
        """Record a payout, of what is owed at most."""
        with transaction() as session:
            service.record_payout(session, current_actor(), seller_id, payout_id, draft, now())
        return draft


@blueprint.route(
    "/sellers/<uuid:seller_id>/payouts/<uuid:payout_id>/cancellations/<uuid:cancellation_id>"
)
class PayoutCancellation(MethodView):
    """A payout that was recorded by mistake."""

    @blueprint.arguments(RejectedSchema)
    @blueprint.response(201, RejectedSchema)
    def put(
        self, said: dict[str, str], seller_id: UUID, payout_id: UUID, cancellation_id: UUID
    ) -> dict[str, str]:
        """Take it back, by an entry of its own."""
        with transaction() as session:
            service.cancel_payout(
                session,
                current_actor(),
                seller_id,
                cancellation_id,
                payout_id,
                said["reason"],
                now(),
            )
        return said


def require_sight(session: Session, actor: Actor, hold_id: UUID) -> None:
    """Let pass whose business a hold is.

    Raises:
        UnknownHold: it is not the actor's, or there is none.
    """
    found = credits.hold(session, hold_id)
    if found is None or not may_see(actor, found):
        raise UnknownHold(hold=str(hold_id))


def sellers_for(session: Session, actor: Actor) -> list[SellerCard]:
    """Return the sellers whose accounts the actor may read.

    Raises:
        Forbidden: nobody's.
    """
    if actor.may(Permission.PAYMENT_CONFIRM):
        return queries.sellers(session)
    actor.require(Permission.STATEMENT_READ)
    return queries.sellers(session, list(actor.organisations(Permission.STATEMENT_READ)))


def seller_for(session: Session, actor: Actor, seller_id: UUID) -> SellerCard:
    """Return a seller whose account the actor may read.

    Raises:
        Forbidden: nobody's.
        UnknownSeller: not this one's, or there is none.
    """
    for card in sellers_for(session, actor):
        if card.seller_id == seller_id:
            return card
    raise UnknownSeller(seller=str(seller_id))


def statement_on_the_wire(found: Statement) -> dict[str, Any]:
    """Return a statement as it is sent, its sums included."""
    totals = ("gross_fen", "fee_fen", "paid_out_fen", "closing_fen")
    return {
        **asdict(found),
        "seller": found.seller,
        "sales": found.sales,
        **{name: getattr(found, name) for name in totals},
    }
