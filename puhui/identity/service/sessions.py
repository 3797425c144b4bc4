"""Where people are signed in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlalchemy.orm import Session

from puhui.identity import queries
from puhui.identity.model import Person, SignedInSession
from puhui.identity.session import CITIZEN, STAFF, TOUCH
from puhui.identity.token import hash_of, new_token
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import NotFound


@dataclass(frozen=True)
class Door:
    """Where somebody comes from: their network, their device, the token they held before."""

    network: str
    device: str = ""
    former_token: str | None = None


@dataclass(frozen=True)
class Signed:
    """Somebody is signed in. This is the only time that the token can be read."""

    token: str
    session_id: UUID
    person_id: UUID
    expires_at: datetime
    waits_for_guardian: bool


def start(session: Session, person: Person, door: Door, now: datetime) -> Signed:
    """Sign a person in; who they are was proved before.

    Staff stay signed in for a shorter time.
    """
    # A token that was there before signing in may have been planted: it never lives on.
    if door.former_token is not None:
        end_token(session, door.former_token, now)
    staff = queries.actor_of_person(session, person.person_id).memberships
    stay, token = STAFF if staff else CITIZEN, new_token()
    row = SignedInSession(
        session_id=uuid4(),
        token_hash=hash_of(token),
        person_id=person.person_id,
        device=door.device,
        started_at=now,
        last_seen_at=now,
        idle_s=int(stay.idle.total_seconds()),
        expires_at=now + stay.longest,
    )
    session.add(row)
    session.flush()
    waits = queries.guardian_pending(session, person.person_id, now)
    return Signed(token, row.session_id, person.person_id, row.expires_at, waits)


def end(session: Session, actor: Actor, session_id: UUID, now: datetime) -> None:
    """End one of the actor's sessions; ending it again changes nothing.

    Raises:
        NotFound: no such session, or it is someone else's.
    """
    actor.require(Permission.SELF_MANAGE)
    row = session.get(SignedInSession, session_id)
    if row is None or row.person_id != actor.person_id:
        raise NotFound(session=str(session_id))
    row.ended_at = row.ended_at or now


def end_all(session: Session, actor: Actor, now: datetime, but: UUID | None = None) -> None:
    """End all sessions of the actor, `but` one."""
    actor.require(Permission.SELF_MANAGE)
    end_sessions(session, actor.person_id, now, but)


def end_sessions(session: Session, person_id: UUID, now: datetime, but: UUID | None = None) -> None:
    """End all sessions of a person, `but` one."""
    ending = update(SignedInSession).where(
        SignedInSession.person_id == person_id, SignedInSession.ended_at.is_(None)
    )
    if but is not None:
        ending = ending.where(SignedInSession.session_id != but)
    session.execute(ending.values(ended_at=now))


def end_token(session: Session, token: str, now: datetime) -> None:
    """End the session of this token, if there is one. Who holds it may do that, whoever it is."""
    session.execute(
        update(SignedInSession)
        .where(SignedInSession.token_hash == hash_of(token), SignedInSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def touch(session: Session, session_id: UUID, now: datetime) -> None:
    """Note that a session was used, unless that was noted within the last minute."""
    session.execute(
        update(SignedInSession)
        .where(
            SignedInSession.session_id == session_id, SignedInSession.last_seen_at <= now - TOUCH
        )
        .values(last_seen_at=now)
    )
