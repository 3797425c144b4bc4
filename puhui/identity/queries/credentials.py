"""Read who asks: what a token or a person may do."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from puhui.identity.client import ROLES as CLIENT_ROLES
from puhui.identity.model import ApiClient, Member, OrganisationRole, Person, SignedInSession
from puhui.identity.queries.guardians import waits_for_guardian
from puhui.identity.queries.roles import role_of_member
from puhui.identity.token import hash_of, prefix_of
from puhui.kernel.actor import Actor, Membership, Permission, Role


@dataclass(frozen=True)
class Credential:
    """What a token proves: who holds it, and by which session or machine."""

    actor: Actor
    session_id: UUID | None
    client_id: UUID | None
    started_at: datetime
    last_seen_at: datetime | None
    waits_for_guardian: bool = False
    """A child whose guardian has not agreed: signed in, but may do nothing but wait."""


def credential_of_token(session: Session, token: str, now: datetime) -> Credential | None:
    """Return what this token proves, or None if it is unknown, ended or expired."""
    if prefix_of(token) is not None:
        return _credential_of_client(session, token)
    row = session.execute(
        select(SignedInSession, Person.birth_year)
        .join(Person, Person.person_id == SignedInSession.person_id)
        .where(
            SignedInSession.token_hash == hash_of(token),
            SignedInSession.ended_at.is_(None),
            SignedInSession.expires_at > now,
            SignedInSession.last_seen_at
            + SignedInSession.idle_s * func.make_interval(0, 0, 0, 0, 0, 0, 1)
            > now,
            Person.disabled_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    signed_in, birth_year = row
    return Credential(
        actor_of_person(session, signed_in.person_id),
        signed_in.session_id,
        None,
        signed_in.started_at,
        signed_in.last_seen_at,
        waits_for_guardian(session, signed_in.person_id, birth_year, now),
    )


def actor_of_token(session: Session, token: str, now: datetime) -> Actor | None:
    """Return who holds this token, or None if it is unknown, ended or expired.

    A child whose guardian has not agreed is nobody yet.
    """
    found = credential_of_token(session, token, now)
    return None if found is None or found.waits_for_guardian else found.actor


def actor_of_person(session: Session, person_id: UUID) -> Actor:
    """Return the person as an actor, with every role they hold where an operator approved it."""
    rows = session.execute(
        select(Member.organisation_id, Member.role)
        .join(OrganisationRole, role_of_member())
        .where(Member.person_id == person_id, OrganisationRole.approved_at.is_not(None))
    )
    return Actor(person_id, frozenset(Membership(o, Role(r)) for o, r in rows))


def _credential_of_client(session: Session, token: str) -> Credential | None:
    client = session.scalar(
        select(ApiClient).where(ApiClient.prefix == prefix_of(token), ApiClient.ended_at.is_(None))
    )
    if client is None or not hmac.compare_digest(client.secret_hash, hash_of(token)):
        return None
    roles = session.scalars(
        select(OrganisationRole.role).where(
            OrganisationRole.organisation_id == client.organisation_id,
            OrganisationRole.role.in_(CLIENT_ROLES),
            OrganisationRole.approved_at.is_not(None),
        )
    )
    actor = Actor(
        client.person_id,
        frozenset(Membership(client.organisation_id, Role(role)) for role in roles),
        only=frozenset(Permission(name) for name in client.permissions),
    )
    return Credential(actor, None, client.client_id, client.made_at, client.last_used_at)
