"""Batches of serials: printed step by step, their secrets handed over once, shipped, voided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import update
from sqlalchemy.orm import Session

from puhui.footprint.batch import PRINT, SHIP, VOID, owner_of, task_of
from puhui.footprint.envelope import Recipient
from puhui.footprint.errors import BatchVoid, LabelEnded, NameTaken, NotPrinted, SecretsLeft
from puhui.footprint.label import LabelState, hash_of_pin, hash_of_token, state_at
from puhui.footprint.model import Batch, Footprint, Label, Product, Serial
from puhui.footprint.parcel import Form
from puhui.footprint.series import new_seed, units
from puhui.identity.vault import vault
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import NotFound
from puhui.outbox import task
from puhui.outbox.task import Step
from puhui.register.service import record

STEP = 20_000
"""Units in one step of a task: about half a second's work."""


@dataclass(frozen=True, repr=False)
class Secrets:
    """What leaves once: the seed of all tokens and PINs of a batch. Never printed by accident."""

    seed: bytes
    count: int
    label_code: str


def begin_batch(
    session: Session, actor: Actor, batch_id: UUID, label_id: UUID, count: int, now: datetime
) -> Batch:
    """Begin to print so many serials of a label. The same again changes nothing.

    The units are made by a task, step by step; what they are follows from a seed that is
    kept sealed until the secrets leave.

    Raises:
        Forbidden, NotFound: the label is not the actor's.
        LabelEnded: it has expired or was withdrawn.
        NameTaken: the id is another batch.
    """
    assert 1 <= count <= 1_000_000, count
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
        return batch
    if state_at(now, label.expires_at, label.withdrawn_at) is not LabelState.ISSUED:
        raise LabelEnded(label=str(label_id))
    batch = Batch(
        batch_id=batch_id,
        label_id=label_id,
        count=count,
        made=0,
        sealed_seed=vault().seal(new_seed().hex(), _place(batch_id)),
        printed_at=now,
        printed_by=actor.person_id,
    )
    session.add(batch)
    session.flush()
    _begin(session, PRINT, batch, product, now)
    return batch


def print_step(session: Session, batch_id: UUID, pepper: str, now: datetime) -> Step:
    """Make the next serials of a batch; what was made before stays as it is."""
    batch = session.get_one(Batch, batch_id, with_for_update=True)
    if batch.voided_at is not None:
        return Step(batch.made, result={"void": True})
    last = min(batch.made + STEP, batch.count)
    _copy(session, batch, last, pepper)
    batch.made = last
    if last < batch.count:
        return Step(last)
    facts: dict[str, str | int] = {"label": str(batch.label_id), "count": batch.count}
    record(session, "serials_printed", str(batch_id), facts, now)
    return Step(last, result=facts)


def _copy(session: Session, batch: Batch, last: int, pepper: str) -> None:
    """Write the serials after those that are made, up to `last`; their secrets are not in it."""
    if last == batch.made:
        return
    assert batch.sealed_seed is not None, batch.batch_id
    seed = _unsealed(batch.batch_id, batch.sealed_seed)
    cursor = session.connection().connection.cursor()
    with cursor.copy(
        "COPY footprint_serial (serial_id, batch_id, number, token_hash, pin_hash)"
        " FROM STDIN (FORMAT binary)"
    ) as copy:
        copy.set_types(["uuid", "uuid", "int8", "bytea", "bytea"])
        for unit in units(seed, batch.made + 1, last):
            copy.write_row(
                (
                    uuid5(batch.batch_id, str(unit.number)),
                    batch.batch_id,
                    unit.number,
                    hash_of_token(pepper, unit.token),
                    hash_of_pin(pepper, unit.token, unit.pin),
                )
            )


def take_secrets(
    session: Session,
    actor: Actor,
    batch_id: UUID,
    form: Form,
    now: datetime,
    *,
    to: Recipient | None = None,
) -> Secrets:
    """Hand over the secrets of a batch, which nobody can ask for again: the seed is forgotten.

    Who took them stays on the batch, and the certificate of `to`, for whom the file will be
    encrypted; without one it leaves in clear.

    Raises:
        Forbidden, NotFound: it is not the actor's.
        NotPrinted: the job has not finished.
        SecretsLeft: they left before.
        BatchVoid: the batch was voided.
    """
    batch, _ = _batch_for_change(session, actor, batch_id)
    if batch.left_at is not None:
        raise SecretsLeft(batch=str(batch_id), left_at=batch.left_at.isoformat())
    if batch.voided_at is not None:
        raise BatchVoid(batch=str(batch_id))
    if batch.made < batch.count:
        raise NotPrinted(batch=str(batch_id), made=batch.made, count=batch.count)
    assert batch.sealed_seed is not None, batch_id
    seed = _unsealed(batch_id, batch.sealed_seed)
    batch.sealed_seed, batch.left_at, batch.left_as = None, now, str(form)
    batch.left_by, batch.left_for = actor.person_id, to.fingerprint if to is not None else None
    session.flush()
    return Secrets(seed, batch.count, session.get_one(Label, batch.label_id).code)


