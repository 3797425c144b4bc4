"""Ask attendees for their own trip by a link, and take their answers."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.events import queries
from puhui.events.activity import Source
from puhui.events.enquiry import (
    AnswerDraft,
    answer_code,
    answer_id,
    faults_of_answer,
    faults_of_last_day,
    last_moment,
    link_code,
    needed,
)
from puhui.events.errors import (
    EnquiryOver,
    EveryoneAnswered,
    NameTaken,
    NoTravel,
    UnknownEnquiry,
)
from puhui.events.model import Answer, Enquiry, Event
from puhui.events.queries import event as event_of
from puhui.events.service.event import locked
from puhui.kernel.actor import Actor
from puhui.kernel.clock import day_of
from puhui.kernel.errors import Invalid


def open_enquiry(
    session: Session,
    actor: Actor,
    event_id: UUID,
    enquiry_id: UUID,
    expires_on: date,
    now: datetime,
) -> Enquiry:
    """Open a link until the end of a day, or let an open one last until another day.

    A new link takes the place of the one that was open; what was answered by that one counts.

    Raises:
        UnknownEvent: no such event, or not the actor's.
        NoTravel: the event does not count travel.
        NameTaken: the identifier belongs to another event's link.
        EnquiryOver: this link was closed before.
        Invalid: the day is over, or later than a year after the event.
    """
    event = locked(session, actor, event_id)
    if not any(bound.included for bound in event.bounds if bound.source is Source.TRAVEL):
        raise NoTravel(event=str(event_id))
    known = session.get(Enquiry, enquiry_id, with_for_update=True)
    if known is not None and known.event_id != event_id:
        raise NameTaken(enquiry=str(enquiry_id))
    expires_at = last_moment(expires_on)
    if known is not None and known.expires_at == expires_at:
        return known
    if faults := faults_of_last_day(expires_on, event.ends_on, day_of(now)):
        raise Invalid(faults)
    if known is None:
        _close_open(session, event_id, now)
        known = Enquiry(
            enquiry_id=enquiry_id,
            event_id=event_id,
            code=link_code(enquiry_id),
            opened_by=actor.person_id,
            opened_at=now,
            expires_at=expires_at,
        )
        session.add(known)
    elif known.closed_at is not None:
        raise EnquiryOver(enquiry=str(enquiry_id))
    else:
        known.expires_at = expires_at
    session.flush()
    return known


def close_enquiry(
    session: Session,
    actor: Actor,
    event_id: UUID,
    enquiry_id: UUID,
    now: datetime,
    *,
    void: bool = False,
) -> Enquiry:
    """Close a link for good; `void` takes its answers out of the count. Again changes nothing.

    Raises:
        UnknownEvent, UnknownEnquiry: no such link, or not the actor's event.
    """
    locked(session, actor, event_id)
    found = session.get(Enquiry, enquiry_id, with_for_update=True)
    if found is None or found.event_id != event_id:
        raise UnknownEnquiry(enquiry=str(enquiry_id))
    if found.closed_at is None:
        found.closed_at = now
    if void and found.voided_at is None:
        found.voided_at = now
    session.flush()
    return found


def give_answer(
    session: Session, code: str, name: UUID, draft: AnswerDraft, now: datetime
) -> Answer:
    """Take an attendee's own trip; nobody signs in, the link is the permission.

    `name` is the attendee's own: sent again, the same answer is there once, another content puts
    it right.

    Raises:
        UnknownEnquiry: no link has this code.
        EnquiryOver: it is closed or has expired.
        EveryoneAnswered: there are as many answers as attendees.
        Invalid: something that is asked is missing.
    """
    link = queries.enquiry_of_code(session, code, lock=True)
    event = event_of(session, link.event_id)
    known = session.get(Answer, answer_id(name), with_for_update=True)
    if known is not None:
        if known.event_id != link.event_id:
            raise UnknownEnquiry(code=code)
        return _put(session, event, known, draft, now)
    if link.closed_at is not None or link.expires_at <= now:
        raise EnquiryOver(code=link.code)
    if faults := faults_of_answer(draft, event.bounds):
        raise Invalid(faults)
    if queries.count_answers(session, event.event_id) >= event.attendees:
        raise EveryoneAnswered(attendees=event.attendees)
    told = needed(draft, event.bounds)
    answer = Answer(
        answer_id=answer_id(name),
        event_id=event.event_id,
        enquiry_id=link.enquiry_id,
        code_sha256=queries.digest_of(answer_code(name)),
        city=told.city.code,
        mode=str(draft.mode),
        nights=told.nights,
        sharing=told.sharing,
        version=1,
        answered_at=now,
        changed_at=now,
    )
    session.add(answer)
    session.flush()
    return answer


def correct_answer(session: Session, code: str, draft: AnswerDraft, now: datetime) -> Answer:
    """Put one's own answer right, by its code, as long as the event asks. Again changes nothing.

    Raises:
        UnknownAnswer: no answer has this code.
        EnquiryOver: the event asks no longer.
        Invalid: something that is asked is missing.
    """
    answer = queries.answer_of_code(session, code, lock=True)
    return _put(session, event_of(session, answer.event_id), answer, draft, now)


def withdraw_answer(session: Session, code: str) -> None:
    """Delete one's own answer, by its code, at any time.

    Estimates that were made with it stay as they are; the next is made without it.

    Raises:
        UnknownAnswer: no answer has this code.
    """
    session.delete(queries.answer_of_code(session, code, lock=True))
    session.flush()


def _put(
    session: Session, event: Event, answer: Answer, draft: AnswerDraft, now: datetime
) -> Answer:
    if faults := faults_of_answer(draft, event.bounds):
        raise Invalid(faults)
    told = needed(draft, event.bounds)
    content = {
        "city": told.city.code,
        "mode": str(draft.mode),
        "nights": told.nights,
        "sharing": told.sharing,
    }
    if any(getattr(answer, field) != value for field, value in content.items()):
        if queries.open_enquiry(session, event.event_id, now) is None:
            raise EnquiryOver(event=str(event.event_id))
        for field, value in content.items():
            setattr(answer, field, value)
        answer.version += 1
        answer.changed_at = now
        session.flush()
    return answer


def _close_open(session: Session, event_id: UUID, now: datetime) -> None:
    before = session.scalar(
        select(Enquiry)
        .where(Enquiry.event_id == event_id, Enquiry.closed_at.is_(None))
        .with_for_update()
    )
    if before is not None:
        before.closed_at = now
        session.flush()
