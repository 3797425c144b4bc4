"""JSON resources of money: orders, odd money, invoices, sellers."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from puhui.credits import queries as credits
from puhui.credits.api import hold_on_the_wire, may_see
from puhui.credits.errors import UnknownHold
from puhui.credits.paying import queries, service
from puhui.credits.paying.errors import UnknownInvoice, UnknownOrder, UnknownSeller
from puhui.credits.paying.invoice import Invoice, InvoiceDraft
from puhui.credits.paying.order import Order
from puhui.credits.paying.schema import (
    AgreementSchema,
    InvoiceDraftSchema,
    InvoiceSchema,
    InvoicesQuery,
    IssuedSchema,
    MoneyConfirmationSchema,
    MoneySchema,
    OddMoneyQuery,
    OrderSchema,
    PayoutSchema,
    ReckoningSchema,
    RefundDraftSchema,
    RejectedSchema,
    SellerSchema,
    SellersSchema,
    SellerStatementSchema,
    StatementQuery,
    UseSchema,
)
from puhui.credits.paying.seller import PayoutDraft, Reckoning, SellerCard, Statement
from puhui.credits.schema import HoldSchema
from puhui.db.session import snapshot, transaction
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import now
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import current_actor
from puhui.web.paging import Page, page, page_schema

blueprint = json_blueprint(
    "money", "/api/credits", "碳信用的款项：网上支付、退款、发票、卖方对账 / Money for credits"
)


@blueprint.route("/holds/<uuid:hold_id>/orders/<uuid:order_id>")
class OneOrder(MethodView):
    """An order with the payment gateway."""

    @blueprint.response(201, OrderSchema)
    def put(self, hold_id: UUID, order_id: UUID) -> Order:
        """Ask for a hold to be paid through the gateway; soon the order says where."""
        with transaction() as session:
            return service.ask_order(session, current_actor(), hold_id, order_id, now())

    @blueprint.response(200, OrderSchema)
    def get(self, hold_id: UUID, order_id: UUID) -> Order:
        """Show an order to its buyer, or to an operator."""
        with snapshot() as session:
            require_sight(session, current_actor(), hold_id)
            found = queries.order(session, order_id)
        if found is None or found.hold_id != hold_id:
            raise UnknownOrder(order=str(order_id))
        return found


@blueprint.route("/odd-money")
class OddMoney(MethodView):
    """Money that did not pay when it arrived."""

    @blueprint.arguments(OddMoneyQuery, location="query")
    @blueprint.response(200, page_schema(MoneySchema))
    def get(self, query: dict[str, Any]) -> Page[queries.Money]:
        """List money that nobody has dealt with yet, oldest first; or what was dealt with."""
        current_actor().require(Permission.PAYMENT_CONFIRM)
        with snapshot() as session:
            found = queries.odd_money(
                session,
                after=query["cursor"],
                most=query["limit"] + 1,
                settled=query["settled"],
            )
        return page(found, query["limit"], lambda row: (row.received_at, row.receipt_id))


@blueprint.route("/odd-money/<uuid:receipt_id>/use")
class Use(MethodView):
    """Odd money for a new hold."""

    @blueprint.arguments(UseSchema)
    @blueprint.response(201, HoldSchema)
    def put(self, said: dict[str, UUID], receipt_id: UUID) -> dict[str, Any]:
        """Let money pay for a live hold that costs exactly as much; retirement follows."""
        with transaction() as session:
            found = service.use_receipt(
                session, current_actor(), receipt_id, said["hold_id"], now()
            )
            return hold_on_the_wire(found, None)


@blueprint.route("/odd-money/<uuid:receipt_id>/refunds/<uuid:refund_id>")
class Refunds(MethodView):
    """Odd money on its way back."""

    @blueprint.arguments(RefundDraftSchema)
    @blueprint.response(201, RefundDraftSchema)
    def put(self, said: dict[str, Any], receipt_id: UUID, refund_id: UUID) -> dict[str, Any]:
        """Write down that money is to go back, or is none of ours."""
        write = service.set_aside if said["set_aside"] else service.ask_refund
        with transaction() as session:
            write(session, current_actor(), refund_id, receipt_id, said["reason"], now())
        return said


@blueprint.route("/refunds/<uuid:refund_id>")
class OneRefund(MethodView):
    """A refund that nobody has confirmed."""

    @blueprint.response(204)
    def delete(self, refund_id: UUID) -> None:
        """Take it back, so that the money can pay for a hold."""
        with transaction() as session:
            service.withdraw_refund(session, current_actor(), refund_id, now())


@blueprint.route("/refunds/<uuid:refund_id>/confirmation")
class Confirmation(MethodView):
    """That a refund is made."""

    @blueprint.arguments(MoneyConfirmationSchema)
    @blueprint.response(200, MoneyConfirmationSchema)
    def put(self, said: dict[str, Any], refund_id: UUID) -> dict[str, Any]:
        """Confirm that money went back by bank, or let the gateway send it back."""
        with transaction() as session:
            service.confirm_refund(session, current_actor(), refund_id, said["reference"], now())
        return said


@blueprint.route("/reckoning")
class Reckonings(MethodView):
    """All money."""

    @blueprint.response(200, ReckoningSchema)
    def get(self) -> Reckoning:
        """Show where all yuan are that ever came; the parts are the whole."""
        current_actor().require(Permission.PAYMENT_CONFIRM)
        with snapshot() as session:
            return queries.reckoning(session)


@blueprint.route("/holds/<uuid:hold_id>/invoices/<uuid:invoice_id>")
class HoldInvoice(MethodView):
    """An invoice over what was paid."""

    @blueprint.arguments(InvoiceDraftSchema)
    @blueprint.response(201, InvoiceSchema)
    def put(self, draft: InvoiceDraft, hold_id: UUID, invoice_id: UUID) -> Invoice:
        """Ask for an invoice over what was paid for a hold, once unless it is rejected."""
        with transaction() as session:
            return service.ask_invoice(session, current_actor(), hold_id, invoice_id, draft, now())

    @blueprint.response(200, InvoiceSchema)
    def get(self, hold_id: UUID, invoice_id: UUID) -> Invoice:
        """Show a request to its buyer, or to an operator."""
        with snapshot() as session:
            require_sight(session, current_actor(), hold_id)
            found = queries.invoice(session, invoice_id)
        if found is None or found.hold_id != hold_id:
            raise UnknownInvoice(invoice=str(invoice_id))
        return found


@blueprint.route("/invoices")
class Invoices(MethodView):
    """Requests for invoices."""

    @blueprint.arguments(InvoicesQuery, location="query")
    @blueprint.response(200, page_schema(InvoiceSchema))
    def get(self, query: dict[str, Any]) -> Page[Invoice]:
        """List requests, oldest first."""
        current_actor().require(Permission.PAYMENT_CONFIRM)
        with snapshot() as session:
            found = queries.invoices(
                session, query["state"], after=query["cursor"], most=query["limit"] + 1
            )
        return page(found, query["limit"], lambda row: (row.asked_at, row.invoice_id))


@blueprint.route("/invoices/<uuid:invoice_id>/issue")
class Issue(MethodView):
    """An invoice that was issued."""

    @blueprint.arguments(IssuedSchema)
    @blueprint.response(200, InvoiceSchema)
    def put(self, said: dict[str, Any], invoice_id: UUID) -> Invoice:
        """Record number and day of the invoice."""
        with transaction() as session:
            return service.issue_invoice(
                session, current_actor(), invoice_id, said["number"], said["issued_on"], None, now()
            )


@blueprint.route("/invoices/<uuid:invoice_id>/rejection")
class Rejection(MethodView):
    """A request that was rejected."""

    @blueprint.arguments(RejectedSchema)
    @blueprint.response(200, InvoiceSchema)
    def put(self, said: dict[str, str], invoice_id: UUID) -> Invoice:
        """Say why no invoice is issued; the buyer may ask again."""
        with transaction() as session:
            return service.reject_invoice(
                session, current_actor(), invoice_id, said["reason"], now()
            )


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
