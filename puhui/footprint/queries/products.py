"""Read products and their inventories."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.footprint.model import InventoryRow, Product
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import NotFound


def product(session: Session, product_id: UUID) -> Product:
    """Return a product.

    Raises:
        NotFound: there is none of this id.
    """
    found = session.get(Product, product_id)
    if found is None:
        raise NotFound(product=str(product_id))
    return found


def product_seen_by(session: Session, actor: Actor, product_id: UUID) -> Product:
    """Return a product to those who make it, and to verifiers.

    Raises:
        NotFound: there is none of this id, or the actor is neither.
    """
    found = product(session, product_id)
    if not (
        actor.may(Permission.PRODUCT_WRITE, found.organisation_id)
        or actor.may(Permission.FOOTPRINT_VERIFY)
    ):
        raise NotFound(product=str(product_id))
    return found


def products_of(
    session: Session,
    organisations: Sequence[UUID],
    *,
    after: UUID | None = None,
    most: int = 50,
) -> Sequence[Product]:
    """Return the products of some organisations by id, beginning after `after`."""
    query = (
        select(Product)
        .where(Product.organisation_id.in_(organisations))
        .order_by(Product.product_id)
        .limit(most)
    )
    if after is not None:
        query = query.where(Product.product_id > after)
    return session.scalars(query).all()


def inventory_of(session: Session, product_id: UUID) -> InventoryRow | None:
    """Return the product's present inventory, if it has one."""
    return session.get(InventoryRow, product_id)
