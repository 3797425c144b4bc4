"""Confirm payments from a bank's list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.credits.bank import Incoming, read
from puhui.credits.errors import HoldOver, NameTaken, OwnHold, UnknownHold, WrongAmount
from puhui.credits.model import HoldRow, Payment
from puhui.credits.service.hold import confirm_payment
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
    """Confirm every transfer of a bank's CSV file that pays a live hold exactly.

    What pays for nothing here, comes late, or is of another amount is told and left for a person:
    such money goes back to its sender. The same file again confirms nothing twice.

    Raises:
        Invalid: the file cannot be read, with every fault by row and column; nothing is confirmed.
    """
    actor.require(Permission.PAYMENT_CONFIRM)
    found, faults = read(content)
    if faults:
        raise Invalid(faults)
    return [_match(session, actor, incoming, now) for incoming in found]


def _match(session: Session, actor: Actor, incoming: Incoming, now: datetime) -> Matched:
    row = session.scalar(select(HoldRow).where(HoldRow.reference == incoming.reference))
    if row is None:
        return Matched(incoming, UnknownHold.code, UnknownHold(reference=incoming.reference))
    known = session.get(Payment, row.hold_id)
    if known is not None and known.reference == incoming.transfer.reference:
        return Matched(incoming, "known")
    try:
        with session.begin_nested():
            confirm_payment(session, actor, row.hold_id, incoming.transfer, now)
    except (HoldOver, NameTaken, OwnHold, WrongAmount) as refusal:
        return Matched(incoming, refusal.code, refusal)
    return Matched(incoming, "confirmed")
