"""Accounts, transfers, entries. Written only by the functions of migrations 0034 and 0040."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class Account(Base):
    """A holder of units. An unbounded account keeps no balance: it is the sum of its entries."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        UniqueConstraint("owner", "unit", "purpose"),
        CheckConstraint("balance >= 0", name="balance_not_negative"),
        CheckConstraint("bounded = (purpose <> 'issued')", name="only_issued_unbounded"),
        CheckConstraint("bounded OR balance = 0", name="unbounded_keeps_no_balance"),
    )

    account_id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    owner: Mapped[str]
    unit: Mapped[str]
    purpose: Mapped[str]
    bounded: Mapped[bool]
    balance: Mapped[int] = mapped_column(server_default=text("0"))


class Transfer(Base):
    """Something that moved value, named by what caused it."""

    __tablename__ = "ledger_transfer"

    transfer_id: Mapped[UUID] = mapped_column(primary_key=True)
    reason: Mapped[str]
    moves: Mapped[str]
    """Canonical text of what was asked, to tell a repetition from another request."""
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class Entry(Base):
    """One account's side of a transfer; the sides of a transfer sum to zero in each unit."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        Index("ix_ledger_entry_account", "account_id", "entry_id"),
    )

    entry_id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    transfer_id: Mapped[UUID] = mapped_column(index=True)
    """No foreign key either: the trigger `sums_to_zero` looks for all transfers of a statement at
    once, and a transfer never leaves."""
    account_id: Mapped[int]
    """No foreign key: its check would lock the issuing account's row in every award. The function
    is the only writer, and the audit (L1) finds an entry without an account."""
    amount: Mapped[int]
    balance_after: Mapped[int | None]
