"""Batches of serials: printed, shipped."""

from dataclasses import dataclass
from datetime import datetime
from secrets import randbelow
from uuid import UUID, uuid5

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from puhui.footprint.errors import (
    LabelEnded,
    NameTaken,
    SecretsLeft,
)
from puhui.footprint.label import (
    CODE_LENGTH,
    PIN_LENGTH,
    LabelState,
    SerialState,
    address,
    draw,
    hash_of_pin,
    hash_of_token,
    state_at,
)
from puhui.footprint.model import Batch, Footprint, Label, Product, Serial
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import NotFound
from puhui.register.service import record


@dataclass(frozen=True)
class Printed:
    """What leaves once: a serial with its token and PIN in the clear."""

    number: int
    url: str
    token: str
    pin: str


def print_serials(
    session: Session,
    actor: Actor,
    batch_id: UUID,
    label_id: UUID,
    count: int,
    base_url: str,
    pepper: str,
    now: datetime,
) -> list[Printed]:
    """Make a batch of serials and return their secrets, which nobody can ask for again.

    Raises:
        Forbidden, NotFound: the label is not the actor's.
        LabelEnded: it has expired or was withdrawn.
        SecretsLeft: the batch has been printed before.
        NameTaken: the id is a batch of another label.
    """
    assert 1 <= count <= 1000, count
    actor.require(Permission.LABEL_ISSUE)
    label = session.get(Label, label_id, with_for_update=True)
    if label is None:
        raise NotFound(label=str(label_id))
    product = _product_of(session, label)
    actor.require(Permission.LABEL_ISSUE, product.organisation_id)
    batch = session.get(Batch, batch_id)
    if batch is not None:
        if batch.label_id != label_id or batch.count != count:
            raise NameTaken(batch=str(batch_id))
        raise SecretsLeft(batch=str(batch_id))
    if state_at(now, label.expires_at, label.withdrawn_at) is not LabelState.ISSUED:
        raise LabelEnded(label=str(label_id))
    session.add(
        Batch(
            batch_id=batch_id,
            label_id=label_id,
            count=count,
            printed_at=now,
            printed_by=actor.person_id,
        )
    )
    session.flush()
    printed = [
        Printed(number, address(base_url, token), token, draw(PIN_LENGTH, randbelow))
        for number in range(1, count + 1)
        for token in [draw(CODE_LENGTH, randbelow)]
    ]
    session.execute(
        insert(Serial),
        [
            {
                "serial_id": uuid5(batch_id, str(serial.number)),
                "batch_id": batch_id,
                "number": serial.number,
                "token_hash": hash_of_token(pepper, serial.token),
                "pin_hash": hash_of_pin(pepper, serial.token, serial.pin),
                "state": str(SerialState.PRINTED),
            }
            for serial in printed
        ],
    )
    record(session, "serials_printed", str(batch_id), {"label": str(label_id), "count": count}, now)
    return printed


def ship_batch(session: Session, actor: Actor, batch_id: UUID, now: datetime) -> Batch:
    """Note that a batch has left the factory. Twice is once.

    Raises:
        Forbidden, NotFound: it is not the actor's.
    """
    actor.require(Permission.LABEL_ISSUE)
    batch = session.get(Batch, batch_id, with_for_update=True)
    if batch is None:
        raise NotFound(batch=str(batch_id))
    product = _product_of(session, session.get_one(Label, batch.label_id))
    actor.require(Permission.LABEL_ISSUE, product.organisation_id)
    if batch.shipped_at is None:
        batch.shipped_at = now
        session.execute(
            update(Serial)
            .where(Serial.batch_id == batch_id, Serial.state == "printed")
            .values(state="shipped")
        )
        session.flush()
    return batch


def _product_of(session: Session, label: Label) -> Product:
    footprint = session.get_one(Footprint, label.footprint_id)
    return session.get_one(Product, footprint.product_id)
