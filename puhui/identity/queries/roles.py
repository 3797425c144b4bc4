"""Read organisations, and the roles that they hold or wait for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from puhui.identity.model import Decision, Member, Organisation, OrganisationRole
from puhui.kernel.actor import Actor, Permission, Role


@dataclass(frozen=True)
class OrganisationCard:
    """What others may know of an organisation."""

    organisation_id: UUID
    name: str
    name_en: str | None
    uscc: str
    county_code: str | None


@dataclass(frozen=True)
class RoleCard:
    """A role that an organisation asked for, and whether its members may use it."""

    role: Role
    approved_at: datetime | None


def role_of_member() -> ColumnElement[bool]:
    """Return the condition that an organisation holds the role in which a member acts."""
    return (OrganisationRole.organisation_id == Member.organisation_id) & (
        OrganisationRole.role == Member.role
    )


def organisation(session: Session, organisation_id: UUID) -> OrganisationCard | None:
    """Return an organisation's card, or None for an unknown one."""
    row = session.get(Organisation, organisation_id)
    return None if row is None else card_of(row)


def organisations(
    session: Session, organisation_ids: Iterable[UUID]
) -> Mapping[UUID, OrganisationCard]:
    """Return the cards of these organisations; unknown ones are missing."""
    rows = session.scalars(
        select(Organisation).where(Organisation.organisation_id.in_(list(organisation_ids)))
    )
    return {row.organisation_id: card_of(row) for row in rows}


def organisations_called(text: str) -> Select[UUID]:
    """Return, to search within, the organisations with `text` in a name, or as their USCC."""
    return select(Organisation.organisation_id).where(
        Organisation.name.icontains(text, autoescape=True)
        | Organisation.name_en.icontains(text, autoescape=True)
        | (Organisation.uscc == text.upper())
    )


def card_of(row: Organisation) -> OrganisationCard:
    """Return what others may know of an organisation."""
    return OrganisationCard(row.organisation_id, row.name, row.name_en, row.uscc, row.county_code)


def organisation_for(
    session: Session, organisation_id: UUID, actor: Actor | None
) -> OrganisationCard | None:
    """Return the card if `actor` may see it, else None.

    Everyone sees an organisation with an approved role; one that waits or was refused is seen by
    its members and by operators.
    """
    card = organisation(session, organisation_id)
    if card is None:
        return None
    if any(role.approved_at for role in roles_of_organisation(session, organisation_id)):
        return card
    if actor is None:
        return None
    may_see = actor.may(Permission.ORGANISATION_APPROVE) or is_member(
        session, actor, organisation_id
    )
    return card if may_see else None


def organisation_by_uscc(session: Session, uscc: str) -> OrganisationCard | None:
    """Return the card of the organisation with this code, or None."""
    row = session.scalar(select(Organisation).where(Organisation.uscc == uscc))
    return None if row is None else card_of(row)


def roles_of_organisation(session: Session, organisation_id: UUID) -> Sequence[RoleCard]:
    """Return the roles that the organisation asked for, the administrator's aside."""
    rows = session.scalars(
        select(OrganisationRole)
        .where(
            OrganisationRole.organisation_id == organisation_id,
            OrganisationRole.role != Role.ADMINISTRATOR,
        )
        .order_by(OrganisationRole.role)
    )
    return [RoleCard(Role(row.role), row.approved_at) for row in rows]


def last_decision(session: Session, organisation_id: UUID) -> Decision | None:
    """Return what an operator decided last about the organisation, or None."""
    return session.scalar(
        select(Decision)
        .where(Decision.organisation_id == organisation_id)
        .order_by(Decision.decided_at.desc())
        .limit(1)
    )


def organisations_waiting(session: Session, most: int = 100) -> Sequence[OrganisationCard]:
    """Return organisations with a role that nobody has decided about since, oldest first."""
    rows = session.scalars(
        select(Organisation)
        .join(OrganisationRole, OrganisationRole.organisation_id == Organisation.organisation_id)
        .outerjoin(
            Decision,
            (Decision.organisation_id == Organisation.organisation_id)
            & (Decision.decided_at >= OrganisationRole.asked_at),
        )
        .where(OrganisationRole.approved_at.is_(None), Decision.decision_id.is_(None))
        .group_by(Organisation.organisation_id)
        .order_by(Organisation.created_at, Organisation.organisation_id)
        .limit(most)
    )
    return [card_of(row) for row in rows]


def is_member(session: Session, actor: Actor, organisation_id: UUID) -> bool:
    """Whether the actor holds any role there, approved or not."""
    return (
        session.scalar(
            select(Member.role)
            .where(Member.organisation_id == organisation_id, Member.person_id == actor.person_id)
            .limit(1)
        )
        is not None
    )
