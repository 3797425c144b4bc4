"""Plantings, for the person who planted and for the verifier who looks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from puhui.evidence import queries as evidence
from puhui.evidence.queries import Likeness, PhotoCard
from puhui.identity.queries import actor_of_person
from puhui.kernel.actor import Actor, Permission
from puhui.rewards.errors import NoSuchPlanting
from puhui.rewards.model.base import PlantingBase
from puhui.rewards.model.planting import Planting, PlantingPhoto, Review
from puhui.rewards.planting import PlantingDraft, Point, State, approvals_needed
from puhui.rewards.points import Said
from puhui.rewards.queries import awards
from puhui.rewards.queries.awards import AwardCard
from puhui.rewards.queries.bases import BaseCard, card_of
from puhui.rewards.review import SENTENCES, Reason, Verdict
from puhui.rewards.signal import Shot, Signal, signals
from puhui.rewards.species import Species, catalogue


@dataclass(frozen=True)
class ReviewCard:
    """One verifier's judgement. Who it was is for auditors."""

    verifier_id: UUID
    verdict: Verdict
    reason: Reason | None
    words: str
    rule: str
    inputs: dict[str, Any]
    reviewed_at: datetime

    @property
    def sentence(self) -> Said | None:
        """Return why it was refused, in words for the person."""
        return None if self.reason is None else Said(SENTENCES[self.reason], {})


@dataclass(frozen=True)
class PlantingCard:
    """A planting with all that belongs to it."""

    planting_id: UUID
    person_id: UUID
    base: BaseCard
    species: Species
    trees: int
    planted_on: date
    point: Point | None
    state: State
    logged_at: datetime
    decided_at: datetime | None
    photos: tuple[PhotoCard, ...]
    reviews: tuple[ReviewCard, ...]
    award: AwardCard | None

    @property
    def approvals_needed(self) -> int:
        """Return how many verifiers must agree."""
        return approvals_needed(self.trees)

    @property
    def approvals(self) -> int:
        """Return how many verifiers agree so far."""
        return sum(review.verdict is Verdict.APPROVE for review in self.reviews)

    @property
    def refusal(self) -> ReviewCard | None:
        """Return the judgement that refused it, if one did."""
        return next((r for r in self.reviews if r.verdict is Verdict.REFUSE), None)

    @property
    def draft(self) -> PlantingDraft:
        """Return it as it was submitted."""
        photo_ids = tuple(photo.photo_id for photo in self.photos)
        return PlantingDraft(
            self.base.base_id, self.species.key, self.trees, self.planted_on, photo_ids, self.point
        )


@dataclass(frozen=True)
class DeskCard:
    """A planting on the verifier's desk: with what to look at twice."""

    planting: PlantingCard
    signals: tuple[Signal, ...]
    likenesses: tuple[Likeness, ...]


def award_id_of(planting_id: UUID) -> UUID:
    """Return the name of the award and the transfer that follow from a planting."""
    return uuid5(planting_id, "points")


def card(session: Session, row: Planting) -> PlantingCard:
    """Return a planting with all that belongs to it."""
    return cards(session, [row])[0]


def cards(session: Session, rows: Sequence[Planting]) -> list[PlantingCard]:
    """Return plantings with all that belongs to them, in the order given."""
    ids = [row.planting_id for row in rows]
    bases = {
        base.base_id: card_of(base)
        for base in session.scalars(
            select(PlantingBase).where(PlantingBase.base_id.in_({row.base_id for row in rows}))
        )
    }
    attached = list(
        session.scalars(
            select(PlantingPhoto)
            .where(PlantingPhoto.planting_id.in_(ids))
            .order_by(PlantingPhoto.planting_id, PlantingPhoto.position)
        )
    )
    photos = evidence.cards(session, {photo.photo_id for photo in attached})
    reviews = list(
        session.scalars(
            select(Review).where(Review.planting_id.in_(ids)).order_by(Review.reviewed_at)
        )
    )
    given = awards.by_id(session, [award_id_of(planting_id) for planting_id in ids])
    return [
        PlantingCard(
            row.planting_id,
            row.person_id,
            bases[row.base_id],
            catalogue()[row.species],
            row.trees,
            row.planted_on,
            row.point,
            State(row.state),
            row.logged_at,
            row.decided_at,
            tuple(
                photos[photo.photo_id]
                for photo in attached
                if photo.planting_id == row.planting_id and photo.photo_id in photos
            ),
            tuple(_review(review) for review in reviews if review.planting_id == row.planting_id),
            given.get(award_id_of(row.planting_id)),
        )
        for row in rows
    ]


