"""What the ledger holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, ScalarSelect, cast, func, select, true, tuple_
from sqlalchemy.orm import Session, aliased

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
    purpose: str
    """Of which account it is a line."""


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


def holding(owner: ColumnElement[str], unit: str, purpose: str) -> ScalarSelect[int]:
    """Return the balance of each owner's bounded account of a purpose, for set-based work.

    Looked up owner by owner: a step of a night never reads the accounts that it does not touch.
    """
    query = select(Account.balance).where(
        Account.owner == owner, Account.unit == unit, Account.purpose == purpose
    )
    return query.scalar_subquery()


def statement(
    session: Session, *names: AccountName, before: int | None = None, most: int = 50
) -> Sequence[Line]:
    """Return the accounts' lines, newest first, below entry `before` when it is given.

    What passes between two of the accounts is one line, on the side that gains it.
    """
    accounts = (
        select(Account.account_id, Account.purpose)
        .where(
            tuple_(Account.owner, Account.unit, Account.purpose).in_(
                [(name.owner, name.unit, name.purpose) for name in names]
            )
        )
        .cte("accounts")
    )
    other = aliased(Entry)
    inner = select(other.entry_id).where(
        other.transfer_id == Entry.transfer_id,
        other.account_id.in_(select(accounts.c.account_id)),
        other.amount > 0,
    )
    # Each account gives its newest from the end of its own index, however long it is.
    newest = (
        select(Entry.entry_id, Entry.transfer_id, Entry.amount, Entry.balance_after)
        .where(Entry.account_id == accounts.c.account_id, (Entry.amount > 0) | ~inner.exists())
        .order_by(Entry.entry_id.desc())
        .limit(most)
    )
    if before is not None:
        newest = newest.where(Entry.entry_id < before)
    line = newest.lateral("line")
    query = (
        select(
            line.c.entry_id,
            line.c.transfer_id,
            line.c.amount,
            line.c.balance_after,
            Transfer.reason,
            Transfer.occurred_at,
            accounts.c.purpose,
        )
        .select_from(accounts)
        .join(line, true())
        .join(Transfer, Transfer.transfer_id == line.c.transfer_id)
        .order_by(line.c.entry_id.desc())
        .limit(most)
    )
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


def returned(session: Session, name: AccountName) -> dict[str, int]:
    """Return what has come back to an account, by the reason for which it came."""
    rows = session.execute(
        select(Transfer.reason, cast(func.sum(Entry.amount), BigInteger).label("amount"))
        .join(Entry, Entry.transfer_id == Transfer.transfer_id)
        .join(Account, Account.account_id == Entry.account_id)
        .where(
            Account.owner == name.owner,
            Account.unit == name.unit,
            Account.purpose == name.purpose,
            Entry.amount > 0,
        )
        .group_by(Transfer.reason)
    )
    return {row.reason: row.amount for row in rows}


def issued(session: Session, name: AccountName) -> int:
    """Return what an `issued` account has ever given out, whatever came back."""
    found = session.scalar(
        select(func.coalesce(-func.sum(Entry.amount), 0))
        .join(Account, Account.account_id == Entry.account_id)
        .where(
            Account.owner == name.owner,
            Account.unit == name.unit,
            Account.purpose == name.purpose,
            Entry.amount < 0,
        )
    )
    return int(found or 0)


def balance_before(session: Session, name: AccountName, moment: datetime) -> int:
    """Return what an account held just before `moment`, by when its transfers happened."""
    found = session.scalar(
        select(func.coalesce(func.sum(Entry.amount), 0))
        .join(Account, Account.account_id == Entry.account_id)
        .join(Transfer, Transfer.transfer_id == Entry.transfer_id)
        .where(
            Account.owner == name.owner,
            Account.unit == name.unit,
            Account.purpose == name.purpose,
            Transfer.occurred_at < moment,
        )
    )
    return int(found or 0)
