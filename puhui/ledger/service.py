"""Move value. `transfer` is the only verb."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from puhui.ledger.account import AccountName, Move
from puhui.ledger.errors import InsufficientBalance, TransferDiffers

_TRANSFER = text(
    "SELECT ledger_transfer(:id, :reason, :occurred_at, :sources, :destinations,"
    " CAST(:amounts AS bigint[]))"
)
_FLOOR = "ck_ledger_account_balance_not_negative"


def transfer(
    session: Session,
    transfer_id: UUID,
    *,
    source: AccountName,
    destination: AccountName,
    amount: int,
    reason: str,
    occurred_at: datetime,
) -> bool:
    """Move `amount` units from `source` to `destination` under the name `transfer_id`.

    Returns True if this call moved them, False if the same transfer had been made before.

    Raises:
        InsufficientBalance: the source would fall below zero; nothing has moved, and the
            session's transaction can only be rolled back.
        TransferDiffers: the name was used for a transfer of something else.
    """
    return transfer_all(
        session,
        transfer_id,
        [Move(source, destination, amount)],
        reason=reason,
        occurred_at=occurred_at,
    )


def transfer_all(
    session: Session,
    transfer_id: UUID,
    moves: Sequence[Move],
    *,
    reason: str,
    occurred_at: datetime,
) -> bool:
    """Make several moves of one unit as one transfer, all or none.

    One round trip to a function in the database, which inserts the transfer's name first, locks
    the bounded accounts in name order, checks and posts.

    Returns and raises as `transfer`.
    """
    assert moves
    units = {move.source.unit for move in moves}
    assert len(units) == 1, units
    try:
        outcome = session.scalar(
            _TRANSFER,
            {
                "id": transfer_id,
                "reason": reason,
                "occurred_at": occurred_at,
                "sources": [_wire(move.source) for move in moves],
                "destinations": [_wire(move.destination) for move in moves],
                "amounts": [move.amount for move in moves],
            },
        )
    except IntegrityError as refusal:
        diagnosis = getattr(refusal.orig, "diag", None)
        if diagnosis is None or diagnosis.constraint_name != _FLOOR:
            raise
        raise InsufficientBalance(transfer=str(transfer_id)) from refusal
    if outcome == "differs":
        raise TransferDiffers(transfer=str(transfer_id))
    assert outcome in {"moved", "repeated"}, outcome
    return bool(outcome == "moved")


def _wire(name: AccountName) -> str:
    return f"{name.owner}|{name.unit}|{name.purpose}"
