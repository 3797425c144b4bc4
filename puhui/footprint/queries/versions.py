"""Read the versions of footprints, and what waits for a verifier."""

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.footprint.model import Footprint, Product
from puhui.footprint.queries.products import product
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import NotFound


def footprint(session: Session, footprint_id: UUID) -> Footprint:
    """Return a version of a footprint.

    Raises:
        NotFound: there is none of this id.
    """
    found = session.get(Footprint, footprint_id)
    if found is None:
        raise NotFound(footprint=str(footprint_id))
    return found


def footprint_seen_by(session: Session, actor: Actor, footprint_id: UUID) -> Footprint:
    """Return a version to those who made it and, once handed in, to verifiers.

    Raises:
        NotFound: there is none of this id, or the actor is neither.
    """
    found = footprint(session, footprint_id)
    made = product(session, found.product_id)
    if actor.may(Permission.PRODUCT_WRITE, made.organisation_id):
        return found
    if found.state != "declared" and actor.may(Permission.FOOTPRINT_VERIFY):
        return found
    raise NotFound(footprint=str(footprint_id))


def held_of(document: dict[str, Any]) -> Decimal:
    """Return the carbon that one declared unit holds, in kg CO2."""
    return Decimal(document["result"]["carbon_held_kg"])


def footprints_of(session: Session, product_id: UUID) -> Sequence[Footprint]:
    """Return the product's footprints, newest first."""
    return session.scalars(
        select(Footprint)
        .where(Footprint.product_id == product_id)
        .order_by(Footprint.number.desc())
    ).all()


def line_count(found: Footprint) -> int:
    """Return how many lines the footprint's inventory has."""
    return len(json.loads(found.document)["inventory"]["lines"])


def queue(
    session: Session,
    *,
    not_of: Sequence[UUID],
    after: tuple[datetime, UUID] | None = None,
    most: int = 50,
) -> Sequence[tuple[Footprint, Product]]:
    """Return what waits for a verifier, longest first, but for products of `not_of`."""
    query = (
        select(Footprint, Product)
        .join(Product, Product.product_id == Footprint.product_id)
        .where(
            Footprint.state.in_(("submitted", "reviewed")), Product.organisation_id.not_in(not_of)
        )
        .order_by(Footprint.submitted_at, Footprint.footprint_id)
        .limit(most)
    )
    if after is not None:
        at, last = after
        query = query.where(
            (Footprint.submitted_at > at)
            | ((Footprint.submitted_at == at) & (Footprint.footprint_id > last))
        )
    return [(row[0], row[1]) for row in session.execute(query)]


def document_of(found: Footprint) -> dict[str, Any]:
    """Return a footprint's calculation as JSON."""
    document: dict[str, Any] = json.loads(found.document)
    return document
