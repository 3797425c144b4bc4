"""Messages and the marks of what followed from them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index, text
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
