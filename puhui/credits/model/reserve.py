"""How much of each issuance is kept back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from puhui.credits.kind import Kind
from puhui.db.base import Base

_KINDS = ", ".join(f"'{kind}'" for kind in Kind)


class ReserveShare(Base):
    """How much of each further issuance goes into the reserve of a kind or a project.
    Append-only; the newest is in force, and a project's goes before its kind's."""

    __tablename__ = "credits_reserve_share"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_KINDS})", name="kind_known"),
        CheckConstraint("(kind IS NULL) <> (project_id IS NULL)", name="of_kind_or_project"),
        CheckConstraint("share_bp BETWEEN 0 AND 10000", name="share_in_range"),
        Index("ix_credits_reserve_share_kind", "kind", postgresql_where=text("kind IS NOT NULL")),
        Index(
            "ix_credits_reserve_share_project_id",
            "project_id",
            postgresql_where=text("project_id IS NOT NULL"),
        ),
    )

    share_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Identity(always=True))
    """Which came first."""
    kind: Mapped[str | None]
    project_id: Mapped[UUID | None] = mapped_column(ForeignKey("credits_project.project_id"))
    share_bp: Mapped[int]
    """In hundredths of a per cent."""
    source: Mapped[str]
    """The rule or contract that asks for it."""
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    recorded_at: Mapped[datetime]
