"""What the ledger holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.orm import Session

from puhui.ledger.account import AccountName
from puhui.ledger.model import Account, Entry, Transfer


@dataclass(frozen=True)
class Line:
    """One line of an account's statement, in units of the account."""

    entry_id: int
    transfer_id: UUID
    amount: int
    balance_after: int | None
    reason: str
    occurred_at: datetime


def balance(session: Session, name: AccountName) -> int:
    """Return the units that the account holds; 0 for one that was never used."""
    account = session.scalar(
        select(Account).where(
            Account.owner == name.owner,
            Account.unit == name.unit,
            Account.purpose == name.purpose,
        )
    )
    if account is None:
        return 0
    if account.bounded:
        return account.balance
    total = session.scalar(
        select(func.coalesce(func.sum(Entry.amount), 0)).where(
            Entry.account_id == account.account_id
        )
    )
    return int(total or 0)


def statement(
    session: Session, name: AccountName, *, before: int | None = None, most: int = 50
) -> Sequence[Line]:
    """Return the account's lines, newest first, below entry `before` when it is given."""
    query = (
        select(
            Entry.entry_id,
            Entry.transfer_id,
            Entry.amount,
            Entry.balance_after,
            Transfer.reason,
            Transfer.occurred_at,
        )
        .join(Account, Account.account_id == Entry.account_id)
        .join(Transfer, Transfer.transfer_id == Entry.transfer_id)
        .where(
            Account.owner == name.owner,
            Account.unit == name.unit,
            Account.purpose == name.purpose,
        )
        .order_by(Entry.entry_id.desc())
        .limit(most)
    )
    if before is not None:
        query = query.where(Entry.entry_id < before)
    return [Line(*row) for row in session.execute(query)]


def totals(session: Session, unit: str) -> dict[str, int]:
    """Return what all accounts of each purpose hold of a unit; together they sum to zero."""
    rows = session.execute(
        select(Account.purpose, cast(func.sum(Entry.amount), BigInteger).label("amount"))
        .join(Entry, Entry.account_id == Account.account_id)
        .where(Account.unit == unit)
        .group_by(Account.purpose)
    )
    return {row.purpose: row.amount for row in rows}
