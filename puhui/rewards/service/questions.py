"""Ask the person again, and take their answer in."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.evidence import queries as evidence
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.outbox.service import publish
from puhui.rewards.errors import (
    AnswersDiffer,
    AskedBefore,
    NameTaken,
    NoSuchPlanting,
    NoSuchQuestion,
    PhotoUsed,
)
from puhui.rewards.model.planting import Planting, PlantingPhoto
from puhui.rewards.model.second_look import Question
from puhui.rewards.queries.second_look import QuestionCard, questions
from puhui.rewards.review import MOST_WORDS
from puhui.rewards.service.plantings import may_judge

MOST_MORE_PHOTOS = 5
LAST_POSITION = 25


def ask_again(
    session: Session,
    actor: Actor,
    question_id: UUID,
    planting_id: UUID,
    words: str,
    now: datetime,
) -> QuestionCard:
    """Ask the person about a planting, which then waits for the answer; the same again is nothing.

    Raises:
        Forbidden, NoSuchPlanting, OwnPlanting, OwnOrganisation, AlreadyDecided: as for a review.
        Invalid: nothing is asked, or too much.
        AskedBefore: an earlier question is still open.
        NameTaken: the name was used for another question.
    """
    actor.require(Permission.PLANTING_REVIEW)
    _judge_words(words)
    row = session.get(Planting, planting_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchPlanting(planting=str(planting_id))
    may_judge(session, actor, row)
    known = session.get(Question, question_id)
    if known is None:
        row.still_open()
        made = session.scalar(
            insert(Question)
            .values(
                question_id=question_id,
                planting_id=planting_id,
                asked_by=actor.person_id,
                words=words,
                asked_at=now,
            )
            .on_conflict_do_nothing()
            .returning(Question.question_id)
        )
        if made is None:
            raise AskedBefore(planting=str(planting_id))
        publish(session, "rewards.planting_questioned", now, question_id=str(question_id))
        known = session.get_one(Question, question_id)
    if (known.planting_id, known.asked_by, known.words) != (planting_id, actor.person_id, words):
        raise NameTaken(question=str(question_id))
    return _card(session, known)


def answer(
    session: Session,
    actor: Actor,
    question_id: UUID,
    words: str,
    photo_ids: Sequence[UUID],
    now: datetime,
) -> QuestionCard:
    """Answer a question about one's own planting with words, photographs or both.

    The planting then goes back to its turn. The same again changes nothing.

    Raises:
        NoSuchQuestion: there is none, or it is about another person's planting.
        Invalid: neither words nor photographs, too many, or a photograph that is not known.
        PhotoUsed: a photograph supports another planting, or this one already.
        AnswersDiffer: it was answered otherwise before.
        AlreadyDecided: the planting was decided meanwhile.
    """
    actor.require(Permission.PLANTING_LOG)
    known = session.get(Question, question_id, with_for_update=True, populate_existing=True)
    row = session.get(Planting, known.planting_id) if known is not None else None
    if known is None or row is None or row.person_id != actor.person_id:
        raise NoSuchQuestion(question=str(question_id))
    if known.answered_at is not None:
        card = _card(session, known)
        if (card.answer, card.photo_ids) != (words, tuple(photo_ids)):
            raise AnswersDiffer(question=str(question_id))
        return card
    row.still_open()
    _judge_answer(session, actor, words, photo_ids)
    _attach(session, actor, known, photo_ids)
    known.answer, known.answered_at = words, now
    session.flush()
    publish(session, "rewards.planting_answered", now, question_id=str(question_id))
    return _card(session, known)


def _judge_words(words: str) -> None:
    if not words.strip() or len(words) > MOST_WORDS:
        raise Invalid([Fault("words_missing", N_("请写明要问什么"), field="words")])


def _judge_answer(session: Session, actor: Actor, words: str, photo_ids: Sequence[UUID]) -> None:
    faults = []
    if not words.strip() and not photo_ids:
        faults.append(Fault("answer_missing", N_("请写几句说明，或补一张照片"), field="words"))
    if len(set(photo_ids)) < len(photo_ids) or len(photo_ids) > MOST_MORE_PHOTOS:
        faults.append(
            Fault(
                "photos_out_of_range",
                N_("最多补 %(most)s 张不同的照片"),
                field="photo_ids",
                values={"most": MOST_MORE_PHOTOS},
            )
        )
    known = evidence.cards(session, photo_ids)
    if any(
        photo_id not in known or known[photo_id].person_id != actor.person_id
        for photo_id in photo_ids
    ):
        faults.append(Fault("unknown_photo", N_("没有找到照片，请重新上传"), field="photo_ids"))
    if faults:
        raise Invalid(faults)


def _attach(session: Session, actor: Actor, question: Question, photo_ids: Sequence[UUID]) -> None:
    """Add the photographs behind those that the planting has; each may support one planting."""
    cards = evidence.cards(session, photo_ids)
    last = session.scalar(
        select(func.max(PlantingPhoto.position)).where(
            PlantingPhoto.planting_id == question.planting_id
        )
    )
    for position, photo_id in enumerate(photo_ids, start=(last or 0) + 1):
        original = cards[photo_id].original_sha256
        used = session.scalar(
            select(PlantingPhoto.planting_id)
            .where(PlantingPhoto.original_sha256 == original)
            .limit(1)
        )
        if used is not None or position > LAST_POSITION:
            raise PhotoUsed(photo=str(photo_id))
        session.add(
            PlantingPhoto(
                planting_id=question.planting_id,
                position=position,
                photo_id=photo_id,
                question_id=question.question_id,
                original_sha256=original,
                live=True,
            )
        )
    session.flush()


def _card(session: Session, row: Question) -> QuestionCard:
    return next(
        card
        for card in questions(session, [row.planting_id])
        if card.question_id == row.question_id
    )
