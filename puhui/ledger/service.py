"""Move value. `transfer` is the only verb."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, collate, func, select, text, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from puhui.ledger.account import AccountName, Move
from puhui.ledger.errors import InsufficientBalance, TransferDiffers
from puhui.ledger.model import Account

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
                "sources": [wire(move.source) for move in moves],
                "destinations": [wire(move.destination) for move in moves],
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


def transfer_each(
    session: Session,
    moves: Select[UUID, str, str, int],
    *,
    reason: str,
    occurred_at: datetime,
) -> int:
    """Make as many transfers as `moves` has rows, each a move of its own; return how many.

    A row is the transfer's name, source and destination as `wire` writes them, and the amount.
    All of it stays in the database; what was moved before under the same name is passed over.

    Raises:
        TransferDiffers: a name was used for a transfer of something else.
        InsufficientBalance: a source would fall below zero; nothing has moved.
    """
    row = moves.subquery()
    name, source, destination, amount = row.c
    call = select(
        func.ledger_transfer_each(
            reason,
            occurred_at,
            *(func.array_agg(column) for column in (name, source, destination, amount)),
        )
    ).having(func.count() > 0)
    try:
        return int(session.scalar(call) or 0)
    except IntegrityError as refusal:
        diagnosis = getattr(refusal.orig, "diag", None)
        if diagnosis is not None and diagnosis.constraint_name == "ledger_transfer_differs":
            raise TransferDiffers from refusal
        if diagnosis is None or diagnosis.constraint_name != _FLOOR:
            raise
        raise InsufficientBalance from refusal


def hold_still(session: Session, owners: Select[str], unit: str, purpose: str) -> None:
    """Lock the accounts of these owners, in name order: their balances stay as they are."""
    named = owners.subquery()
    in_order = select(named.c[0].label("owner")).order_by(collate(named.c[0], "C")).subquery()
    # Each is looked up by its name: joined, they would all be read to find a few.
    held = (
        select(Account.account_id)
        .where(Account.owner == in_order.c.owner, Account.unit == unit, Account.purpose == purpose)
        .with_for_update()
        .lateral()
    )
    session.execute(select(func.count()).select_from(in_order).join(held, true()))


def wire(name: AccountName) -> str:
    """Return an account's name as the database's functions read it."""
    return f"{name.owner}|{name.unit}|{name.purpose}"
