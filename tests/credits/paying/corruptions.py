"""What breaks each invariant of money, and nothing else. Part of the cases of credits."""

from uuid import uuid4

from puhui.credits import queries
from puhui.credits.hold import Retirement
from puhui.credits.paying import service
from puhui.credits.paying.gateway import Standing, Told
from puhui.db.session import snapshot, transaction
from puhui.kernel import clock
from tests.makers.credits import held, operator
from tests.makers.gateway import nobody, through
from tests.makers.identity import SignedIn
from tests.makers.paying import came, invoiced, odd, ordered, paid_out


def sound_books(buyer: SignedIn, done: Retirement) -> None:
    """Leave an order that is paid, one that is not, odd money of each fate, an invoice, a payout
    and one taken back."""
    clerk = operator()
    with snapshot() as session:
        hold = queries.hold(session, done.hold_id)
        name = queries.batch(session, done.lines[0].batch_id).seller
    invoiced(buyer, hold)
    paid_out(clerk, name, 1_000, "OUT1")
    paid_out(clerk, name, 500, "OUT2")
    with through(nobody()):
        order = ordered(buyer, held(buyer, 1_000))
    with transaction() as session:
        service.hear(session, Told(order.number, Standing.CLOSED, None), clock.now())
    for number in ("ODD1", "ODD2"):
        came(hold, hold.total_fen, number)
    with transaction() as session:
        refund_id = uuid4()
        service.ask_refund(
            session, clerk.actor, refund_id, odd()[0].receipt_id, "付了两次", clock.now()
        )
        service.confirm_refund(session, clerk.actor, refund_id, "BACK1", clock.now())


CORRUPTIONS = {
    "P1": [
        "UPDATE credits_receipt SET amount_fen = amount_fen + 1 WHERE odd IS NULL",
    ],
    "P2": ["UPDATE credits_receipt SET odd = NULL WHERE reference = 'ODD2'"],
    "P3": [
        "INSERT INTO credits_refund (refund_id, receipt_id, state, reason, asked_by, asked_at)"
        " SELECT gen_random_uuid(), receipt_id, 'asked', '', gen_random_uuid(), now()"
        " FROM credits_receipt WHERE odd IS NULL"
    ],
    "P4": ["UPDATE credits_pay_order SET state = 'paid'"],
    "P5": ["UPDATE credits_invoice SET amount_fen = amount_fen - 1"],
    "P6": ["UPDATE credits_sale SET gross_fen = gross_fen + 1"],
    "P7": ["UPDATE credits_payout SET amount_fen = 1000000 WHERE reference = 'OUT1'"],
}
