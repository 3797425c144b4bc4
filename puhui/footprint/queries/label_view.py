"""Read what a label's page shows."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from puhui.footprint.label import CODE_LENGTH, LabelState, hash_of_token, read_code, state_at
from puhui.footprint.model import Batch, Footprint, Label, Product, Serial
from puhui.identity.queries import OrganisationCard, organisation
from puhui.kernel.errors import NotFound


@dataclass(frozen=True)
class LabelView:
    """Everything that a label's page shows."""

    label: Label
    footprint: Footprint
    product: Product
    maker: OrganisationCard
    verifier: OrganisationCard | None
    """Nobody, of a label that its maker alone declares."""
    state: LabelState
    document: dict[str, Any]
    history: Sequence[Footprint]
    serial_code: str | None
    """The unit's own code, when that is what was scanned."""


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
    """Return the label of a footprint, if it has one; the verified one before the declared."""
    return session.scalar(
        select(Label)
        .where(Label.footprint_id == footprint_id)
        .order_by(Label.basis.desc())
        .limit(1)
    )


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


def label_of_gtin(session: Session, gtin: str, now: datetime) -> LabelView:
    """Return the label of the product with this GTIN: of several one that holds before one
    that has ended, one that was verified before one that was not, and then the newest.

    Raises:
        NotFound: no product has it, or the product never had a label.
    """
    found = session.scalar(
        select(Label)
        .join(Footprint, Footprint.footprint_id == Label.footprint_id)
        .join(Product, Product.product_id == Footprint.product_id)
        .where(Product.gtin == gtin)
        .order_by(
            (Label.withdrawn_at.is_(None) & (Label.expires_at > now)).desc(),
            Label.basis.desc(),
            Label.issued_at.desc(),
            Label.label_id,
        )
        .limit(1)
    )
    if found is None:
        raise NotFound(gtin=gtin)
    return view_of(session, found, now)


def view_of(
    session: Session, found: Label, now: datetime, serial_code: str | None = None
) -> LabelView:
    """Return everything about a label that its page shows."""
    made = session.get_one(Footprint, found.footprint_id)
    of = session.get_one(Product, made.product_id)
    maker = organisation(session, of.organisation_id)
    assert maker is not None, of
    verifier = None
    if found.basis == "verified":
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
