"""Labels."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class Label(Base):
    """A carbon label for one footprint, verified or declared by its maker."""

    __tablename__ = "footprint_label"
    __table_args__ = (
        UniqueConstraint("footprint_id", "basis"),
        CheckConstraint("basis IN ('self_declared', 'verified')", name="basis_known"),
        CheckConstraint("end_ground IS NULL OR withdrawn_at IS NOT NULL", name="end_dated"),
        CheckConstraint("expires_at > issued_at", name="expires_after_issue"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name="withdrawal_has_reason"
        ),
        CheckConstraint("code ~ '^[0-9A-Z]{26}$'", name="code_26_characters"),
    )

    label_id: Mapped[UUID] = mapped_column(primary_key=True)
    footprint_id: Mapped[UUID] = mapped_column(ForeignKey("footprint_footprint.footprint_id"))
    basis: Mapped[str] = mapped_column(server_default=text("'verified'"))
    """On whose word it stands: `puhui.footprint.validity.Basis`."""
    code: Mapped[str] = mapped_column(unique=True)
    url: Mapped[str]
    qr_svg: Mapped[str]
    """Drawn once: drawing it on each request would cost the page most of its speed."""
    issued_at: Mapped[datetime]
    issued_by: Mapped[UUID]
    expires_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None]
    end_ground: Mapped[str | None]
    """Why it ended early: `puhui.footprint.validity.Ground`."""
