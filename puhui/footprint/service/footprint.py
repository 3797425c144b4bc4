"""Footprints: computed, declared, handed in, verified or refused."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from puhui.footprint import queries
from puhui.footprint.calculation import Calculation, calculate
from puhui.footprint.errors import NameTaken, NoInventory, OwnProduct
from puhui.footprint.inventory import Submitted
from puhui.footprint.model import Footprint, InventoryRow, Product
from puhui.footprint.ruleset import BAMBOO_AR6
from puhui.footprint.service.product import product_for_change
from puhui.footprint.service.resolving import based_on
from puhui.footprint.verdict import Reason, Verdict
from puhui.identity.queries import organisation
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import Fault, Invalid, NotFound
from puhui.kernel.text import N_
from puhui.outbox.service import publish
from puhui.register.service import record


def preview(session: Session, actor: Actor, product_id: UUID) -> Calculation:
    """Return what the product's present inventory comes to, without keeping it.

    Raises:
        Forbidden, NotFound: the product is not the actor's.
        NoInventory: it has none yet.
        Invalid: a factor that it uses was withdrawn since.
    """
    return _calculation(session, product_for_change(session, actor, product_id))


def declare_footprint(
    session: Session, actor: Actor, footprint_id: UUID, product_id: UUID, now: datetime
) -> Footprint:
    """Keep a version of the product's footprint, computed from its present inventory. Once.

    Raises:
        Forbidden, NotFound: the product is not the actor's.
        NoInventory: it has none yet.
        NameTaken: the id is a footprint of another product.
        Invalid: a factor that it uses was withdrawn since.
    """
    product = product_for_change(session, actor, product_id)
    footprint = session.get(Footprint, footprint_id)
    if footprint is not None:
        if footprint.product_id != product_id:
            raise NameTaken(footprint=str(footprint_id))
        return footprint
    calculation = _calculation(session, product)
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
    return footprint


def submit_footprint(
    session: Session, actor: Actor, footprint_id: UUID, now: datetime
) -> Footprint:
    """Hand a footprint to verifiers. Twice is once.

    Raises:
        Forbidden, NotFound: it is not the actor's.
    """
    actor.require(Permission.PRODUCT_WRITE)
    footprint = _locked(session, footprint_id)
    product = session.get_one(Product, footprint.product_id)
    actor.require(Permission.PRODUCT_WRITE, product.organisation_id)
    if footprint.state == "declared":
        footprint.submit(now)
        publish(session, "footprint.submitted", now, footprint_id=str(footprint_id))
        session.flush()
    return footprint


def decide_footprint(
    session: Session,
    actor: Actor,
    footprint_id: UUID,
    verdict: Verdict,
    reasons: Sequence[Reason],
    now: datetime,
) -> Footprint:
    """Verify a footprint, or refuse it with reasons by line. The same again changes nothing.

    Raises:
        Forbidden: the actor verifies nothing.
        NotFound: no such footprint.
        OwnProduct: the actor belongs to the organisation that made the product.
        NotSubmitted, AlreadyDecided: it is not waiting for a decision.
        Invalid: a refusal without a reason, or a reason for a line that is not there.
    """
    actor.require(Permission.FOOTPRINT_VERIFY)
    footprint = _locked(session, footprint_id)
    product = session.get_one(Product, footprint.product_id)
    if any(member.organisation_id == product.organisation_id for member in actor.memberships):
        raise OwnProduct(footprint=str(footprint_id))
    _check(footprint, verdict, reasons)
    kept = [{"row": reason.row, "reason": reason.reason} for reason in reasons]
    verifier = min(actor.organisations(Permission.FOOTPRINT_VERIFY))
    if footprint.decide(str(verdict), actor.person_id, verifier, kept or None, now):
        session.flush()
        ids = {"footprint_id": str(footprint_id), "product_id": str(product.product_id)}
        publish(session, f"footprint.{verdict}", now, **ids)
        if verdict is Verdict.VERIFIED:
            facts = {"sha256": footprint.sha256, "verifier": str(verifier)}
            record(session, "footprint_verified", str(footprint_id), facts, now)
    return footprint


def _check(footprint: Footprint, verdict: Verdict, reasons: Sequence[Reason]) -> None:
    faults = []
    if verdict is Verdict.REFUSED and not reasons:
        faults.append(Fault("no_reason", N_("不予通过须写明原因"), field="reasons"))
    lines = queries.line_count(footprint)
    for index, reason in enumerate(reasons, start=1):
        if reason.row is not None and not 1 <= reason.row <= lines:
            faults.append(Fault("no_such_line", N_("清单没有这一行"), index, "row"))
    if faults:
        raise Invalid(faults)


def _locked(session: Session, footprint_id: UUID) -> Footprint:
    footprint = session.get(Footprint, footprint_id, with_for_update=True)
    if footprint is None:
        raise NotFound(footprint=str(footprint_id))
    return footprint


def _calculation(session: Session, product: Product) -> Calculation:
    row = session.get(InventoryRow, product.product_id)
    if row is None:
        raise NoInventory(product=str(product.product_id))
    based = based_on(session, Submitted.of_json(row.content), product)
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
    }
    return calculate(based, BAMBOO_AR6, described)
