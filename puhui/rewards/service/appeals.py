"""Appeal against a refusal, whether rules or a verifier made it, to somebody else."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import day_of
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.outbox.service import publish
from puhui.rewards import review
from puhui.rewards.errors import (
    AppealedBefore,
    AppealTooLate,
    DecidedByYou,
    NameTaken,
    NoSuchAppeal,
    NoSuchPlanting,
    NotRefused,
    PhotoUsed,
)
from puhui.rewards.model.planting import Planting, PlantingPhoto, Review
from puhui.rewards.model.second_look import Appeal
from puhui.rewards.planting import State
from puhui.rewards.queries.second_look import AppealCard, appeal_card
from puhui.rewards.queries.thresholds import thresholds_on
from puhui.rewards.review import MOST_WORDS, Verdict
from puhui.rewards.service import plantings

RULE = "appeal@2026.1"
"""Somebody who had no part in the refusal decides; who upholds it approves the planting."""


def file_appeal(
    session: Session, actor: Actor, appeal_id: UUID, planting_id: UUID, words: str, now: datetime
) -> AppealCard:
    """Appeal against the refusal of one's own planting; the same again changes nothing.

    Raises:
        NoSuchPlanting: there is none, or it is another person's.
        Invalid: no reason, or too long a one.
        NotRefused, AppealTooLate, AppealedBefore: it cannot be appealed, or not any more.
        NameTaken: the name was used for another appeal.
    """
    actor.require(Permission.PLANTING_LOG)
    _judge_words(words)
    row = session.get(Planting, planting_id, with_for_update=True, populate_existing=True)
    if row is None or row.person_id != actor.person_id:
        raise NoSuchPlanting(planting=str(planting_id))
    known = session.get(Appeal, appeal_id)
    if known is None:
        _may_appeal(session, row, now)
        made = session.scalar(
            insert(Appeal)
            .values(
                appeal_id=appeal_id,
                planting_id=planting_id,
                person_id=actor.person_id,
                words=words,
                filed_at=now,
            )
            .on_conflict_do_nothing()
            .returning(Appeal.appeal_id)
        )
        if made is None:
            raise AppealedBefore(planting=str(planting_id))
        publish(session, "rewards.planting_appealed", now, appeal_id=str(appeal_id))
        known = session.get_one(Appeal, appeal_id)
    if (known.planting_id, known.person_id, known.words) != (planting_id, actor.person_id, words):
        raise NameTaken(appeal=str(appeal_id))
    return appeal_card(known)


def _may_appeal(session: Session, row: Planting, now: datetime) -> None:
    if session.scalar(select(Appeal.appeal_id).where(Appeal.planting_id == row.planting_id)):
        raise AppealedBefore(planting=str(row.planting_id))
    if row.state != State.REFUSED or row.decided_at is None:
        raise NotRefused(planting=str(row.planting_id), state=row.state)
    limits = thresholds_on(session, day_of(row.decided_at))
    if now > row.decided_at + timedelta(days=limits["appeal.days"]):
        raise AppealTooLate(planting=str(row.planting_id))


def decide_appeal(
    session: Session, actor: Actor, appeal_id: UUID, *, upheld: bool, words: str, now: datetime
) -> AppealCard:
    """Decide an appeal; the same again changes nothing.

    Who upholds it thereby approves the planting: that counts as one verifier's approval, so that
    above the limit a second one is still needed. Every photograph must still be free.

    Raises:
        Forbidden: the actor is no verifier.
        Invalid: no reason is given, or too long a one.
        NoSuchAppeal: there is none.
        OwnPlanting, OwnOrganisation: it is too near to the actor.
        DecidedByYou: the actor refused the planting, or approved it before that.
        NameTaken: the appeal was decided otherwise before.
        PhotoUsed: a photograph supports another planting meanwhile.
    """
    actor.require(Permission.PLANTING_REVIEW)
    _judge_words(words)
    found = session.get(Appeal, appeal_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NoSuchAppeal(appeal=str(appeal_id))
    verdict = "upheld" if upheld else "rejected"
    if found.verdict is not None:
        if (found.decided_by, found.verdict, found.answer) != (actor.person_id, verdict, words):
            raise NameTaken(appeal=str(appeal_id))
        return appeal_card(found)
    row = session.get_one(Planting, found.planting_id, with_for_update=True, populate_existing=True)
    plantings.may_judge(session, actor, row)
    if session.get(Review, (row.planting_id, actor.person_id)) is not None:
        raise DecidedByYou(appeal=str(appeal_id))
    found.verdict, found.answer = verdict, words
    found.decided_by, found.decided_at = actor.person_id, now
    session.flush()
    if upheld:
        _approve(session, actor, row, found, now)
    publish(session, "rewards.appeal_decided", now, appeal_id=str(appeal_id))
    return appeal_card(found)


def _approve(session: Session, actor: Actor, row: Planting, found: Appeal, now: datetime) -> None:
    """Open the planting again with its photographs, and count the approval."""
    photos = session.scalars(
        select(PlantingPhoto.original_sha256).where(PlantingPhoto.planting_id == row.planting_id)
    ).all()
    taken = session.scalar(
        select(func.count()).where(
            PlantingPhoto.original_sha256.in_(photos),
            PlantingPhoto.live,
            PlantingPhoto.planting_id != row.planting_id,
        )
    )
    if taken:
        raise PhotoUsed(planting=str(row.planting_id))
    row.reopen()
    session.execute(
        update(PlantingPhoto).where(PlantingPhoto.planting_id == row.planting_id).values(live=True)
    )
    plantings.write_review(
        session,
        actor,
        row,
        review.Judgement(Verdict.APPROVE, words=found.answer or ""),
        now,
        rule=RULE,
    )
    plantings.decide(session, row, Verdict.APPROVE, now)
    session.flush()


def _judge_words(words: str) -> None:
    if not words.strip() or len(words) > MOST_WORDS:
        raise Invalid([Fault("words_missing", N_("请写明理由"), field="words")])
