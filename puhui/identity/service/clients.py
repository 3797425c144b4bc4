"""Partners' machines: make one, end one."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.identity import queries
from puhui.identity.client import PERMISSIONS
from puhui.identity.errors import ClientDiffers
from puhui.identity.model import ApiClient, Organisation, Person
from puhui.identity.token import hash_of, new_client_token
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import Fault, Invalid, NotFound
from puhui.kernel.text import N_

LONGEST_NAME = 60


def make(
    session: Session,
    actor: Actor,
    client_id: UUID,
    organisation_id: UUID,
    name: str,
    permissions: frozenset[Permission],
    now: datetime,
) -> tuple[queries.ClientCard, str | None]:
    """Make a machine of the organisation; return its card and its token.

    The token is known at this moment only. Asking again under the same name returns the card
    without it: whoever lost the answer ends the machine and makes another.

    Raises:
        NotFound: not the actor's organisation.
        Invalid: no name, or a permission that no machine may have.
        ClientDiffers: the name was used for another machine.
    """
    actor.require(Permission.ORGANISATION_ADMIN, organisation_id)
    faults = []
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        faults.append(Fault("name_length", N_("名称须为1至60个字"), field="name"))
    if not permissions or not permissions <= PERMISSIONS:
        faults.append(Fault("permissions", N_("请选择接口可用的权限"), field="permissions"))
    if faults:
        raise Invalid(faults)
    # Of two at once with one name, the second waits here and then finds the first.
    session.get_one(Organisation, organisation_id, with_for_update=True)
    known = session.get(ApiClient, client_id)
    if known is not None:
        asked = (organisation_id, name.strip(), sorted(permissions))
        if (known.organisation_id, known.name, known.permissions) != asked:
            raise ClientDiffers(name=str(client_id))
        return queries.client_card(known), None
    token, prefix = new_client_token()
    machine = Person(person_id=uuid4(), kind="machine", display_name=name.strip(), created_at=now)
    session.add(machine)
    session.flush()
    row = ApiClient(
        client_id=client_id,
        organisation_id=organisation_id,
        person_id=machine.person_id,
        name=name.strip(),
        prefix=prefix,
        secret_hash=hash_of(token),
        permissions=sorted(permissions),
        made_by=actor.person_id,
        made_at=now,
    )
    session.add(row)
    session.flush()
    return queries.client_card(row), token


def end(
    session: Session, actor: Actor, organisation_id: UUID, client_id: UUID, now: datetime
) -> None:
    """End a machine's right to act, at once; again changes nothing.

    Raises:
        NotFound: no such machine of the actor's organisation.
    """
    actor.require(Permission.ORGANISATION_ADMIN, organisation_id)
    row = session.scalar(
        select(ApiClient)
        .where(ApiClient.client_id == client_id, ApiClient.organisation_id == organisation_id)
        .with_for_update()
    )
    if row is None:
        raise NotFound(client=str(client_id))
    row.ended_at = row.ended_at or now


def touch(session: Session, client_id: UUID, now: datetime) -> None:
    """Note that a machine was used."""
    session.get_one(ApiClient, client_id).last_used_at = now
