"""What a maker says has changed, so that a label no longer describes the product."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.footprint.errors import NameTaken
from puhui.footprint.model import ProductChange
from puhui.footprint.service.ending import end_labels_of
from puhui.footprint.service.product import product_for_change
from puhui.footprint.validity import Change, Ground
from puhui.kernel.actor import Actor


def declare_change(
    session: Session,
    actor: Actor,
    change_id: UUID,
    product_id: UUID,
    kind: Change,
    note: str,
    now: datetime,
) -> ProductChange:
    """Note that a product is made otherwise from now on; its labels end. Twice is once.

    Raises:
        Forbidden, NotFound: the product is not the actor's.
        NameTaken: the id is another change.
    """
    product_for_change(session, actor, product_id)
    change = session.get(ProductChange, change_id)
    if change is not None:
        if (change.product_id, change.kind, change.note) != (product_id, str(kind), note):
            raise NameTaken(change=str(change_id))
        return change
    change = ProductChange(
        change_id=change_id,
        product_id=product_id,
        kind=str(kind),
        note=note,
        declared_by=actor.person_id,
        declared_at=now,
    )
    session.add(change)
    session.flush()
    end_labels_of(session, product_id, Ground(kind), note, now)
    return change
