"""Take in the money that a bank's list tells of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from puhui.credits.bank import Incoming, read
from puhui.credits.errors import NameTaken, OwnHold
from puhui.credits.paying import queries
from puhui.credits.paying.errors import ReceiptDiffers
from puhui.credits.paying.receipt import Arrival, Road
from puhui.credits.paying.service.receipt import REFUSALS, receive
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import DomainError, Invalid


@dataclass(frozen=True)
class Matched:
    """What one incoming transfer came to: `confirmed`, `known`, or the code of a refusal."""

    incoming: Incoming
    outcome: str
    refusal: DomainError | None = None


def import_bank_file(
    session: Session, actor: Actor, content: str, now: datetime
) -> Sequence[Matched]:
    """Take in every transfer of a bank's CSV file; what pays a live hold exactly confirms it.

    What names nothing here, comes late, or is of another amount is written down for a person to
    send back or to use. The same file again does nothing twice.

    Raises:
        Invalid: the file cannot be read, with every fault by row and column; nothing is taken in.
    """
    actor.require(Permission.PAYMENT_CONFIRM)
    found, faults = read(content)
    if faults:
        raise Invalid(faults)
    return [_match(session, actor, incoming, now) for incoming in found]


def _match(session: Session, actor: Actor, incoming: Incoming, now: datetime) -> Matched:
    transfer = incoming.transfer
    arrival = Arrival(
        Road.BANK,
        transfer.reference,
        transfer.amount_fen,
        transfer.paid_on,
        incoming.currency,
    )
    hold_id = queries.hold_of_reference(session, incoming.reference)
    try:
        with session.begin_nested():
            taken = receive(session, arrival, hold_id, now, confirmed_by=actor.person_id)
    except (NameTaken, OwnHold, ReceiptDiffers) as refusal:
        return Matched(incoming, refusal.code, refusal)
    if taken.odd is not None:
        return Matched(incoming, taken.odd, REFUSALS[taken.odd]())
    return Matched(incoming, "known" if taken.known else "confirmed")
