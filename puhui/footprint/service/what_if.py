"""What a product's footprint would be if some lines were others."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.footprint import queries
from puhui.footprint.errors import NoInventory
from puhui.footprint.lifecycle import assess
from puhui.footprint.model import InventoryRow
from puhui.footprint.ruleset import BAMBOO_AR6
from puhui.footprint.service.resolving import based_on
from puhui.footprint.submission import Submitted
from puhui.footprint.whatif import Change, Difference, changed, difference
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import Invalid


def what_if(
    session: Session, actor: Actor, product_id: UUID, changes: Sequence[Change]
) -> Difference:
    """Return what the changes would make of the product's footprint; nothing is kept.

    Raises:
        Forbidden, NotFound: the product is not the actor's.
        NoInventory: it has none yet.
        Invalid: every fault of the changes, by change; or of the changed inventory, by its row.
    """
    actor.require(Permission.PRODUCT_WRITE)
    product = queries.product(session, product_id)
    actor.require(Permission.PRODUCT_WRITE, product.organisation_id)
    row = session.get(InventoryRow, product_id)
    if row is None:
        raise NoInventory(product=str(product_id))
    head = {name: value for name, value in row.content.items() if name != "lines"}
    submitted, faults = changed(row.content["lines"], head, changes)
    if faults:
        raise Invalid(faults)
    present = based_on(session, Submitted.of_json(row.content), product)
    other = based_on(session, submitted, product)
    return difference(
        (present, assess(present, BAMBOO_AR6)), (other, assess(other, BAMBOO_AR6)), BAMBOO_AR6
    )
