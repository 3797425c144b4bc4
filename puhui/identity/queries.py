"""Read who there is."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.identity.model import Member, Organisation, SignedInSession
from puhui.identity.token import hash_of
from puhui.kernel.actor import Actor, Membership, Role


@dataclass(frozen=True)
class OrganisationCard:
    """What others may know of an organisation."""

    organisation_id: UUID
    name: str
    name_en: str | None
    uscc: str
    county_code: str | None


def actor_of_token(session: Session, token: str, now: datetime) -> Actor | None:
    """Return who holds this session token, or None if it is unknown, ended or expired."""
    person_id = session.scalar(
        select(SignedInSession.person_id).where(
            SignedInSession.token_hash == hash_of(token),
            SignedInSession.ended_at.is_(None),
            SignedInSession.expires_at > now,
        )
    )
    return None if person_id is None else actor_of_person(session, person_id)


def actor_of_person(session: Session, person_id: UUID) -> Actor:
    """Return the person as an actor, with every role they hold."""
    rows = session.execute(
        select(Member.organisation_id, Member.role).where(Member.person_id == person_id)
    )
    return Actor(person_id, frozenset(Membership(o, Role(r)) for o, r in rows))


def organisation(session: Session, organisation_id: UUID) -> OrganisationCard | None:
    """Return an organisation's card, or None for an unknown one."""
    row = session.get(Organisation, organisation_id)
    if row is None:
        return None
    return OrganisationCard(row.organisation_id, row.name, row.name_en, row.uscc, row.county_code)
