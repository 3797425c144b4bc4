"""Agree, withdraw, and ask whether somebody agrees.

Other packages ask `require` before each use of what it covers, every time: a withdrawal then
takes effect with the next request.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.identity import queries
from puhui.identity.errors import (
    ConsentMissing,
    ConsentTextChanged,
    NotForMinors,
    NotForTheYoung,
)
from puhui.identity.model import Consent, Person, Withdrawal
from puhui.identity.purpose import FOR_ADULTS, FOR_MINORS, TEXTS, Purpose
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import Forbidden, NotFound
from puhui.outbox.service import publish

__all__ = ["Purpose", "give", "given", "refusals", "require", "withdraw"]


def require(session: Session, person_id: UUID, purpose: Purpose) -> None:
    """Let pass whatever needs the person's consent to `purpose`.

    Raises:
        ConsentMissing: never given, given to another wording, or withdrawn.
    """
    if not given(session, person_id, purpose):
        raise ConsentMissing(purpose=str(purpose))


def given(session: Session, person_id: UUID, purpose: Purpose) -> bool:
    """Whether the person agrees to today's wording of `purpose`."""
    return queries.live_consent(session, person_id, purpose) is not None


def give(
    session: Session,
    actor: Actor,
    person_id: UUID,
    purpose: Purpose,
    text_hash: str,
    channel: str,
    now: datetime,
) -> None:
    """Agree to `purpose` in the wording that was shown; agreeing again changes nothing.

    `channel` is how: `page` or `api`.

    Raises:
        NotFound: the person is neither the actor nor their child.
        ConsentTextChanged: the wording shown is not today's.
        NotForMinors: under 14 nobody agrees alone, and to most of it nobody can at all.
        NotForTheYoung: under 18 nobody is ranked or shown to a team.
    """
    actor.require(Permission.SELF_MANAGE)
    _lock_own(session, actor, person_id, purpose, now)
    if text_hash != TEXTS[purpose].hash:
        raise ConsentTextChanged(purpose=str(purpose))
    refused = refusal(session, actor, person_id, purpose, now)
    if refused is not None:
        raise refused
    if not given(session, person_id, purpose):
        write(session, person_id, purpose, actor.person_id, channel, now)


def refusal(
    session: Session, actor: Actor, person_id: UUID, purpose: Purpose, now: datetime
) -> Forbidden | None:
    """Return why the person's age does not let `actor` agree to `purpose`; None where it does."""
    # A child may withdraw alone, but not agree alone.
    allowed = purpose in FOR_MINORS and person_id != actor.person_id
    is_about_child = purpose is not Purpose.GUARDIAN and queries.is_minor(session, person_id, now)
    if is_about_child and not allowed:
        return NotForMinors(purpose=str(purpose))
    if purpose in FOR_ADULTS and not queries.is_adult(session, person_id, now):
        return NotForTheYoung(purpose=str(purpose))
    return None


def refusals(
    session: Session, actor: Actor, person_id: UUID, now: datetime
) -> Mapping[Purpose, Forbidden]:
    """Return what `actor` cannot agree to for the person, and why, so that nobody is asked it."""
    found = {one: refusal(session, actor, person_id, one, now) for one in Purpose}
    return {purpose: why for purpose, why in found.items() if why is not None}


def withdraw(
    session: Session,
    actor: Actor,
    person_id: UUID,
    purpose: Purpose,
    channel: str,
    now: datetime,
) -> None:
    """Withdraw every consent to `purpose`, whatever its wording; again changes nothing.

    Raises:
        NotFound: the person is neither the actor nor their child.
    """
    actor.require(Permission.SELF_MANAGE)
    _lock_own(session, actor, person_id, purpose, now)
    live = session.scalars(
        select(Consent.consent_id)
        .outerjoin(Withdrawal, Withdrawal.consent_id == Consent.consent_id)
        .where(
            Consent.person_id == person_id,
            Consent.purpose == purpose,
            Withdrawal.consent_id.is_(None),
        )
    )
    withdrawn = live.all()
    session.add_all(
        Withdrawal(
            consent_id=consent_id,
            withdrawn_by=actor.person_id,
            channel=channel,
            withdrawn_at=now,
        )
        for consent_id in withdrawn
    )
    session.flush()
    if withdrawn:
        publish(
            session,
            "identity.consent_withdrawn",
            now,
            person_id=str(person_id),
            purpose=str(purpose),
        )


def write(
    session: Session, person_id: UUID, purpose: Purpose, by: UUID, channel: str, now: datetime
) -> None:
    """Write down a consent that has been given; who may give it was asked before."""
    session.add(
        Consent(
            person_id=person_id,
            purpose=purpose,
            text_hash=TEXTS[purpose].hash,
            channel=channel,
            given_by=by,
            given_at=now,
        )
    )
    session.flush()
    publish(
        session,
        "identity.consent_given",
        now,
        person_id=str(person_id),
        purpose=str(purpose),
    )


def _lock_own(
    session: Session, actor: Actor, person_id: UUID, purpose: Purpose, now: datetime
) -> None:
    """Refuse whoever may not decide this for the person: themselves, or the child's guardian."""
    # The row is locked so that two clicks do not become two consents.
    person = session.get(Person, person_id, with_for_update=True)
    if person is None:
        raise NotFound(person=str(person_id))
    is_own = person.person_id == actor.person_id and purpose is not Purpose.GUARDIAN
    is_childs = person.guardian_id == actor.person_id and queries.is_minor(session, person_id, now)
    if not is_own and not is_childs:
        raise NotFound(person=str(person_id))
