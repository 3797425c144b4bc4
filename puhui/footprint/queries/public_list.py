"""Read the public list of labels: those that hold and were verified, one for each product."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, tuple_
from sqlalchemy.orm import Session, aliased

from puhui.footprint.inventory import Reach
from puhui.footprint.listing import is_zero_carbon
from puhui.footprint.model import Footprint, Label, Product
from puhui.footprint.queries.versions import held_of
from puhui.identity.queries import OrganisationCard, organisations, organisations_called
from puhui.kernel.county import counties_called, county_name


@dataclass(frozen=True)
class LabelFilter:
    """Which of the labels somebody looks for."""

    text: str | None = None
    """In a name of the product."""
    category: str | None = None
    county_code: str | None = None
    county: str | None = None
    """In the name of the county, or its code."""
    maker: str | None = None
    """In a name of the maker, or its whole USCC."""


EVERY_LABEL = LabelFilter()


@dataclass(frozen=True)
class LabelRow:
    """A label in the public list."""

    label_id: UUID
    code: str
    url: str
    name_zh: str
    name_en: str
    category: str
    county_code: str
    gtin: str | None
    maker: str
    maker_en: str | None
    verifier: str
    verifier_en: str | None
    footprint_kg: Decimal
    declared_unit: str
    reach: str
    zero_carbon: bool
    carbon_held_kg: Decimal
    issued_at: datetime
    expires_at: datetime

    @property
    def county(self) -> str:
        """The name of the county where it is made."""
        return county_name(self.county_code)


def is_in_force(label: type[Label], now: datetime) -> ColumnElement[bool]:
    """Whether a label stands on a verifier's word and has neither ended nor expired."""
    return label.withdrawn_at.is_(None) & (label.expires_at > now) & (label.basis == "verified")


def has_successor(now: datetime) -> ColumnElement[bool]:
    """Whether the product of a `Label` of a `Footprint` has a newer label in force."""
    newer, newer_made = aliased(Label), aliased(Footprint)
    return exists().where(
        newer_made.product_id == Footprint.product_id,
        newer.footprint_id == newer_made.footprint_id,
        is_in_force(newer, now),
        tuple_(newer.issued_at, newer.label_id) > tuple_(Label.issued_at, Label.label_id),
    )


def labels(
    session: Session,
    now: datetime,
    looked_for: LabelFilter = EVERY_LABEL,
    *,
    after: tuple[datetime, UUID] | None = None,
    most: int = 50,
) -> Sequence[LabelRow]:
    """Return the public list at `now`, newest first.

    It has exactly the verified labels that hold; of a product with several, the newest.
    """
    query = (
        select(Label, Footprint, Product)
        .join(Footprint, Footprint.footprint_id == Label.footprint_id)
        .join(Product, Product.product_id == Footprint.product_id)
        .where(is_in_force(Label, now), ~has_successor(now))
        .order_by(Label.issued_at.desc(), Label.label_id.desc())
        .limit(most)
    )
    if looked_for.text:
        query = query.where(
            Product.name_zh.icontains(looked_for.text, autoescape=True)
            | Product.name_en.icontains(looked_for.text, autoescape=True)
        )
    if looked_for.category is not None:
        query = query.where(Product.category == looked_for.category)
    if looked_for.county_code is not None:
        query = query.where(Product.county_code == looked_for.county_code)
    if looked_for.county is not None:
        query = query.where(Product.county_code.in_(counties_called(looked_for.county)))
    if looked_for.maker:
        query = query.where(Product.organisation_id.in_(organisations_called(looked_for.maker)))
    if after is not None:
        query = query.where(tuple_(Label.issued_at, Label.label_id) < tuple_(*after))
    found = session.execute(query).all()
    names = {name for _, made, of in found for name in (of.organisation_id, _verifier_of(made))}
    cards = organisations(session, names)
    return [_row(cards, *row) for row in found]


def _verifier_of(made: Footprint) -> UUID:
    assert made.verifier_organisation_id is not None, made
    return made.verifier_organisation_id


def _row(
    cards: Mapping[UUID, OrganisationCard], found: Label, made: Footprint, of: Product
) -> LabelRow:
    maker, verifier = cards[of.organisation_id], cards[_verifier_of(made)]
    document = json.loads(made.document)
    # What was verified, under the names that it had then.
    result, product = document["result"], document["product"]
    return LabelRow(
        label_id=found.label_id,
        code=found.code,
        url=found.url,
        name_zh=product["name_zh"],
        name_en=product["name_en"],
        category=of.category,
        county_code=of.county_code,
        gtin=of.gtin,
        maker=maker.name,
        maker_en=maker.name_en,
        verifier=verifier.name,
        verifier_en=verifier.name_en,
        footprint_kg=made.footprint_kg,
        declared_unit=result["declared_unit"],
        reach=result["reach"],
        zero_carbon=is_zero_carbon(made.footprint_kg, Reach(result["reach"])),
        carbon_held_kg=held_of(document),
        issued_at=found.issued_at,
        expires_at=found.expires_at,
    )
