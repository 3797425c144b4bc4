"""A person leaves for good: what would be left without them, and what ends with them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session, aliased

from puhui.identity import queries
from puhui.identity.model import (
    Consent,
    Member,
    MemberChange,
    Organisation,
    Person,
    SignedInSession,
    Withdrawal,
)
from puhui.identity.queries import OrganisationCard
from puhui.kernel.actor import Role


def only_administered_by(session: Session, person_id: UUID) -> Sequence[OrganisationCard]:
    """Return the organisations that would be left without an administrator, by name."""
    mine, others = aliased(Member), aliased(Member)
    other_administrator = (
        select(others.person_id)
        .where(
            others.organisation_id == mine.organisation_id,
            others.role == Role.ADMINISTRATOR,
            others.person_id != person_id,
        )
        .exists()
    )
    alone = session.scalars(
        select(Organisation)
        .join(mine, mine.organisation_id == Organisation.organisation_id)
        .where(mine.person_id == person_id, mine.role == Role.ADMINISTRATOR, ~other_administrator)
        .order_by(Organisation.name, Organisation.organisation_id)
    )
    return [queries.card_of(row) for row in alone]


def guarded_children(session: Session, person_id: UUID, now: datetime) -> Sequence[str]:
    """Return the names of children under 14 who are here because this person agreed."""
    return [
        child.display_name
        for child in queries.children(session, person_id)
        if queries.is_minor(session, child.person_id, now)
        and not queries.guardian_pending(session, child.person_id, now)
    ]


def shut_door(session: Session, person_id: UUID, now: datetime) -> None:
    """Let nothing more be done in a person's name: who is being erased cannot act meanwhile."""
    person = session.get_one(Person, person_id, with_for_update=True, populate_existing=True)
    person.disabled_at = person.disabled_at or now
    session.execute(
        update(SignedInSession)
        .where(SignedInSession.person_id == person_id, SignedInSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def leave(session: Session, person_id: UUID, now: datetime) -> None:
    """Lay down every role and withdraw every consent; again changes nothing."""
    for row in session.scalars(select(Member).where(Member.person_id == person_id)).all():
        session.add(
            MemberChange(
                organisation_id=row.organisation_id,
                person_id=person_id,
                role=row.role,
                change="taken",
                changed_by=person_id,
                changed_at=now,
            )
        )
        session.delete(row)
    live = session.scalars(
        select(Consent.consent_id)
        .outerjoin(Withdrawal, Withdrawal.consent_id == Consent.consent_id)
        .where(Consent.person_id == person_id, Withdrawal.consent_id.is_(None))
    )
    session.add_all(
        Withdrawal(
            consent_id=consent_id, withdrawn_by=person_id, channel="erasure", withdrawn_at=now
        )
        for consent_id in live.all()
    )
    session.flush()


def mark_erased(session: Session, person_id: UUID, now: datetime) -> None:
    """Note that the row is nobody's from now on."""
    session.execute(
        update(Person)
        .where(Person.person_id == person_id, Person.erased_at.is_(None))
        .values(erased_at=now)
    )
