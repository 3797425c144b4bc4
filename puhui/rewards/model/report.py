"""Reports of what was done, and who was let to make them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base
from puhui.rewards.errors import ReportDecided
from puhui.rewards.report import AuthorisationDraft, ReportDraft, ReportState, ReportVerdict


class Authorisation(Base):
    """A person lets an organisation report one behaviour of theirs."""

    __tablename__ = "rewards_authorisation"

    authorisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    """All that the organisation knows of the person."""
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("identity_organisation.organisation_id")
    )
    behaviour: Mapped[str]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    @property
    def draft(self) -> AuthorisationDraft:
        """Return what was agreed to."""
        return AuthorisationDraft(self.organisation_id, self.behaviour)


class Report(Base):
    """What was done, who says so, and what became of it."""

    __tablename__ = "rewards_report"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("state IN ('logged', 'approved', 'refused')", name="state_known"),
        CheckConstraint("(state = 'logged') = (decided_at IS NULL)", name="decided_when_final"),
        CheckConstraint("reporter IN ('self', 'base', 'retailer', 'partner')", name="reporter"),
        CheckConstraint("(reporter = 'self') = (authorisation_id IS NULL)", name="authorised"),
        CheckConstraint("state <> 'refused' OR words <> ''", name="refusal_has_words"),
        Index(
            "uq_rewards_report_document",
            "organisation_id",
            "behaviour",
            "document",
            unique=True,
            postgresql_where=text("organisation_id IS NOT NULL"),
        ),
        Index("ix_rewards_report_person", "person_id", "logged_at", "report_id"),
        Index(
            "ix_rewards_report_waiting",
            "logged_at",
            "report_id",
            postgresql_where=text("state = 'logged'"),
        ),
    )

    report_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    """Who did it."""
    behaviour: Mapped[str]
    quantity: Mapped[int]
    done_on: Mapped[date]
    document: Mapped[str]
    reporter: Mapped[str]
    reported_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    """The person, a member of the organisation, or its machine."""
    organisation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("identity_organisation.organisation_id")
    )
    authorisation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("rewards_authorisation.authorisation_id")
    )
    state: Mapped[str]
    logged_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))
    """The verifier; None where the rule asks for none."""
    words: Mapped[str]

    def draft(self, photo_ids: tuple[UUID, ...]) -> ReportDraft:
        """Return what was submitted, together with its photographs."""
        return ReportDraft(
            self.behaviour,
            self.quantity,
            self.done_on,
            photo_ids,
            self.document,
            self.authorisation_id,
        )

    def decide(self, verdict: ReportVerdict, verifier_id: UUID, now: datetime) -> None:
        """Accept the report or turn it down, for good.

        Raises:
            ReportDecided: it was approved or refused before.
        """
        if self.state != ReportState.LOGGED:
            raise ReportDecided(report=str(self.report_id), state=self.state)
        self.state = ReportState.APPROVED if verdict.approved else ReportState.REFUSED
        self.words = verdict.words.strip()
        self.decided_by, self.decided_at = verifier_id, now


class ReportPhoto(Base):
    """A photograph supports a report; the same bytes support one live report only."""

    __tablename__ = "rewards_report_photo"
    __table_args__ = (
        Index(
            "uq_rewards_report_photo_bytes",
            "original_sha256",
            unique=True,
            postgresql_where=text("live"),
        ),
        CheckConstraint("position BETWEEN 1 AND 5", name="position_in_range"),
    )

    report_id: Mapped[UUID] = mapped_column(
        ForeignKey("rewards_report.report_id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    photo_id: Mapped[UUID] = mapped_column(ForeignKey("evidence_photo.photo_id"))
    original_sha256: Mapped[bytes]
    live: Mapped[bool]
