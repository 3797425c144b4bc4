"""Money for tests: orders with the gateway, money that came, and what the books say of it."""

from datetime import date
from uuid import UUID, uuid4

from puhui.credits import queries as credits
from puhui.credits.hold import Hold, HoldState
from puhui.credits.paying import queries, service
from puhui.credits.paying.invoice import Invoice, InvoiceDraft, InvoiceType
from puhui.credits.paying.order import Order, OrderState
from puhui.credits.paying.queries import Money
from puhui.credits.paying.receipt import Arrival, Fate, Road
from puhui.credits.paying.seller import PayoutDraft, Reckoning, SellerCard, Statement
from puhui.db.session import snapshot, transaction
from puhui.kernel import clock
from tests.makers.identity import SignedIn

VILLAGE_CODE = "N2350428MF12345678"


def ordered(who: SignedIn, hold: Hold, order_id: UUID | None = None) -> Order:
    """Ask for an order with the gateway."""
    with transaction() as session:
        return service.ask_order(session, who.actor, hold.hold_id, order_id or uuid4(), clock.now())


def order_of(order: Order) -> Order:
    """Return the order as it is now."""
    with snapshot() as session:
        return queries.order(session, order.order_id)


def state_of(thing: Order | Hold) -> OrderState | HoldState:
    """Return where an order or a hold is now."""
    with snapshot() as session:
        if isinstance(thing, Order):
            return queries.order(session, thing.order_id).state
        return credits.hold(session, thing.hold_id).state


def came(hold: Hold | None, fen: int, number: str, road: Road = Road.BANK) -> service.Received:
    """Let money arrive."""
    arrival = Arrival(road, number, fen, clock.day_of(clock.now()))
    with transaction() as session:
        return service.receive(session, arrival, hold and hold.hold_id, clock.now())


def odd(*, settled: bool = False) -> list[Money]:
    """Return the odd money that waits, or that is settled."""
    with snapshot() as session:
        return list(queries.odd_money(session, settled=settled))


def fates() -> dict[str, Fate]:
    """Return what has become of every odd sum, by its number."""
    return {money.reference: money.fate for money in [*odd(), *odd(settled=True)]}


def reckoned() -> Reckoning:
    """Return where all money is, which adds up."""
    with snapshot() as session:
        found = queries.reckoning(session)
    assert found.adds_up, found
    return found


def village_invoice(**otherwise: object) -> InvoiceDraft:
    """Return what the village asks for."""
    said = {
        "type": InvoiceType.SPECIAL,
        "title": "常口村委会",
        "tax_number": VILLAGE_CODE,
        "email": "kuaiji@example.cn",
        "phone": "13800001234",
    }
    return InvoiceDraft(**(said | otherwise))


def invoiced(who: SignedIn, hold: Hold, draft: InvoiceDraft | None = None) -> Invoice:
    """Ask for an invoice."""
    with transaction() as session:
        return service.ask_invoice(
            session, who.actor, hold.hold_id, uuid4(), draft or village_invoice(), clock.now()
        )


def seller(name: str) -> SellerCard:
    """Return how the account with a seller stands."""
    with snapshot() as session:
        (found,) = [card for card in queries.sellers(session) if card.name == name]
    return found


def statement_of(name: str, starts: date, ends: date) -> Statement:
    """Return a seller's account over a period."""
    with snapshot() as session:
        (card,) = [card for card in queries.sellers(session) if card.name == name]
        return queries.statement(session, card, starts, ends)


def paid_out(who: SignedIn, name: str, fen: int, number: str) -> UUID:
    """Record a payout; return its identifier."""
    payout_id = uuid4()
    with transaction() as session:
        service.record_payout(
            session,
            who.actor,
            seller(name).seller_id,
            payout_id,
            PayoutDraft(fen, clock.day_of(clock.now()), number),
            clock.now(),
        )
    return payout_id
