"""The verifier's desk: what waits, and what lies beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from puhui.evidence import queries as evidence
from puhui.evidence.geodesy import Apart, apart
from puhui.evidence.queries import Likeness
from puhui.identity.queries import erased_people
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import day_of
from puhui.rewards import planting_signal
from puhui.rewards.model.planting import Planting, Review
from puhui.rewards.model.second_look import Question
from puhui.rewards.planting import State
from puhui.rewards.queries import plantings
from puhui.rewards.queries.assessment import place_of
from puhui.rewards.queries.decisions import DecisionCard
from puhui.rewards.queries.places import spots
from puhui.rewards.queries.plantings import (
    PlantingCard,
    cards,
    shares_organisation,
)
from puhui.rewards.queries.second_look import QuestionCard, questions
from puhui.rewards.queries.thresholds import thresholds_on
from puhui.rewards.signal import Signal

Turn = tuple[int, datetime, UUID]
"""A record's turn in the queue: minus its risk, when it was logged, its name."""


@dataclass(frozen=True)
class DeskCard:
    """A planting on the verifier's desk: with what to look at twice."""

    planting: PlantingCard
    signals: tuple[Signal, ...]
    likenesses: tuple[Likeness, ...]
    distance: Apart | None
    """How far it lies from the middle of its base; None when either is unknown."""
    radius_m: int
    questions: tuple[QuestionCard, ...]


def turn_of(card: PlantingCard) -> Turn:
    """Return where a planting stands in the queue."""
    return card.turn, card.logged_at, card.planting_id


def waiting(
    session: Session,
    actor: Actor,
    *,
    after: Turn | None = None,
    most: int = 50,
) -> Sequence[PlantingCard]:
    """Return what the verifier may decide, the riskiest first, then the oldest.

    Nothing of their own or their group's is among it, nor what waits for an answer.

    Raises:
        Forbidden: the actor is no verifier.
    """
    actor.require(Permission.PLANTING_REVIEW)
    rows = list(islice(_reviewable(session, actor, after), most))
    return cards(session, rows)


def _reviewable(session: Session, actor: Actor, after: Turn | None) -> Iterator[Planting]:
    strangers: dict[UUID, bool] = {}
    reviewed = select(Review.planting_id).where(Review.verifier_id == actor.person_id)
    asked = select(Question.planting_id).where(Question.answered_at.is_(None))
    key = tuple_(Planting.turn, Planting.logged_at, Planting.planting_id)
    while True:
        query = select(Planting).where(
            Planting.state == State.LOGGED,
            Planting.person_id != actor.person_id,
            Planting.planting_id.not_in(reviewed),
            Planting.planting_id.not_in(asked),
            Planting.person_id.not_in(erased_people()),
        )
        if after is not None:
            query = query.where(key > after)
        rows = session.scalars(
            query.order_by(Planting.turn, Planting.logged_at, Planting.planting_id).limit(100)
        ).all()
        if not rows:
            return
        for row in rows:
            if row.person_id not in strangers:
                strangers[row.person_id] = not shares_organisation(session, actor, row.person_id)
            if strangers[row.person_id]:
                yield row
        after = rows[-1].turn, rows[-1].logged_at, rows[-1].planting_id


def desk(session: Session, card: PlantingCard) -> DeskCard:
    """Return a planting with what to look at twice, as the rules saw it if they have."""
    if card.decision is not None:
        signals, likenesses = card.decision.signals, _kept_likenesses(session, card.decision)
    else:
        limits = thresholds_on(session, day_of(card.logged_at))
        found = plantings.found(session, session.get_one(Planting, card.planting_id), limits)
        signals = tuple(planting_signal.signals(found.weighed, limits))
        likenesses = found.likenesses
    asked = tuple(questions(session, [card.planting_id]))
    place = planting_signal.place_of(card.draft, map(place_of, card.photos))
    spot = spots(session, [card.base.base_id]).get(card.base.base_id)
    away = apart(place, spot.centre) if place is not None and spot is not None else None
    return DeskCard(card, signals, likenesses, away, spot.radius_m if spot else 0, asked)


def _kept_likenesses(session: Session, decision: DecisionCard) -> tuple[Likeness, ...]:
    """Return what the rules found alike, those photographs left out that are no longer here."""
    kept = {UUID(one["photo_id"]): one for one in decision.inputs.get("likenesses", [])}
    known = evidence.cards(session, kept)
    return tuple(
        Likeness(
            photo_id,
            known[photo_id].person_id,
            one["distance"],
            one["mirrored"],
            known[photo_id].received_at,
        )
        for photo_id, one in kept.items()
        if photo_id in known
    )
