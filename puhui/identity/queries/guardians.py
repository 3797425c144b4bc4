"""Read who is of age, and who looks after whom."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.identity import age
from puhui.identity.model import Consent, Person, Withdrawal
from puhui.identity.purpose import TEXTS, Purpose
from puhui.identity.queries.agreements import live_consent
from puhui.identity.queries.people import Profile, profile


def children(session: Session, guardian_id: UUID) -> Sequence[Profile]:
    """Return the children whose guardian this is, by name."""
    ids = session.scalars(
        select(Person.person_id)
        .where(Person.guardian_id == guardian_id)
        .order_by(Person.display_name, Person.person_id)
    ).all()
    return [found for child in ids if (found := profile(session, child)) is not None]


def is_minor(session: Session, person_id: UUID, now: datetime) -> bool:
    """Whether the person may still be under 14. Somebody whose birth year is unknown is not."""
    birth_year = session.scalar(select(Person.birth_year).where(Person.person_id == person_id))
    return birth_year is not None and age.is_minor(birth_year, now)


def is_adult(session: Session, person_id: UUID, now: datetime) -> bool:
    """Whether the person is 18 for sure. Somebody whose birth year is unknown is not."""
    birth_year = session.scalar(select(Person.birth_year).where(Person.person_id == person_id))
    return birth_year is not None and age.is_adult(birth_year, now)


def adults(session: Session, person_ids: Iterable[UUID], now: datetime) -> Mapping[UUID, str]:
    """Return the names of those of these people who are 18 for sure."""
    rows = session.execute(
        select(Person.person_id, Person.display_name, Person.birth_year).where(
            Person.person_id.in_(list(person_ids)), Person.birth_year.is_not(None)
        )
    )
    return {row.person_id: row.display_name for row in rows if age.is_adult(row.birth_year, now)}


def adults_who_agree(
    session: Session, person_ids: Iterable[UUID] | None, purpose: Purpose, now: datetime
) -> Mapping[UUID, str]:
    """Return the names of those of these people, or of all, who may be shown for `purpose`.

    They are 18 for sure, agree to today's wording, and are not shut out.
    """
    agreed = (
        select(Consent.person_id)
        .outerjoin(Withdrawal, Withdrawal.consent_id == Consent.consent_id)
        .where(
            Consent.person_id == Person.person_id,
            Consent.purpose == purpose,
            Consent.text_hash == TEXTS[purpose].hash,
            Withdrawal.consent_id.is_(None),
        )
        .exists()
    )
    query = select(Person.person_id, Person.display_name, Person.birth_year).where(
        Person.birth_year.is_not(None), Person.disabled_at.is_(None), agreed
    )
    if person_ids is not None:
        query = query.where(Person.person_id.in_(list(person_ids)))
    return {
        row.person_id: row.display_name
        for row in session.execute(query)
        if age.is_adult(row.birth_year, now)
    }


def guardian_pending(session: Session, person_id: UUID, now: datetime) -> bool:
    """Whether the person is a child who waits for a guardian's consent."""
    birth_year = session.scalar(select(Person.birth_year).where(Person.person_id == person_id))
    return waits_for_guardian(session, person_id, birth_year, now)


def waits_for_guardian(
    session: Session, person_id: UUID, birth_year: int | None, now: datetime
) -> bool:
    """Whether a person of that year of birth is a child to whom no guardian has agreed."""
    if birth_year is None or not age.is_minor(birth_year, now):
        return False
    return live_consent(session, person_id, Purpose.GUARDIAN) is None