def _review(row: Review) -> ReviewCard:
    return ReviewCard(
        row.verifier_id,
        Verdict(row.verdict),
        Reason(row.reason) if row.reason else None,
        row.words,
        row.rule,
        row.inputs,
        row.reviewed_at,
    )


def planting(session: Session, actor: Actor, planting_id: UUID) -> PlantingCard:
    """Return a planting to its owner, a verifier or an auditor.

    Raises:
        NoSuchPlanting: there is none, or it is not theirs to see.
    """
    row = session.get(Planting, planting_id)
    if row is None or not (
        row.person_id == actor.person_id
        or actor.may(Permission.PLANTING_REVIEW)
        or actor.may(Permission.AUDIT_READ)
    ):
        raise NoSuchPlanting(planting=str(planting_id))
    return card(session, row)


def plantings_of(
    session: Session,
    person_id: UUID,
    *,
    before: tuple[datetime, UUID] | None = None,
    most: int = 50,
) -> Sequence[PlantingCard]:
    """Return a person's plantings, newest first, those before (logged at, id) when given."""
    key = tuple_(Planting.logged_at, Planting.planting_id)
    query = select(Planting).where(Planting.person_id == person_id)
    if before is not None:
        query = query.where(key < before)
    query = query.order_by(Planting.logged_at.desc(), Planting.planting_id.desc()).limit(most)
    return cards(session, session.scalars(query).all())


def waiting(
    session: Session,
    actor: Actor,
    *,
    after: tuple[datetime, UUID] | None = None,
    most: int = 50,
) -> Sequence[PlantingCard]:
    """Return what the verifier may decide, oldest first: nothing of their own or their group's.

    Raises:
        Forbidden: the actor is no verifier.
    """
    actor.require(Permission.PLANTING_REVIEW)
    rows = list(islice(_reviewable(session, actor, after), most))
    return cards(session, rows)


def _reviewable(
    session: Session, actor: Actor, after: tuple[datetime, UUID] | None
) -> Iterator[Planting]:
    strangers: dict[UUID, bool] = {}
    reviewed = select(Review.planting_id).where(Review.verifier_id == actor.person_id)
    key = tuple_(Planting.logged_at, Planting.planting_id)
    while True:
        query = select(Planting).where(
            Planting.state == State.LOGGED,
            Planting.person_id != actor.person_id,
            Planting.planting_id.not_in(reviewed),
        )
        if after is not None:
            query = query.where(key > after)
        rows = session.scalars(
            query.order_by(Planting.logged_at, Planting.planting_id).limit(100)
        ).all()
        if not rows:
            return
        for row in rows:
            if row.person_id not in strangers:
                strangers[row.person_id] = not shares_organisation(session, actor, row.person_id)
            if strangers[row.person_id]:
                yield row
        after = rows[-1].logged_at, rows[-1].planting_id


def shares_organisation(session: Session, actor: Actor, person_id: UUID) -> bool:
    """Whether actor and person belong to a common organisation."""
    theirs = actor_of_person(session, person_id).memberships
    return not {m.organisation_id for m in actor.memberships}.isdisjoint(
        m.organisation_id for m in theirs
    )


def desk(session: Session, card: PlantingCard) -> DeskCard:
    """Return a planting with what to look at twice."""
    likenesses = {
        photo.photo_id: evidence.alike(session, photo.photo_id, 15) for photo in card.photos
    }
    own = set(likenesses)
    others = {
        photo_id: [other for other in found if other.photo_id not in own]
        for photo_id, found in likenesses.items()
    }
    shots = [
        Shot(
            photo.taken_at,
            photo.received_at,
            others[photo.photo_id][0].distance if others[photo.photo_id] else None,
        )
        for photo in card.photos
    ]
    base = card.base
    found = signals(
        card.draft,
        shots,
        [species.key for species in base.species],
        (base.season_from, base.season_until),
    )
    return DeskCard(
        card, tuple(found), tuple(other for found in others.values() for other in found)
    )
