"""Questions, appeals and audits: what waits for whom, and what came of it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from puhui.identity.queries import erased_people
from puhui.kernel.actor import Actor, Permission
from puhui.rewards.errors import NoSuchAppeal
from puhui.rewards.model.decision import Draw
from puhui.rewards.model.planting import Planting, PlantingPhoto, Review
from puhui.rewards.model.second_look import Appeal, Audit, Question
from puhui.rewards.queries.plantings import PlantingCard, card, shares_organisation

MOST_LOOKED_THROUGH = 1000


@dataclass(frozen=True)
class QuestionCard:
    """A verifier's question, and its answer if there is one. Who asked is not told."""

    question_id: UUID
    planting_id: UUID
    words: str
    asked_at: datetime
    answer: str | None
    answered_at: datetime | None
    photo_ids: tuple[UUID, ...]


@dataclass(frozen=True)
class AppealCard:
    """An appeal, and what somebody else decided of it."""

    appeal_id: UUID
    planting_id: UUID
    words: str
    filed_at: datetime
    verdict: str | None
    answer: str | None
    decided_at: datetime | None


@dataclass(frozen=True)
class AuditCard:
    """A planting that a month's draw fell on."""

    planting_id: UUID
    base_id: UUID
    month: date
    verdict: str | None
    words: str | None
    decided_at: datetime | None


@dataclass(frozen=True)
class DrawCard:
    """A month's draw: its digest from the first day, its seed once the month is over."""

    month: date
    sha256_of_seed: str
    seed: str | None
    drawn: int
    confirmed: int
    doubted: int


def questions(session: Session, planting_ids: Collection[UUID]) -> Sequence[QuestionCard]:
    """Return what verifiers asked about these plantings, in the order of asking."""
    rows = session.scalars(
        select(Question)
        .where(Question.planting_id.in_(planting_ids))
        .order_by(Question.asked_at, Question.question_id)
    ).all()
    given: dict[UUID | None, list[UUID]] = {}
    for question_id, photo_id in session.execute(
        select(PlantingPhoto.question_id, PlantingPhoto.photo_id)
        .where(PlantingPhoto.question_id.in_([row.question_id for row in rows]))
        .order_by(PlantingPhoto.position)
    ):
        given.setdefault(question_id, []).append(photo_id)
    return [
        QuestionCard(
            row.question_id,
            row.planting_id,
            row.words,
            row.asked_at,
            row.answer,
            row.answered_at,
            tuple(given.get(row.question_id, ())),
        )
        for row in rows
    ]


def appeal_of(session: Session, planting_id: UUID) -> AppealCard | None:
    """Return the appeal against a planting's refusal, if there is one."""
    row = session.scalar(select(Appeal).where(Appeal.planting_id == planting_id))
    return None if row is None else appeal_card(row)


def appeal(session: Session, actor: Actor, appeal_id: UUID) -> AppealCard:
    """Return an appeal to whoever filed it, a verifier or an auditor.

    Raises:
        NoSuchAppeal: there is none, or it is not theirs to see.
    """
    row = session.get(Appeal, appeal_id)
    if row is None or not (
        row.person_id == actor.person_id
        or actor.may(Permission.PLANTING_REVIEW)
        or actor.may(Permission.AUDIT_READ)
    ):
        raise NoSuchAppeal(appeal=str(appeal_id))
    return appeal_card(row)


def appeals_waiting(session: Session, actor: Actor, most: int = 50) -> Sequence[AppealCard]:
    """Return the appeals that the verifier may decide, the oldest first.

    Raises:
        Forbidden: the actor is no verifier.
    """
    actor.require(Permission.PLANTING_REVIEW)
    rows = session.execute(
        select(Appeal, Planting)
        .join(Planting, Planting.planting_id == Appeal.planting_id)
        .where(Appeal.verdict.is_(None), Appeal.person_id.not_in(erased_people()))
        .order_by(Appeal.filed_at, Appeal.appeal_id)
        .limit(MOST_LOOKED_THROUGH)
    )
    may = judges(session, actor)
    return [appeal_card(row) for row, planting in rows if may(planting)][:most]


def audits_waiting(session: Session, actor: Actor, most: int = 50) -> Sequence[AuditCard]:
    """Return the audits that the verifier may make, the oldest month first.

    Raises:
        Forbidden: the actor is no verifier.
    """
    actor.require(Permission.PLANTING_REVIEW)
    rows = session.execute(
        select(Audit, Planting)
        .join(Planting, Planting.planting_id == Audit.planting_id)
        .where(Audit.verdict.is_(None), Planting.person_id.not_in(erased_people()))
        .order_by(Audit.month, Audit.planting_id)
        .limit(MOST_LOOKED_THROUGH)
    )
    may = judges(session, actor)
    return [audit_card(row) for row, planting in rows if may(planting)][:most]


def judges(session: Session, actor: Actor) -> Callable[[Planting], bool]:
    """Return whether the actor may judge anew what others decided of a planting.

    Never one's own, one's organisation's, or what one has judged oneself.
    """
    strangers: dict[UUID, bool] = {}

    def may(row: Planting) -> bool:
        if row.person_id not in strangers:
            strangers[row.person_id] = row.person_id != actor.person_id and not (
                shares_organisation(session, actor, row.person_id)
            )
        return (
            strangers[row.person_id]
            and session.get(Review, (row.planting_id, actor.person_id)) is None
        )

    return may


def draws(session: Session) -> Sequence[DrawCard]:
    """Return every month's draw, the newest first; a seed only when its month is over."""
    counts: Mapping[date, tuple[int, int, int]] = {
        month: (drawn, confirmed, doubted)
        for month, drawn, confirmed, doubted in session.execute(
            select(
                Audit.month,
                func.count(),
                func.count().filter(Audit.verdict == "confirmed"),
                func.count().filter(Audit.verdict == "doubted"),
            ).group_by(Audit.month)
        )
    }
    return [
        DrawCard(
            row.month,
            row.commitment.hex(),
            row.seed.hex() if row.closed_at is not None else None,
            *counts.get(row.month, (0, 0, 0)),
        )
        for row in session.scalars(select(Draw).order_by(Draw.month.desc()))
    ]


def audited(session: Session, verifier_id: UUID) -> tuple[int, int]:
    """Return how many of a verifier's approvals were audited, and how many were doubted."""
    found = session.execute(
        select(func.count(), func.count().filter(Audit.verdict == "doubted"))
        .select_from(Audit)
        .join(Review, Review.planting_id == Audit.planting_id)
        .where(
            Review.verifier_id == verifier_id,
            Review.verdict == "approve",
            Audit.verdict.is_not(None),
        )
    ).one()
    return found[0], found[1]


def planting_of(session: Session, planting_id: UUID) -> PlantingCard:
    """Return the planting that an appeal or an audit is about."""
    return card(session, session.get_one(Planting, planting_id))


def appeal_card(row: Appeal) -> AppealCard:
    """Return what may be known of an appeal."""
    return AppealCard(
        row.appeal_id,
        row.planting_id,
        row.words,
        row.filed_at,
        row.verdict,
        row.answer,
        row.decided_at,
    )


def audit_card(row: Audit) -> AuditCard:
    """Return what may be known of an audit."""
    return AuditCard(
        row.planting_id, row.base_id, row.month, row.verdict, row.words, row.decided_at
    )
