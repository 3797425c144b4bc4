"""Read invitations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from puhui.identity.model import Invitation, Organisation, Person
from puhui.identity.phone import masked
from puhui.identity.vault import vault
from puhui.kernel.actor import Role


@dataclass(frozen=True)
class InvitationCard:
    """A role that is offered. The number is masked."""

    invitation_id: UUID
    organisation_id: UUID
    organisation_name: str
    role: Role
    phone: str
    invited_at: datetime
    expires_at: datetime


def invitations_of_organisation(
    session: Session, organisation_id: UUID, now: datetime
) -> Sequence[InvitationCard]:
    """Return the organisation's open invitations, newest first."""
    return _invitations(session, Invitation.organisation_id == organisation_id, now)


def invitations_for(session: Session, person_id: UUID, now: datetime) -> Sequence[InvitationCard]:
    """Return the open invitations to this person's number, newest first."""
    phone_hash = session.scalar(select(Person.phone_hash).where(Person.person_id == person_id))
    return _invitations(session, Invitation.phone_hash == phone_hash, now)


def _invitations(
    session: Session, which: ColumnElement[bool], now: datetime
) -> Sequence[InvitationCard]:
    rows = session.execute(
        select(Invitation, Organisation.name)
        .join(Organisation, Organisation.organisation_id == Invitation.organisation_id)
        .where(which, Invitation.answered_at.is_(None), Invitation.expires_at > now)
        .order_by(Invitation.invited_at.desc(), Invitation.invitation_id)
    )
    return [
        InvitationCard(
            row.invitation_id,
            row.organisation_id,
            name,
            Role(row.role),
            masked(vault().open(row.phone_sealed, f"phone of {row.invitation_id}")),
            row.invited_at,
            row.expires_at,
        )
        for row, name in rows
    ]
