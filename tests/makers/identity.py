"""People and organisations for tests, signed in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.db.session import transaction
from puhui.identity import consents
from puhui.identity.age import is_minor
from puhui.identity.model import (
    Member,
    Organisation,
    OrganisationRole,
    Person,
    SignedInSession,
)
from puhui.identity.purpose import Purpose
from puhui.identity.queries import actor_of_person
from puhui.identity.token import hash_of, new_token
from puhui.kernel import clock
from puhui.kernel.actor import Actor, Role
from puhui.ledger.account import wallet_of

SPACE = UUID("00000000-0000-4000-8000-000000000001")


@dataclass(frozen=True)
class SignedIn:
    """A person with a session: `actor` for services, `headers` for requests."""

    actor: Actor
    headers: dict[str, str]
    token: str

    @property
    def person_id(self) -> UUID:
        return self.actor.person_id

    @property
    def wallet(self):
        return wallet_of(self.actor.person_id)


def organisation(name: str, uscc: str = "", county: str | None = "350721") -> UUID:
    """Make the organisation of this name, approved for every role, or find it."""
    organisation_id = uuid5(SPACE, name)
    with transaction() as session:
        if session.get(Organisation, organisation_id) is None:
            _establish(session, [name], uscc, county)
    return organisation_id


def _establish(
    session: Session, names: Collection[str], uscc: str = "", county: str | None = "350721"
) -> None:
    now = clock.now()
    for name in names:
        organisation_id = uuid5(SPACE, name)
        session.add(
            Organisation(
                organisation_id=organisation_id,
                uscc=uscc or f"TEST{organisation_id.hex[:14].upper()}",
                name=name,
                county_code=county,
                created_at=now,
            )
        )
    session.flush()
    session.add_all(
        OrganisationRole(
            organisation_id=uuid5(SPACE, name), role=role, asked_at=now, approved_at=now
        )
        for name in names
        for role in Role
        if role is not Role.CITIZEN
    )


def person(name: str, *roles: tuple[str, Role], birth_year: int = 1990) -> SignedIn:
    """Make a person who is signed in and holds `roles`, each ("organisation", role).

    One who is under 14 has a guardian who agreed.
    """
    person_id, token, now = uuid4(), new_token(), clock.now()
    wanted = {uuid5(SPACE, where): where for where, _ in roles}
    with transaction() as session:
        if wanted:
            ids = select(Organisation.organisation_id)
            known = set(session.scalars(ids.where(Organisation.organisation_id.in_(wanted))))
            _establish(session, [name for each, name in wanted.items() if each not in known])
        session.add(
            Person(person_id=person_id, display_name=name, birth_year=birth_year, created_at=now)
        )
        session.flush()
        session.add_all(
            Member(organisation_id=uuid5(SPACE, where), person_id=person_id, role=role, since=now)
            for where, role in roles
        )
        session.add(
            SignedInSession(
                session_id=uuid4(),
                token_hash=hash_of(token),
                person_id=person_id,
                started_at=now,
                last_seen_at=now,
                idle_s=86400,
                expires_at=now + timedelta(days=1),
            )
        )
        session.flush()
        if is_minor(birth_year, now):
            guardian = Person(
                person_id=uuid4(), display_name="监护人", birth_year=1985, created_at=now
            )
            session.add(guardian)
            session.flush()
            session.get_one(Person, person_id).guardian_id = guardian.person_id
            consents.write(session, person_id, Purpose.GUARDIAN, guardian.person_id, "page", now)
        actor = actor_of_person(session, person_id)
    return SignedIn(actor, {"Authorization": f"Bearer {token}"}, token)


def again(one: SignedIn) -> SignedIn:
    """Sign a person in once more: no session lasts for a year."""
    token, now = new_token(), clock.now()
    with transaction() as session:
        session.add(
            SignedInSession(
                session_id=uuid4(),
                token_hash=hash_of(token),
                person_id=one.person_id,
                started_at=now,
                last_seen_at=now,
                idle_s=86400,
                expires_at=now + timedelta(days=1),
            )
        )
    return SignedIn(one.actor, {"Authorization": f"Bearer {token}"}, token)