def ship_batch(session: Session, actor: Actor, batch_id: UUID, now: datetime) -> Batch:
    """Note that all of a batch that is still in the factory has left it. Twice is once.

    Raises:
        Forbidden, NotFound: it is not the actor's.
        NotPrinted: the job has not finished, or its secrets have not left.
    """
    batch, product = _batch_for_change(session, actor, batch_id)
    if batch.left_at is None:
        raise NotPrinted(batch=str(batch_id), made=batch.made, count=batch.count)
    if batch.shipped_at is None:
        batch.shipped_at = now
        session.flush()
    _all_or_begin(session, SHIP, batch, product, now)
    return batch


def void_batch(session: Session, actor: Actor, batch_id: UUID, now: datetime) -> Batch:
    """Void all of a batch that has not been shipped: its file was lost, or is in wrong hands.

    Twice is once. What was shipped keeps its way.

    Raises:
        Forbidden, NotFound: it is not the actor's.
    """
    batch, product = _batch_for_change(session, actor, batch_id)
    if batch.voided_at is None:
        # A void unit's secrets are worth nothing: they need not be kept any longer.
        batch.voided_at, batch.sealed_seed = now, None
        session.flush()
        _all_or_begin(session, VOID, batch, product, now)
    return batch


def ship_step(session: Session, batch_id: UUID, cursor: Mapping[str, Any], now: datetime) -> Step:
    """Ship the next numbers of a batch that are still in the factory."""
    return _move_step(session, batch_id, cursor, {"state": "shipped"})


def void_step(session: Session, batch_id: UUID, cursor: Mapping[str, Any], now: datetime) -> Step:
    """Void the next numbers of a batch that are still in the factory."""
    return _move_step(session, batch_id, cursor, {"state": "void", "voided_at": now})


def _move_step(
    session: Session, batch_id: UUID, cursor: Mapping[str, Any], values: Mapping[str, Any]
) -> Step:
    batch = session.get_one(Batch, batch_id)
    first = cursor.get("next", 1)
    last = min(first + STEP - 1, batch.made)
    session.execute(
        update(Serial)
        .where(Serial.batch_id == batch_id, Serial.number.between(first, last))
        .where(Serial.state == "printed")
        .values(**values)
    )
    return Step(last, {"next": last + 1}, {"moved": last} if last == batch.made else None)


def _all_or_begin(
    session: Session, kind: str, batch: Batch, product: Product, now: datetime
) -> None:
    """Do a small batch at once; begin a task for a large one."""
    if batch.made <= STEP:
        do = ship_step if kind == SHIP else void_step
        do(session, batch.batch_id, {}, now)
    else:
        _begin(session, kind, batch, product, now)


def stop_batch(session: Session, actor: Actor, batch_id: UUID, now: datetime) -> None:
    """Stop printing a batch; what is made stays.

    Raises:
        Forbidden, NotFound: it is not the actor's.
        TaskEnded: it has finished.
    """
    _, product = _batch_for_change(session, actor, batch_id)
    task.stop(session, task_of(PRINT, batch_id), owner=owner_of(product.organisation_id), now=now)


def resume_batch(session: Session, actor: Actor, batch_id: UUID, now: datetime) -> None:
    """Let a batch that was stopped go on.

    Raises:
        Forbidden, NotFound: it is not the actor's.
        TaskEnded: it has finished.
    """
    _, product = _batch_for_change(session, actor, batch_id)
    task.resume(session, task_of(PRINT, batch_id), owner=owner_of(product.organisation_id), now=now)


def _begin(session: Session, kind: str, batch: Batch, product: Product, now: datetime) -> None:
    task.begin(
        session,
        task_of(kind, batch.batch_id),
        kind,
        owner=owner_of(product.organisation_id),
        total=batch.count,
        payload={"batch_id": str(batch.batch_id)},
        now=now,
    )


def _batch_for_change(session: Session, actor: Actor, batch_id: UUID) -> tuple[Batch, Product]:
    actor.require(Permission.LABEL_ISSUE)
    batch = session.get(Batch, batch_id, with_for_update=True)
    if batch is None:
        raise NotFound(batch=str(batch_id))
    product = _product_of(session, session.get_one(Label, batch.label_id))
    actor.require(Permission.LABEL_ISSUE, product.organisation_id)
    return batch, product


def _product_of(session: Session, label: Label) -> Product:
    footprint = session.get_one(Footprint, label.footprint_id)
    return session.get_one(Product, footprint.product_id)


def _place(batch_id: UUID) -> str:
    return f"serial seed {batch_id}"


def _unsealed(batch_id: UUID, sealed: bytes) -> bytes:
    return bytes.fromhex(vault().open(sealed, _place(batch_id)))
