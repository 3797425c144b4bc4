"""Read the programs that act for an organisation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.identity.model import ApiClient
from puhui.kernel.actor import Permission


@dataclass(frozen=True)
class ClientCard:
    """A partner's machine, without its secret."""

    client_id: UUID
    organisation_id: UUID
    name: str
    prefix: str
    permissions: tuple[Permission, ...]
    made_at: datetime
    last_used_at: datetime | None
    ended_at: datetime | None


def api_clients(session: Session, organisation_id: UUID) -> Sequence[ClientCard]:
    """Return the organisation's machines, newest first, ended ones included."""
    rows = session.scalars(
        select(ApiClient)
        .where(ApiClient.organisation_id == organisation_id)
        .order_by(ApiClient.made_at.desc(), ApiClient.client_id)
    )
    return [client_card(row) for row in rows]


def client_card(row: ApiClient) -> ClientCard:
    """Return what may be shown of a machine."""
    return ClientCard(
        row.client_id,
        row.organisation_id,
        row.name,
        row.prefix,
        tuple(Permission(name) for name in row.permissions),
        row.made_at,
        row.last_used_at,
        row.ended_at,
    )
