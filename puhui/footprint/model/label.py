"""Labels."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class Label(Base):
    """A carbon label for one verified footprint."""

    __tablename__ = "footprint_label"
    __table_args__ = (
        CheckConstraint("expires_at > issued_at", name="expires_after_issue"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name="withdrawal_has_reason"
        ),
        CheckConstraint("code ~ '^[0-9A-Z]{26}$'", name="code_26_characters"),
    )

    label_id: Mapped[UUID] = mapped_column(primary_key=True)
    footprint_id: Mapped[UUID] = mapped_column(
        ForeignKey("footprint_footprint.footprint_id"), unique=True
    )
    code: Mapped[str] = mapped_column(unique=True)
    url: Mapped[str]
    qr_svg: Mapped[str]
    """Drawn once: drawing it on each request would cost the page most of its speed."""
    issued_at: Mapped[datetime]
    issued_by: Mapped[UUID]
    expires_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None]
