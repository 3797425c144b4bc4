"""Messages, the marks of what followed from them, and long work."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class Message(Base):
    """What has happened, waiting for its effects."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index(
            "ix_outbox_message_due",
            "due_at",
            postgresql_where=text("done_at IS NULL AND parked_at IS NULL"),
        ),
    )

    message_id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    topic: Mapped[str]
    payload: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    done_at: Mapped[datetime | None]
    parked_at: Mapped[datetime | None]
    fault: Mapped[str | None]


class Effect(Base):
    """One job has dealt with one message; written in the job's own transaction."""

    __tablename__ = "outbox_effect"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("outbox_message.message_id"), primary_key=True
    )
    job: Mapped[str] = mapped_column(primary_key=True)
    done_at: Mapped[datetime]


class Task(Base):
    """Work too long for one transaction: done step by step, each step a message of its own."""

    __tablename__ = "outbox_task"
    __table_args__ = (
        CheckConstraint("state IN ('running', 'stopped', 'finished', 'failed')", name="state"),
        CheckConstraint("done >= 0 AND total >= 0 AND step >= 0", name="counts"),
        CheckConstraint(
            "(state IN ('finished', 'failed')) = (result IS NOT NULL)", name="ended_with_result"
        ),
        Index("ix_outbox_task_owner_begun", "owner", "begun_at"),
    )

    task_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    owner: Mapped[str]
    payload: Mapped[dict[str, Any]]
    state: Mapped[str]
    step: Mapped[int]
    cursor: Mapped[dict[str, Any]]
    done: Mapped[int]
    total: Mapped[int]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    begun_at: Mapped[datetime]
    changed_at: Mapped[datetime]
