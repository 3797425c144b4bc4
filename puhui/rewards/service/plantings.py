"""Take in photographs and plantings; judge them."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.evidence import queries as evidence
from puhui.evidence import ticket
from puhui.evidence.errors import NoSuchTicket
from puhui.evidence.queries import PhotoCard
from puhui.evidence.service import take_photo
from puhui.identity import consents
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import day_of
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.outbox.service import publish
from puhui.rewards import planting as rules
from puhui.rewards import review
from puhui.rewards.errors import (
    NameTaken,
    NoSuchPlanting,
    OwnOrganisation,
    OwnPlanting,
    PhotoUsed,
    ReviewDiffers,
    VerifierPaused,
)
from puhui.rewards.model.decision import DeviceUse
from puhui.rewards.model.planting import Planting, PlantingPhoto, Review
from puhui.rewards.planting import PlantingDraft
from puhui.rewards.queries import desk as desks
from puhui.rewards.queries import plantings as queries
from puhui.rewards.queries.bases import base
from puhui.rewards.queries.plantings import PlantingCard
from puhui.rewards.queries.rules import rule_on
from puhui.rewards.queries.second_look import audited
from puhui.rewards.queries.thresholds import thresholds_on
from puhui.rewards.review import Judgement, Verdict
from puhui.rewards.species import catalogue


def send_photo(
    session: Session, actor: Actor, photo_id: UUID, original: bytes, now: datetime
) -> PhotoCard:
    """Take in a photograph for a planting; its place is kept only with the person's consent.

    Raises:
        Invalid, PhotoDiffers, TooManyPhotos: as `puhui.evidence.service.take_photo`.
    """
    actor.require(Permission.PLANTING_LOG)
    agreed = consents.given(session, actor.person_id, consents.Purpose.LOCATION)
    return take_photo(session, actor, photo_id, original, now, keep_place=agreed)


def log_planting(
    session: Session, actor: Actor, planting_id: UUID, draft: PlantingDraft, now: datetime
) -> PlantingCard:
    """Record a planting for review; its points come later. The same again changes nothing.

    Raises:
        Invalid: with everything that cannot be right.
        NoSuchBase: no such planting base.
        NoRule: no rule of points was in force on that day.
        ConsentMissing: a place was given without consent to its use.
        PhotoUsed: a photograph supports another planting; names it if it is the actor's own.
        TicketSpent: the capture ticket supports another planting.
        NameTaken: the name was used for another planting.
    """
    actor.require(Permission.PLANTING_LOG)
    row = session.get(Planting, planting_id)
    if row is None:
        _judge(session, actor, draft, now)
        if _insert(session, Planting.log(planting_id, actor.person_id, draft, now)):
            _attach(session, actor, planting_id, draft.photo_ids)
            _note_beside(session, actor, planting_id, draft, now)
            publish(session, "rewards.planting_logged", now, planting_id=str(planting_id))
        row = session.get_one(Planting, planting_id)
    card = queries.card(session, row)
    if (card.person_id, card.draft) != (actor.person_id, draft):
        raise NameTaken(planting=str(planting_id))
    return card


def _judge(session: Session, actor: Actor, draft: PlantingDraft, now: datetime) -> None:
    limits = thresholds_on(session, day_of(now))
    faults = rules.judge(draft, day_of(now), catalogue(), limits["log.days_back"])
    known = evidence.cards(session, draft.photo_ids)
    if any(
        photo_id not in known or known[photo_id].person_id != actor.person_id
        for photo_id in draft.photo_ids
    ):
        faults.append(Fault("unknown_photo", N_("没有找到照片，请重新上传"), field="photo_ids"))
    if faults:
        raise Invalid(faults)
    if draft.point is not None:
        consents.require(session, actor.person_id, consents.Purpose.LOCATION)
    base(session, draft.base_id)
    rule_on(session, "planting", draft.planted_on)


def _insert(session: Session, row: Planting) -> bool:
    """Write the planting unless its name is taken; wait for whoever is writing it just now."""
    columns = {column.key: getattr(row, column.key) for column in Planting.__mapper__.column_attrs}
    made = session.scalar(
        insert(Planting).values(columns).on_conflict_do_nothing().returning(Planting.planting_id)
    )
    return made is not None


def _attach(session: Session, actor: Actor, planting_id: UUID, photo_ids: Sequence[UUID]) -> None:
    cards = evidence.cards(session, photo_ids)
    for position, photo_id in enumerate(photo_ids, start=1):
        original = cards[photo_id].original_sha256
        attached = session.scalar(
            insert(PlantingPhoto)
            .values(
                planting_id=planting_id,
                position=position,
                photo_id=photo_id,
                original_sha256=original,
                live=True,
            )
            .on_conflict_do_nothing()
            .returning(PlantingPhoto.position)
        )
        holders = select(Planting.planting_id, Planting.person_id).where(
            Planting.planting_id == PlantingPhoto.planting_id,
            PlantingPhoto.original_sha256 == original,
            Planting.planting_id != planting_id,
        )
        # One's own refused picture may support the truth; nobody else's ever.
        if attached is not None:
            holders = holders.where(Planting.person_id != actor.person_id)
        holder = session.execute(holders.order_by(Planting.logged_at).limit(1)).first()
        if holder is not None and holder.person_id == actor.person_id:
            raise PhotoUsed(photo=str(photo_id), planting=str(holder.planting_id))
        if holder is not None or attached is None:
            raise PhotoUsed(photo=str(photo_id))


def _note_beside(
    session: Session, actor: Actor, planting_id: UUID, draft: PlantingDraft, now: datetime
) -> None:
    """Use the ticket up, and remember the device by a digest."""
    if draft.ticket_id is not None:
        try:
            ticket.spend(session, actor, draft.ticket_id, draft.base_id, planting_id, now)
        except NoSuchTicket as missing:
            fault = Fault("unknown_ticket", missing.title, field="ticket_id")
            raise Invalid([fault]) from missing
    if draft.device_id is not None:
        session.add(
            DeviceUse(
                planting_id=planting_id,
                person_id=actor.person_id,
                base_id=draft.base_id,
                device=sha256(b"puhui device " + draft.device_id.bytes).digest(),
                logged_at=now,
            )
        )
    session.flush()


def review_planting(
    session: Session, actor: Actor, planting_id: UUID, judgement: Judgement, now: datetime
) -> PlantingCard:
    """Write down a verifier's judgement, and what follows from it; the same again does nothing.

    One refusal refuses. An approval approves once enough verifiers agree.

    Raises:
        Forbidden: the actor is no verifier.
        Invalid: a refusal without reason, or too much said.
        NoSuchPlanting: there is none.
        OwnPlanting, OwnOrganisation: it is too near to the actor.
        ReviewDiffers: the actor has judged it otherwise before.
        AlreadyDecided: others have decided it.
    """
    actor.require(Permission.PLANTING_REVIEW)
    faults = review.judge(judgement)
    if faults:
        raise Invalid(faults)
    row = session.get(Planting, planting_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchPlanting(planting=str(planting_id))
    may_judge(session, actor, row)
    earlier = session.get(Review, (planting_id, actor.person_id))
    if earlier is not None:
        if (earlier.verdict, earlier.reason, earlier.words) != (
            judgement.verdict,
            judgement.reason,
            judgement.words,
        ):
            raise ReviewDiffers(planting=str(planting_id))
        return queries.card(session, row)
    row.still_open()
    _judge_record(session, actor, now)
    write_review(session, actor, row, judgement, now)
    decide(session, row, judgement.verdict, now)
    session.flush()
    return queries.card(session, row)


def may_judge(session: Session, actor: Actor, row: Planting) -> None:
    """Let pass whoever is neither the planter nor of a common organisation.

    Raises:
        OwnPlanting, OwnOrganisation: the planting is too near to the actor.
    """
    if row.person_id == actor.person_id:
        raise OwnPlanting(planting=str(row.planting_id))
    if queries.shares_organisation(session, actor, row.person_id):
        raise OwnOrganisation(planting=str(row.planting_id))


def _judge_record(session: Session, actor: Actor, now: datetime) -> None:
    """Let no verifier go on whose approvals audits have overturned too often (P15)."""
    limits = thresholds_on(session, day_of(now))
    looked_at, doubted = audited(session, actor.person_id)
    if (
        looked_at >= limits["P15.least_audits"]
        and doubted * 100 > looked_at * limits["P15.overturned_percent"]
    ):
        raise VerifierPaused(audited=looked_at, doubted=doubted)


def write_review(
    session: Session,
    actor: Actor,
    row: Planting,
    judgement: Judgement,
    now: datetime,
    *,
    rule: str = review.RULE,
) -> None:
    """Write a verifier's judgement down, with what was on the desk."""
    desk = desks.desk(session, queries.card(session, row))
    limits = thresholds_on(session, day_of(row.logged_at))
    session.add(
        Review(
            planting_id=row.planting_id,
            verifier_id=actor.person_id,
            verdict=judgement.verdict,
            reason=judgement.reason,
            words=judgement.words,
            rule=rule,
            inputs={
                "trees": row.trees,
                "approvals_needed": desk.planting.approvals_needed,
                "one_reviewer_up_to": limits["P15.second_above"],
                "thresholds": limits.version,
                "photos": [str(photo.photo_id) for photo in desk.planting.photos],
                "signals": [signal.as_json() for signal in desk.signals],
            },
            reviewed_at=now,
        )
    )
    session.flush()


def decide(session: Session, row: Planting, verdict: Verdict, now: datetime) -> None:
    """Do what follows from a judgement that has been written down."""
    name = str(row.planting_id)
    if verdict is Verdict.REFUSE:
        row.refuse(now)
        session.execute(
            update(PlantingPhoto)
            .where(PlantingPhoto.planting_id == row.planting_id)
            .values(live=False)
        )
        publish(session, "rewards.planting_refused", now, planting_id=name)
        return
    agreed = session.scalar(
        select(func.count()).where(
            Review.planting_id == row.planting_id, Review.verdict == Verdict.APPROVE
        )
    )
    if (agreed or 0) >= queries.card(session, row).approvals_needed:
        row.approve(now)
        publish(session, "rewards.planting_approved", now, planting_id=name)
