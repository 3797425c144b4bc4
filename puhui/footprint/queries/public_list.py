"""Read the public list of labels."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.footprint.model import Footprint, Label, Product
from puhui.footprint.queries.versions import held_of
from puhui.identity.queries import organisation


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
