"""Footprints: computed, declared, handed in, verified or refused."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base
from puhui.footprint.errors import AlreadyDecided, NotReviewed, NotSubmitted


class Footprint(Base):
    """One version of a product's footprint. What was computed never changes."""

    __tablename__ = "footprint_footprint"
    __table_args__ = (
        UniqueConstraint("product_id", "number"),
        CheckConstraint(
            "state IN ('declared', 'submitted', 'reviewed', 'verified', 'refused')",
            name="state_known",
        ),
        CheckConstraint("(state = 'declared') = (submitted_at IS NULL)", name="submitted_dated"),
        CheckConstraint(
            "(state IN ('verified', 'refused')) = (decided_at IS NOT NULL)", name="decision_dated"
        ),
        CheckConstraint(
            "(decided_at IS NULL) = (verifier_id IS NULL)", name="decision_has_verifier"
        ),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_hex"),
        Index(
            "ix_footprint_footprint_queue",
            "submitted_at",
            postgresql_where=text("state IN ('submitted', 'reviewed')"),
        ),
    )

    footprint_id: Mapped[UUID] = mapped_column(primary_key=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("footprint_product.product_id"))
    number: Mapped[int]
    document: Mapped[str]
    """Canonical JSON, exactly the bytes that `sha256` is of."""
    sha256: Mapped[str]
    ruleset: Mapped[str]
    footprint_kg: Mapped[Decimal]
    state: Mapped[str] = mapped_column(server_default=text("'declared'"))
    declared_at: Mapped[datetime]
    declared_by: Mapped[UUID]
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    verifier_id: Mapped[UUID | None]
    verifier_organisation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("identity_organisation.organisation_id")
    )
    reasons: Mapped[list[Any] | None]
    """Of a refusal: [{"row": 3, "reason": "…"}, …]; row null for the whole."""
    checklist: Mapped[str | None]
    """Version of the checklist that it was verified by; None before there was one."""

    def submit(self, now: datetime) -> None:
        """Hand the footprint to verifiers. Once."""
        if self.state == "declared":
            self.state, self.submitted_at = "submitted", now

    def take_review(self) -> None:
        """Note that a verifier has been through it.

        Raises:
            NotSubmitted: nobody has handed it in.
            AlreadyDecided: it has a decision.
        """
        if self.state == "declared":
            raise NotSubmitted(footprint=str(self.footprint_id))
        if self.state not in ("submitted", "reviewed"):
            raise AlreadyDecided(footprint=str(self.footprint_id), state=self.state)
        self.state = "reviewed"

    def decide(
        self,
        state: str,
        verifier_id: UUID,
        organisation_id: UUID,
        reasons: list[Any] | None,
        checklist: str | None,
        now: datetime,
    ) -> bool:
        """Verify or refuse it; return whether that is news.

        Raises:
            NotSubmitted: nobody has handed it in.
            NotReviewed: it is to be verified and nobody has been through the checklist.
            AlreadyDecided: it has another decision.
        """
        if self.state == "declared":
            raise NotSubmitted(footprint=str(self.footprint_id))
        if self.state == state and self.reasons == reasons:
            return False
        if self.state not in ("submitted", "reviewed"):
            raise AlreadyDecided(footprint=str(self.footprint_id), state=self.state)
        if state == "verified" and self.state != "reviewed":
            raise NotReviewed(footprint=str(self.footprint_id))
        self.state, self.decided_at, self.reasons = state, now, reasons
        self.checklist = checklist
        self.verifier_id, self.verifier_organisation_id = verifier_id, organisation_id
        return True


class Citation(Base):
    """A footprint rests on a version of a factor: what a withdrawal has to look for."""

    __tablename__ = "footprint_citation"

    citation: Mapped[str] = mapped_column(primary_key=True)
    """`key@version`."""
    footprint_id: Mapped[UUID] = mapped_column(
        ForeignKey("footprint_footprint.footprint_id"), primary_key=True, index=True
    )
