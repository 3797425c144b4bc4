"""Plantings with their photographs and reviews."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base
from puhui.rewards.errors import AlreadyDecided, NotRefused
from puhui.rewards.planting import Datum, PlantingDraft, Point, State


class Planting(Base):
    """Trees that a person says they planted, and what became of that claim."""

    __tablename__ = "rewards_planting"
    __table_args__ = (
        CheckConstraint("trees BETWEEN 1 AND 1000", name="trees_in_range"),
        CheckConstraint("state IN ('logged', 'approved', 'refused')", name="state_known"),
        CheckConstraint("(state = 'logged') = (decided_at IS NULL)", name="decided_when_final"),
        CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL) AND (latitude IS NULL) = (datum IS NULL)"
            " AND latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180",
            name="point_whole",
        ),
        CheckConstraint("datum IN ('WGS-84', 'GCJ-02')", name="datum_known"),
        CheckConstraint("accuracy_m BETWEEN 0 AND 100000", name="accuracy_in_range"),
        Index("ix_rewards_planting_person", "person_id", "logged_at", "planting_id"),
        Index(
            "ix_rewards_planting_waiting",
            "turn",
            "logged_at",
            "planting_id",
            postgresql_where=text("state = 'logged'"),
        ),
    )

    planting_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    base_id: Mapped[UUID] = mapped_column(ForeignKey("rewards_base.base_id"))
    species: Mapped[str]
    trees: Mapped[int]
    planted_on: Mapped[date]
    latitude: Mapped[Decimal | None]
    """Degrees of `datum`, given with the person's consent."""
    longitude: Mapped[Decimal | None]
    datum: Mapped[str | None]
    accuracy_m: Mapped[int | None]
    state: Mapped[str]
    turn: Mapped[int] = mapped_column(server_default=text("0"))
    """Its turn with the verifiers, the lowest first: minus the risk that the rules saw."""
    logged_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]

    @classmethod
    def log(
        cls, planting_id: UUID, person_id: UUID, draft: PlantingDraft, now: datetime
    ) -> Planting:
        """Return a planting that waits for review."""
        point = draft.point
        return cls(
            planting_id=planting_id,
            person_id=person_id,
            base_id=draft.base_id,
            species=draft.species,
            trees=draft.trees,
            planted_on=draft.planted_on,
            latitude=point and point.latitude,
            longitude=point and point.longitude,
            datum=point and point.datum,
            accuracy_m=point and point.accuracy_m,
            state=State.LOGGED,
            turn=0,
            logged_at=now,
            decided_at=None,
        )

    @property
    def point(self) -> Point | None:
        """Return where it was, if the person said so."""
        if self.latitude is None or self.longitude is None or self.datum is None:
            return None
        return Point(self.latitude, self.longitude, Datum(self.datum), self.accuracy_m)

    def draft(self, photo_ids: tuple[UUID, ...]) -> PlantingDraft:
        """Return what was submitted, together with its photographs."""
        return PlantingDraft(
            self.base_id, self.species, self.trees, self.planted_on, photo_ids, self.point
        )

    def approve(self, now: datetime) -> None:
        """Accept the claim, for good.

        Raises:
            AlreadyDecided: it was approved or refused before.
        """
        self._decide(State.APPROVED, now)

    def refuse(self, now: datetime) -> None:
        """Turn the claim down, for good; what was true of it may be logged anew.

        Raises:
            AlreadyDecided: it was approved or refused before.
        """
        self._decide(State.REFUSED, now)

    def reopen(self) -> None:
        """Let a refused claim be judged again, after an appeal.

        Raises:
            NotRefused: it is not refused.
        """
        if self.state != State.REFUSED:
            raise NotRefused(planting=str(self.planting_id), state=self.state)
        self.state, self.decided_at = State.LOGGED, None

    def still_open(self) -> None:
        """Let pass a planting that waits for review.

        Raises:
            AlreadyDecided: it was approved or refused.
        """
        if self.state != State.LOGGED:
            raise AlreadyDecided(planting=str(self.planting_id), state=self.state)

    def _decide(self, state: State, now: datetime) -> None:
        self.still_open()
        self.state = state
        self.decided_at = now


class PlantingPhoto(Base):
    """A photograph supports a planting; the same bytes support one live planting only."""

    __tablename__ = "rewards_planting_photo"
    __table_args__ = (
        Index(
            "uq_rewards_planting_photo_bytes",
            "original_sha256",
            unique=True,
            postgresql_where=text("live"),
        ),
        CheckConstraint("position BETWEEN 1 AND 25", name="position_in_range"),
    )

    planting_id: Mapped[UUID] = mapped_column(
        ForeignKey("rewards_planting.planting_id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    photo_id: Mapped[UUID] = mapped_column(ForeignKey("evidence_photo.photo_id"))
    original_sha256: Mapped[bytes]
    question_id: Mapped[UUID | None] = mapped_column(ForeignKey("rewards_question.question_id"))
    """The verifier's question that it answers; None for what was logged."""
    live: Mapped[bool]
    """False once the planting is refused: its owner may log the truth with the same picture."""


class Review(Base):
    """One verifier's judgement of a planting. Append-only (trigger)."""

    __tablename__ = "rewards_review"
    __table_args__ = (
        CheckConstraint("verdict IN ('approve', 'refuse')", name="verdict_known"),
        CheckConstraint("(verdict = 'refuse') = (reason IS NOT NULL)", name="refusal_has_reason"),
        CheckConstraint("reason <> 'other' OR words <> ''", name="other_has_words"),
        CheckConstraint("length(words) <= 500", name="words_bounded"),
    )

    planting_id: Mapped[UUID] = mapped_column(
        ForeignKey("rewards_planting.planting_id"), primary_key=True
    )
    verifier_id: Mapped[UUID] = mapped_column(
        ForeignKey("identity_person.person_id"), primary_key=True
    )
    verdict: Mapped[str]
    reason: Mapped[str | None]
    words: Mapped[str]
    rule: Mapped[str]
    inputs: Mapped[dict[str, Any]]
    """What was on the verifier's desk: signals, approvals needed."""
    reviewed_at: Mapped[datetime]
