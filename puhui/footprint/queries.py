"""Read products, footprints, labels."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from puhui.footprint.label import CODE_LENGTH, LabelState, hash_of_token, read_code, state_at
from puhui.footprint.model import Batch, Footprint, InventoryRow, Label, Product, Serial
from puhui.identity.queries import OrganisationCard, organisation
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import NotFound


@dataclass(frozen=True)
class LabelView:
    """Everything that a label's page shows."""

    label: Label
    footprint: Footprint
    product: Product
    maker: OrganisationCard
    verifier: OrganisationCard
    state: LabelState
    document: dict[str, Any]
    history: Sequence[Footprint]
    serial_code: str | None
    """The unit's own code, when that is what was scanned."""


@dataclass(frozen=True)
class LabelRow:
    """A label in the public list."""

    label_id: UUID
    code: str
    name_zh: str
    name_en: str
    category: str
    county_code: str
    maker: str
    maker_en: str | None
    footprint_kg: Decimal
    declared_unit: str
    reach: str
    carbon_held_kg: Decimal
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class BatchRow:
    """A batch with how many of its serials are sold, claimed, void."""

    batch_id: UUID
    count: int
    printed_at: datetime
    shipped_at: datetime | None
    sold: int
    claimed: int
    void: int


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
        .where(Footprint.state == "submitted", Product.organisation_id.not_in(not_of))
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


def label(session: Session, label_id: UUID) -> Label:
    """Return a label.

    Raises:
        NotFound: there is none of this id.
    """
    found = session.get(Label, label_id)
    if found is None:
        raise NotFound(label=str(label_id))
    return found


def label_of_footprint(session: Session, footprint_id: UUID) -> Label | None:
    """Return the label of a footprint, if it has one."""
    return session.scalar(select(Label).where(Label.footprint_id == footprint_id))


@dataclass(frozen=True)
class Glance:
    """As much of a label as tells whether its page has changed."""

    label: Label
    serial_code: str | None
    state: LabelState
    newest: int
    """Number of the product's newest verified footprint."""


def glance(session: Session, written: str, pepper: str, now: datetime) -> Glance:
    """Return the label whose own code this is, or the code of one of its units, in one query.

    Raises:
        NotFound: neither.
    """
    code = read_code(written)
    if code is None or len(code) != CODE_LENGTH:
        raise NotFound(label=written[:40])
    sibling = aliased(Footprint)
    newest = (
        select(func.max(sibling.number))
        .where(sibling.product_id == Footprint.product_id, sibling.state == "verified")
        .scalar_subquery()
    )
    query = select(Label, newest).join(Footprint, Footprint.footprint_id == Label.footprint_id)
    row = session.execute(query.where(Label.code == code)).first()
    serial_code = None
    if row is None:
        of_unit = (
            query.join(Batch, Batch.label_id == Label.label_id)
            .join(Serial, Serial.batch_id == Batch.batch_id)
            .where(Serial.token_hash == hash_of_token(pepper, code))
        )
        row, serial_code = session.execute(of_unit).first(), code
    if row is None:
        raise NotFound(label=code)
    found, number = row
    return Glance(
        found, serial_code, state_at(now, found.expires_at, found.withdrawn_at), number or 0
    )


def label_by_code(session: Session, written: str, pepper: str, now: datetime) -> LabelView:
    """Return everything about the label whose own code this is, or the code of one of its units.

    Raises:
        NotFound: neither.
    """
    found = glance(session, written, pepper, now)
    return view_of(session, found.label, now, found.serial_code)


def document_of(found: Footprint) -> dict[str, Any]:
    """Return a footprint's calculation as JSON."""
    document: dict[str, Any] = json.loads(found.document)
    return document


def view_of(
    session: Session, found: Label, now: datetime, serial_code: str | None = None
) -> LabelView:
    """Return everything about a label that its page shows."""
    made = session.get_one(Footprint, found.footprint_id)
    of = session.get_one(Product, made.product_id)
    maker = organisation(session, of.organisation_id)
    assert maker is not None, of
    assert made.verifier_organisation_id is not None, made
    verifier = organisation(session, made.verifier_organisation_id)
    assert verifier is not None, made
    history = session.scalars(
        select(Footprint)
        .where(Footprint.product_id == of.product_id, Footprint.state == "verified")
        .order_by(Footprint.number.desc())
        .limit(10)
    ).all()
    return LabelView(
        label=found,
        footprint=made,
        product=of,
        maker=maker,
        verifier=verifier,
        state=state_at(now, found.expires_at, found.withdrawn_at),
        document=json.loads(made.document),
        history=history,
        serial_code=serial_code,
    )


def batches_of(session: Session, label_id: UUID) -> Sequence[BatchRow]:
    """Return the label's batches with how many of their serials are in each state."""
    rows = session.execute(
        select(
            Batch.batch_id,
            Batch.count,
            Batch.printed_at,
            Batch.shipped_at,
            func.count().filter(Serial.state == "sold"),
            func.count().filter(Serial.state == "claimed"),
            func.count().filter(Serial.state == "void"),
        )
        .join(Serial, Serial.batch_id == Batch.batch_id)
        .where(Batch.label_id == label_id)
        .group_by(Batch.batch_id)
        .order_by(Batch.printed_at, Batch.batch_id)
    )
    return [BatchRow(*row) for row in rows]


def labels(
    session: Session,
    now: datetime,
    *,
    text: str | None = None,
    category: str | None = None,
    county_code: str | None = None,
    after: tuple[datetime, UUID] | None = None,
    most: int = 50,
) -> Sequence[LabelRow]:
    """Return the labels that hold at `now`, newest first: the public list."""
    query = (
        select(Label, Footprint, Product)
        .join(Footprint, Footprint.footprint_id == Label.footprint_id)
        .join(Product, Product.product_id == Footprint.product_id)
        .where(Label.withdrawn_at.is_(None), Label.expires_at > now, Footprint.state == "verified")
        .order_by(Label.issued_at.desc(), Label.label_id.desc())
        .limit(most)
    )
    if text:
        query = query.where(
            Product.name_zh.icontains(text, autoescape=True)
            | Product.name_en.icontains(text, autoescape=True)
        )
    if category is not None:
        query = query.where(Product.category == category)
    if county_code is not None:
        query = query.where(Product.county_code == county_code)
    if after is not None:
        at, last = after
        query = query.where(
            (Label.issued_at < at) | ((Label.issued_at == at) & (Label.label_id < last))
        )
    return [_row(session, *found) for found in session.execute(query)]


def _row(session: Session, found: Label, made: Footprint, of: Product) -> LabelRow:
    maker = organisation(session, of.organisation_id)
    assert maker is not None, of
    result = json.loads(made.document)["result"]
    return LabelRow(
        label_id=found.label_id,
        code=found.code,
        name_zh=of.name_zh,
        name_en=of.name_en,
        category=of.category,
        county_code=of.county_code,
        maker=maker.name,
        maker_en=maker.name_en,
        footprint_kg=made.footprint_kg,
        declared_unit=result["declared_unit"],
        reach=result["reach"],
        carbon_held_kg=held_of({"result": result}),
        issued_at=found.issued_at,
        expires_at=found.expires_at,
    )
