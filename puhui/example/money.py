"""A branch that has bought, paid and asked for an invoice; money that pays for nothing."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.credits import service as credits
from puhui.credits.bundle import Wishes
from puhui.credits.hold import BankTransfer
from puhui.credits.paying import service as paying
from puhui.credits.paying.invoice import InvoiceDraft, InvoiceType
from puhui.credits.paying.receipt import Arrival, Road
from puhui.credits.purpose import OwnKind, PurposeDraft
from puhui.example.people import ORGANISATIONS, example_id
from puhui.kernel.actor import Actor
from puhui.kernel.clock import day_of

NEED_KG = 1_200
ODD_FEN = 8_800


def load_money(
    session: Session, buyer: Actor, operator: Actor, organisation_id: UUID, now: datetime
) -> None:
    """Let the organiser's hall be carbon neutral for a week; the worker retires it."""
    organiser = next(one for one in ORGANISATIONS if one.key == "organiser")
    hold = credits.buy(
        session,
        buyer,
        example_id("a week of the hall"),
        PurposeDraft(
            organisation_id=organisation_id,
            kind=OwnKind.BUILDING,
            title_zh="示例展厅一周用电",
            title_en="A week of electricity of the example hall",
            required_kg=NEED_KG,
            boundary_zh="示例：展厅一周的外购电力，数量为虚构",
            boundary_en="Example: electricity bought for a week of the hall; an invented amount",
        ),
        Wishes(),
        now,
    )
    # By the day on which it was made, so that loading again tells of the same transfer.
    paid_on = day_of(hold.made_at)
    transfer = BankTransfer("示例流水 0001", hold.total_fen, paid_on)
    credits.confirm_payment(session, operator, hold.hold_id, transfer, now)
    paying.ask_invoice(
        session,
        buyer,
        hold.hold_id,
        example_id("invoice of the hall"),
        InvoiceDraft(
            InvoiceType.SPECIAL, organiser.name, organiser.uscc, "kuaiji@example.cn", "13800000006"
        ),
        now,
    )
    odd = Arrival(Road.BANK, "示例流水 0002", ODD_FEN, paid_on)
    paying.receive(session, odd, None, now, confirmed_by=operator.person_id)
