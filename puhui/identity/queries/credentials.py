"""Read who asks: what a token or a person may do."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.db.reader import first_row
from puhui.db.session import snapshot
from puhui.identity import age
from puhui.identity.client import ROLES as CLIENT_ROLES
from puhui.identity.model import Member, OrganisationRole
from puhui.identity.queries.guardians import waits_for_guardian
from puhui.identity.queries.roles import role_of_member
from puhui.identity.token import hash_of, prefix_of
from puhui.kernel.actor import Actor, Membership, Permission, Role

_SESSION: LiteralString = """
    SELECT s.session_id, s.person_id, s.started_at, s.last_seen_at, p.birth_year,
        array_agg(o.organisation_id) FILTER (WHERE o.role IS NOT NULL),
        array_agg(o.role) FILTER (WHERE o.role IS NOT NULL)
    FROM identity_session s
    JOIN identity_person p USING (person_id)
    LEFT JOIN identity_member m ON m.person_id = s.person_id
    LEFT JOIN identity_organisation_role o
        ON (o.organisation_id, o.role) = (m.organisation_id, m.role) AND o.approved_at IS NOT NULL
    WHERE s.token_hash = %(token_hash)s
        AND s.ended_at IS NULL AND s.expires_at > %(now)s
        AND s.last_seen_at + s.idle_s * interval '1 second' > %(now)s
        AND p.disabled_at IS NULL
    GROUP BY s.session_id, p.person_id
"""
_CLIENT: LiteralString = """
    SELECT c.client_id, c.person_id, c.organisation_id, c.secret_hash, c.permissions, c.made_at,
        c.last_used_at,
        (SELECT array_agg(o.role) FROM identity_organisation_role o
         WHERE o.organisation_id = c.organisation_id AND o.approved_at IS NOT NULL
            AND o.role = ANY(%(may_hold)s))
    FROM identity_api_client c
    WHERE c.prefix = %(prefix)s AND c.ended_at IS NULL
"""


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


def credential_of_token(token: str, now: datetime) -> Credential | None:
    """Return what this token proves, or None if it is unknown, ended or expired.

    Every request of somebody signed in asks this, so it is one statement and no transaction.

    Raises:
        psycopg.OperationalError: the database does not answer.
    """
    if prefix_of(token) is not None:
        return _credential_of_client(token)
    row = first_row(_SESSION, {"token_hash": hash_of(token), "now": now})
    if row is None:
        return None
    session_id, person_id, started_at, last_seen_at, birth_year, organisations, roles = row
    memberships = map(Membership, organisations or (), map(Role, roles or ()))
    return Credential(
        Actor(person_id, frozenset(memberships)),
        session_id,
        None,
        started_at,
        last_seen_at,
        _waits(person_id, birth_year, now),
    )


def actor_of_token(token: str, now: datetime) -> Actor | None:
    """Return who holds this token, or None if it is unknown, ended or expired.

    A child whose guardian has not agreed is nobody yet.
    """
    found = credential_of_token(token, now)
    return None if found is None or found.waits_for_guardian else found.actor


def actor_of_person(session: Session, person_id: UUID) -> Actor:
    """Return the person as an actor, with every role they hold where an operator approved it."""
    rows = session.execute(
        select(Member.organisation_id, Member.role)
        .join(OrganisationRole, role_of_member())
        .where(Member.person_id == person_id, OrganisationRole.approved_at.is_not(None))
    )
    return Actor(person_id, frozenset(Membership(o, Role(r)) for o, r in rows))


def _waits(person_id: UUID, birth_year: int | None, now: datetime) -> bool:
    if birth_year is None or not age.is_minor(birth_year, now):
        return False
    with snapshot() as session:
        return waits_for_guardian(session, person_id, birth_year, now)


def _credential_of_client(token: str) -> Credential | None:
    row = first_row(_CLIENT, {"prefix": prefix_of(token), "may_hold": list(CLIENT_ROLES)})
    if row is None:
        return None
    client_id, person_id, organisation_id, secret_hash, permissions, made_at, used_at, roles = row
    if not hmac.compare_digest(secret_hash, hash_of(token)):
        return None
    actor = Actor(
        person_id,
        frozenset(Membership(organisation_id, Role(role)) for role in roles or ()),
        only=frozenset(Permission(name) for name in permissions),
    )
    return Credential(actor, None, client_id, made_at, used_at)
