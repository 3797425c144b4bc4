"""Money: an order and an invoice are their buyer's, a statement is its seller's."""

from collections.abc import Mapping
from uuid import uuid4

from puhui.credits.paying import service
from puhui.credits.paying.seller import seller_id_of
from puhui.credits.queries import hold
from puhui.db.session import snapshot, transaction
from puhui.kernel import clock
from puhui.kernel.actor import Role
from tests.contracts.authorisation import Row, only
from tests.contracts.authorisation.credits import WHERE, a_batch, a_hold
from tests.makers.credits import operator, organiser, paid
from tests.makers.gateway import nobody, through
from tests.makers.identity import organisation
from tests.makers.paying import came, odd, village_invoice


def an_order() -> Mapping[str, object]:
    """Make an order of 常口村's hold, with a gateway that nobody calls."""
    named = a_hold()
    order_id = uuid4()
    with through(nobody()), transaction() as session:
        service.ask_order(
            session, organiser(where=WHERE).actor, named["hold_id"], order_id, clock.now()
        )
    return {**named, "order_id": order_id}


def odd_money() -> Mapping[str, object]:
    """Let a sum arrive that names nothing."""
    number = str(uuid4())
    came(None, 100, number)
    (receipt_id,) = [money.receipt_id for money in odd() if money.reference == number]
    return {"receipt_id": receipt_id}


def a_refund() -> Mapping[str, object]:
    """Let such a sum be on its way back."""
    named = odd_money()
    refund_id = uuid4()
    with transaction() as session:
        service.ask_refund(
            session, operator().actor, refund_id, named["receipt_id"], "退", clock.now()
        )
    return {"refund_id": refund_id}


def an_invoice() -> Mapping[str, object]:
    """Ask for an invoice of 常口村's hold."""
    named = a_hold()
    invoice_id = uuid4()
    with snapshot() as session:
        found = hold(session, named["hold_id"])
    paid(found)
    with transaction() as session:
        service.ask_invoice(
            session,
            organiser(where=WHERE).actor,
            named["hold_id"],
            invoice_id,
            village_invoice(),
            clock.now(),
        )
    return {**named, "invoice_id": invoice_id}


def a_seller() -> Mapping[str, object]:
    """Make a seller that is 常口村."""
    a_batch()
    seller_id = seller_id_of("村委会")
    with transaction() as session:
        service.agree(session, operator().actor, seller_id, organisation(WHERE), 0, clock.now())
    return {"seller_id": seller_id}


BUYER, OPERATOR, ADMINISTRATOR = Role.ORGANISER, Role.OPERATOR, Role.ADMINISTRATOR
_ORDER = "/api/credits/holds/{hold_id}/orders/{order_id}"
_INVOICE = "/api/credits/holds/{hold_id}/invoices/{invoice_id}"
_SELLER = "/api/credits/sellers/{seller_id}"

ROWS: Mapping[str, Row] = {
    f"PUT {_ORDER}": only(BUYER, given=an_order),
    f"GET {_ORDER}": only(BUYER, OPERATOR, given=an_order),
    "GET /api/credits/odd-money": only(OPERATOR),
    "PUT /api/credits/odd-money/{receipt_id}/use": only(OPERATOR, given=odd_money),
    "PUT /api/credits/odd-money/{receipt_id}/refunds/{refund_id}": only(OPERATOR, given=odd_money),
    "DELETE /api/credits/refunds/{refund_id}": only(OPERATOR, given=a_refund),
    "PUT /api/credits/refunds/{refund_id}/confirmation": only(OPERATOR, given=a_refund),
    "GET /api/credits/reckoning": only(OPERATOR),
    f"PUT {_INVOICE}": only(BUYER, given=an_invoice),
    f"GET {_INVOICE}": only(BUYER, OPERATOR, given=an_invoice),
    "GET /api/credits/invoices": only(OPERATOR),
    "PUT /api/credits/invoices/{invoice_id}/issue": only(OPERATOR, given=an_invoice),
    "PUT /api/credits/invoices/{invoice_id}/rejection": only(OPERATOR, given=an_invoice),
    "GET /api/credits/sellers": only(OPERATOR, ADMINISTRATOR),
    f"PUT {_SELLER}": only(OPERATOR, given=a_seller),
    f"GET {_SELLER}/statement": only(OPERATOR, ADMINISTRATOR, given=a_seller),
    f"PUT {_SELLER}/payouts/{{payout_id}}": only(OPERATOR, given=a_seller),
    f"PUT {_SELLER}/payouts/{{payout_id}}/cancellations/{{cancellation_id}}": only(
        OPERATOR, given=a_seller
    ),
}
