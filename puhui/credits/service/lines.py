"""What holding and retiring share: the locked hold, and the one transfer for its lines."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.credits import queries
from puhui.credits.bundle import Line
from puhui.credits.errors import (
    UnknownHold,
)
from puhui.credits.hold import (
    Hold,
)
from puhui.credits.model import (
    HoldLine,
    HoldRow,
)
from puhui.ledger.account import AccountName, Move
from puhui.ledger.service import transfer_all


def move(
    session: Session,
    name: UUID,
    lines: Iterable[Line | HoldLine],
    source: Callable[[UUID], AccountName],
    destination: Callable[[UUID], AccountName],
    reason: str,
    now: datetime,
) -> None:
    """Move the lines' kilograms between the batches' accounts, as one transfer."""
    amounts = Counter[UUID]()
    for line in lines:
        amounts[line.batch_id] += line.quantity_kg
    moves = [Move(source(batch), destination(batch), kg) for batch, kg in sorted(amounts.items())]
    moved = transfer_all(session, name, moves, reason=f"credits.{reason}", occurred_at=now)
    assert moved, name


def locked(session: Session, hold_id: UUID) -> HoldRow:
    row = session.get(HoldRow, hold_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise UnknownHold(hold=str(hold_id))
    return row


def read_hold(session: Session, hold_id: UUID) -> Hold:
    found = queries.hold(session, hold_id)
    assert found is not None, hold_id
    return found
