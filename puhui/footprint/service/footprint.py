"""Footprints: computed, and kept as a version."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from puhui.footprint.calculation import Calculation, calculate
from puhui.footprint.errors import NameTaken, NoInventory
from puhui.footprint.model import Citation, Footprint, InventoryRow, Product
from puhui.footprint.ruleset import BAMBOO_AR6, RULESETS, Ruleset
from puhui.footprint.service.product import product_for_change
from puhui.footprint.service.resolving import based_on
from puhui.footprint.submission import Submitted
from puhui.identity.queries import organisation
from puhui.kernel.actor import Actor


def preview(
    session: Session, actor: Actor, product_id: UUID, ruleset: Ruleset = BAMBOO_AR6
) -> Calculation:
    """Return what the product's present inventory comes to, without keeping it.

    Raises:
        Forbidden, NotFound: the product is not the actor's.
        NoInventory: it has none yet.
        Invalid: a factor that it uses was withdrawn since.
    """
    return _calculation(session, product_for_change(session, actor, product_id), ruleset)


def declare_footprint(
    session: Session,
    actor: Actor,
    footprint_id: UUID,
    product_id: UUID,
    now: datetime,
    ruleset: Ruleset = BAMBOO_AR6,
) -> Footprint:
    """Keep a version of the product's footprint, computed from its present inventory. Once.

    Raises:
        Forbidden, NotFound: the product is not the actor's.
        NoInventory: it has none yet.
        NameTaken: the id is a footprint of another product, or by other weights.
        Invalid: a factor that it uses was withdrawn since.
    """
    product = product_for_change(session, actor, product_id)
    footprint = session.get(Footprint, footprint_id)
    if footprint is not None:
        weights = RULESETS[footprint.ruleset].gwp
        if footprint.product_id != product_id or weights != ruleset.gwp:
            raise NameTaken(footprint=str(footprint_id))
        return footprint
    calculation = _calculation(session, product, ruleset)
    number = session.scalar(
        select(func.coalesce(func.max(Footprint.number), 0)).where(
            Footprint.product_id == product_id
        )
    )
    footprint = Footprint(
        footprint_id=footprint_id,
        product_id=product_id,
        number=(number or 0) + 1,
        document=calculation.text,
        sha256=calculation.sha256,
        ruleset=calculation.ruleset.id,
        footprint_kg=calculation.assessment.total.counted,
        state="declared",
        declared_at=now,
        declared_by=actor.person_id,
    )
    session.add(footprint)
    session.flush()
    session.add_all(
        Citation(citation=citation, footprint_id=footprint_id)
        for citation in calculation.based.factors
    )
    session.flush()
    return footprint


def _calculation(session: Session, product: Product, ruleset: Ruleset) -> Calculation:
    row = session.get(InventoryRow, product.product_id)
    if row is None:
        raise NoInventory(product=str(product.product_id))
    based = based_on(session, Submitted.of_json(row.content), product, ruleset)
    maker = organisation(session, product.organisation_id)
    assert maker is not None, product.organisation_id
    described = {
        "id": str(product.product_id),
        "name_zh": product.name_zh,
        "name_en": product.name_en,
        "category": product.category,
        "county_code": product.county_code,
        "maker": maker.name,
        "maker_uscc": maker.uscc,
        **({"gtin": product.gtin} if product.gtin else {}),
        **({"function": product.function} if product.function else {}),
    }
    return calculate(based, ruleset, described)
