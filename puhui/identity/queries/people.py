"""Read people and their sessions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from puhui.identity import age
from puhui.identity.model import Code, Password, Person, SignedInSession
from puhui.identity.phone import masked
from puhui.identity.vault import vault


@dataclass(frozen=True)
class Profile:
    """What a person sees of themselves."""

    person_id: UUID
    display_name: str
    birth_year: int | None
    phone: str | None
    """Masked."""
    guardian_id: UUID | None
    language: str | None
    created_at: datetime


@dataclass(frozen=True)
class SessionCard:
    """Where a person is signed in."""

    session_id: UUID
    device: str
    started_at: datetime
    last_seen_at: datetime
    expires_at: datetime


def phone_of_code(session: Session, code_id: UUID) -> str | None:
    """Return the masked number that this code goes to, or None for an unknown one."""
    sealed = session.scalar(select(Code.phone_sealed).where(Code.code_id == code_id))
    return None if sealed is None else masked(vault().open(sealed, f"phone of {code_id}"))


def has_password(session: Session, person_id: UUID) -> bool:
    """Whether the person has set a password."""
    return session.get(Password, person_id) is not None


def profile(session: Session, person_id: UUID) -> Profile | None:
    """Return what the person sees of themselves, or None for an unknown one."""
    row = session.get(Person, person_id)
    if row is None:
        return None
    phone = None
    if row.phone_sealed is not None:
        phone = masked(vault().open(row.phone_sealed, f"phone of {person_id}"))
    return Profile(
        row.person_id,
        row.display_name,
        row.birth_year,
        phone,
        row.guardian_id,
        row.language,
        row.created_at,
    )


def standing(session: Session, person_id: UUID, now: datetime) -> tuple[datetime, bool]:
    """Return since when the person has an account, and whether they may still be under 14."""
    since, birth_year = session.execute(
        select(Person.created_at, Person.birth_year).where(Person.person_id == person_id)
    ).one()
    return since, birth_year is not None and age.is_minor(birth_year, now)


def member_since(session: Session, person_id: UUID) -> datetime | None:
    """Return when the person's account was opened, or None for an unknown person."""
    return session.scalar(select(Person.created_at).where(Person.person_id == person_id))


def sessions(session: Session, person_id: UUID, now: datetime) -> Sequence[SessionCard]:
    """Return where the person is signed in, last seen first."""
    rows = session.scalars(
        select(SignedInSession)
        .where(
            SignedInSession.person_id == person_id,
            SignedInSession.ended_at.is_(None),
            SignedInSession.expires_at > now,
            SignedInSession.last_seen_at
            + SignedInSession.idle_s * func.make_interval(0, 0, 0, 0, 0, 0, 1)
            > now,
        )
        .order_by(SignedInSession.last_seen_at.desc(), SignedInSession.session_id)
    )
    return [
        SessionCard(row.session_id, row.device, row.started_at, row.last_seen_at, row.expires_at)
        for row in rows
    ]


def display_names(session: Session, person_ids: Iterable[UUID]) -> Mapping[UUID, str]:
    """Return the names of these people; unknown ones are missing.

    Whether a name may be shown in public is another question: `is_minor`, `consents.given`.
    """
    rows = session.execute(
        select(Person.person_id, Person.display_name).where(Person.person_id.in_(list(person_ids)))
    )
    return {row.person_id: row.display_name for row in rows}


def is_erased(session: Session, person_id: UUID) -> bool:
    """Whether the row of this id is nobody's any more."""
    return session.scalar(erased_people().where(Person.person_id == person_id)) is not None


def erased_people() -> Select[UUID]:
    """Return, to search within, the people who were erased."""
    return select(Person.person_id).where(Person.erased_at.is_not(None))
