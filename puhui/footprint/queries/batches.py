"""Read batches of serials."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from puhui.footprint.batch import PRINT, SHIP, VOID, owner_of, task_of
from puhui.footprint.label import SerialState
from puhui.footprint.model import Batch, Footprint, Label, Product, Serial
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import NotFound
from puhui.outbox import queries as outbox
from puhui.outbox.queries import TaskSeen


@dataclass(frozen=True)
class BatchCard:
    """A batch as its maker sees it."""

    batch: Batch
    label: Label
    product: Product
    states: Mapping[SerialState, int]
    """How many of its serials are in each state; none is left out."""
    printing: TaskSeen | None
    """How far the print job is; none for what was printed before there were jobs."""
    moving: TaskSeen | None
    """How far shipping or voiding a large batch is."""


def batch_card(session: Session, actor: Actor, batch_id: UUID) -> BatchCard:
    """Return a batch to those who make its product.

    Raises:
        Forbidden: the actor makes nothing.
        NotFound: there is none of this id, or it is not theirs.
    """
    actor.require(Permission.LABEL_ISSUE)
    batch = session.get(Batch, batch_id)
    if batch is None:
        raise NotFound(batch=str(batch_id))
    label = session.get_one(Label, batch.label_id)
    made = session.get_one(Footprint, label.footprint_id)
    product = session.get_one(Product, made.product_id)
    actor.require(Permission.LABEL_ISSUE, product.organisation_id)
    counted = session.execute(
        select(Serial.state, func.count()).where(Serial.batch_id == batch_id).group_by(Serial.state)
    )
    states = dict.fromkeys(SerialState, 0) | {SerialState(name): n for name, n in counted}
    kind = VOID if batch.voided_at else SHIP
    owner = owner_of(product.organisation_id)
    return BatchCard(
        batch,
        label,
        product,
        states,
        _task(session, PRINT, batch_id, owner),
        _task(session, kind, batch_id, owner),
    )


def _task(session: Session, kind: str, batch_id: UUID, owner: str) -> TaskSeen | None:
    try:
        return outbox.task(session, task_of(kind, batch_id), owner)
    except NotFound:
        return None


def batches_of(session: Session, label_id: UUID) -> Sequence[Batch]:
    """Return the label's batches, the oldest first."""
    return session.scalars(
        select(Batch).where(Batch.label_id == label_id).order_by(Batch.printed_at, Batch.batch_id)
    ).all()
