"""Looking again: a verifier's question, a person's appeal, the monthly audit."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class Question(Base):
    """A verifier asks again; the planting waits for the person, who answers once (trigger)."""

    __tablename__ = "rewards_question"
    __table_args__ = (
        CheckConstraint("words <> '' AND length(words) <= 500", name="words_bounded"),
        CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name="answer_whole"),
        CheckConstraint("length(answer) <= 500", name="answer_bounded"),
        Index(
            "uq_rewards_question_open",
            "planting_id",
            unique=True,
            postgresql_where=text("answered_at IS NULL"),
        ),
        Index("ix_rewards_question_planting", "planting_id", "asked_at"),
    )

    question_id: Mapped[UUID] = mapped_column(primary_key=True)
    planting_id: Mapped[UUID] = mapped_column(ForeignKey("rewards_planting.planting_id"))
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    words: Mapped[str]
    asked_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]


class Appeal(Base):
    """A person asks somebody else to look at a refusal; once a planting, decided once (trigger)."""

    __tablename__ = "rewards_appeal"
    __table_args__ = (
        CheckConstraint("words <> '' AND length(words) <= 500", name="words_bounded"),
        CheckConstraint("verdict IN ('upheld', 'rejected')", name="verdict_known"),
        CheckConstraint(
            "(verdict IS NULL) = (decided_by IS NULL)"
            " AND (verdict IS NULL) = (decided_at IS NULL)"
            " AND (verdict IS NULL) = (answer IS NULL)",
            name="decision_whole",
        ),
        CheckConstraint("answer <> '' AND length(answer) <= 500", name="answer_bounded"),
        CheckConstraint("decided_by <> person_id", name="decided_by_another"),
        Index("ix_rewards_appeal_waiting", "filed_at", postgresql_where=text("verdict IS NULL")),
    )

    appeal_id: Mapped[UUID] = mapped_column(primary_key=True)
    planting_id: Mapped[UUID] = mapped_column(
        ForeignKey("rewards_planting.planting_id"), unique=True
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    words: Mapped[str]
    filed_at: Mapped[datetime]
    verdict: Mapped[str | None]
    answer: Mapped[str | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))
    decided_at: Mapped[datetime | None]


class Audit(Base):
    """An approved planting that the month's draw fell on; somebody else looks at it, once."""

    __tablename__ = "rewards_audit"
    __table_args__ = (
        CheckConstraint("verdict IN ('confirmed', 'doubted')", name="verdict_known"),
        CheckConstraint(
            "(verdict IS NULL) = (decided_by IS NULL)"
            " AND (verdict IS NULL) = (decided_at IS NULL)"
            " AND (verdict IS NULL) = (words IS NULL)",
            name="decision_whole",
        ),
        CheckConstraint("length(words) <= 500", name="words_bounded"),
        CheckConstraint("verdict <> 'doubted' OR words <> ''", name="doubt_has_words"),
        Index("ix_rewards_audit_waiting", "month", postgresql_where=text("verdict IS NULL")),
        Index("ix_rewards_audit_base", "base_id", "month"),
    )

    planting_id: Mapped[UUID] = mapped_column(
        ForeignKey("rewards_planting.planting_id"), primary_key=True
    )
    month: Mapped[date] = mapped_column(ForeignKey("rewards_draw.month"))
    base_id: Mapped[UUID] = mapped_column(ForeignKey("rewards_base.base_id"))
    verdict: Mapped[str | None]
    words: Mapped[str | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))
    decided_at: Mapped[datetime | None]
