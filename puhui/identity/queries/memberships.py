"""Read who belongs to an organisation, and who did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from puhui.identity.model import Member, MemberChange, Organisation, OrganisationRole, Person
from puhui.identity.queries.roles import OrganisationCard, RoleCard, card_of, role_of_member
from puhui.kernel.actor import Actor, Role


@dataclass(frozen=True)
class MemberCard:
    """A person and the roles they hold in one organisation."""

    person_id: UUID
    display_name: str
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class ChangeCard:
    """A role was given to a person, or taken from them."""

    change_id: int
    person_id: UUID
    display_name: str
    role: Role
    change: str
    changed_by: UUID | None
    changed_at: datetime


def organisations_of(
    session: Session, actor: Actor
) -> Sequence[tuple[OrganisationCard, tuple[RoleCard, ...]]]:
    """Return the organisations that the actor belongs to with the roles held, by name.

    A role that is not approved yet is among them, marked so; it counts for nothing.
    """
    rows = session.execute(
        select(Organisation, OrganisationRole)
        .join(OrganisationRole, OrganisationRole.organisation_id == Organisation.organisation_id)
        .join(Member, role_of_member())
        .where(Member.person_id == actor.person_id)
        .order_by(Organisation.name, Organisation.organisation_id, OrganisationRole.role)
    )
    found: dict[UUID, tuple[OrganisationCard, list[RoleCard]]] = {}
    for row, role in rows:
        found.setdefault(row.organisation_id, (card_of(row), []))[1].append(
            RoleCard(Role(role.role), role.approved_at)
        )
    return [(card, tuple(roles)) for card, roles in found.values()]


def members(
    session: Session,
    organisation_id: UUID,
    *,
    after: tuple[str, UUID] | None = None,
    most: int = 200,
) -> Sequence[MemberCard]:
    """Return the organisation's members with their roles, by name, `after` a (name, id)."""
    query = (
        select(Person.person_id, Person.display_name, func.array_agg(Member.role))
        .join(Member, Member.person_id == Person.person_id)
        .where(Member.organisation_id == organisation_id)
        .group_by(Person.person_id)
        .order_by(Person.display_name, Person.person_id)
        .limit(most)
    )
    if after is not None:
        query = query.where(tuple_(Person.display_name, Person.person_id) > after)
    return [
        MemberCard(person_id, name, tuple(sorted(Role(role) for role in roles)))
        for person_id, name, roles in session.execute(query)
    ]


def member_changes(
    session: Session, organisation_id: UUID, *, before: int | None = None, most: int = 200
) -> Sequence[ChangeCard]:
    """Return who gave and took which role, newest first, `before` a change's number."""
    query = (
        select(MemberChange, Person.display_name)
        .join(Person, Person.person_id == MemberChange.person_id)
        .where(MemberChange.organisation_id == organisation_id)
        .order_by(MemberChange.change_id.desc())
        .limit(most)
    )
    if before is not None:
        query = query.where(MemberChange.change_id < before)
    return [
        ChangeCard(
            row.change_id,
            row.person_id,
            name,
            Role(row.role),
            row.change,
            row.changed_by,
            row.changed_at,
        )
        for row, name in session.execute(query)
    ]
