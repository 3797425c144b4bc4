"""Products and their inventories."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.footprint.claims import claim_in
from puhui.footprint.errors import NameTaken
from puhui.footprint.model import InventoryRow, Product
from puhui.footprint.product import Category, ProductDraft
from puhui.footprint.service.ending import end_labels_of
from puhui.footprint.service.resolving import based_on
from puhui.footprint.submission import Submitted, as_submitted
from puhui.footprint.substitution import Function
from puhui.footprint.validity import Ground
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import Fault, Invalid, NotFound
from puhui.kernel.text import N_


def register_product(
    session: Session,
    actor: Actor,
    product_id: UUID,
    organisation_id: UUID,
    draft: ProductDraft,
    now: datetime,
) -> Product:
    """Register a product of an organisation. The same again changes nothing.

    Raises:
        Forbidden, NotFound: the actor does not make products for this organisation.
        NameTaken: the id is another product, or this one as it no longer is.
        Invalid: another product has the GTIN, a name claims neutrality, or half a certificate.
    """
    actor.require(Permission.PRODUCT_WRITE, organisation_id)
    product = session.get(Product, product_id)
    if product is None:
        _check(session, draft, product_id)
        product = Product(
            product_id=product_id,
            organisation_id=organisation_id,
            **_columns(draft),
            version=1,
            created_at=now,
            changed_at=now,
        )
        session.add(product)
        session.flush()
    elif product.organisation_id != organisation_id or draft_of(product) != draft:
        raise NameTaken(product=str(product_id))
    return product


def product_for_change(session: Session, actor: Actor, product_id: UUID) -> Product:
    """Return the product, locked, to one who may change it.

    Raises:
        Forbidden, NotFound: no such product, or it is not theirs.
    """
    actor.require(Permission.PRODUCT_WRITE)
    product = session.get(Product, product_id, with_for_update=True)
    if product is None:
        raise NotFound(product=str(product_id))
    actor.require(Permission.PRODUCT_WRITE, product.organisation_id)
    return product


def change_product(
    session: Session, actor: Actor, product_id: UUID, draft: ProductDraft, now: datetime
) -> Product:
    """Describe a product anew. Footprints that it has keep what they were made from.

    A product that is made in another county is made at another site: its labels end.

    Raises:
        Forbidden, NotFound: as for `product_for_change`.
        Invalid: as for `register_product`.
    """
    product = product_for_change(session, actor, product_id)
    if draft_of(product) != draft:
        _check(session, draft, product_id)
        if product.county_code != draft.county_code:
            moved = f"{product.county_code} → {draft.county_code}"
            end_labels_of(session, product_id, Ground.SITE, moved, now)
        for name, value in _columns(draft).items():
            setattr(product, name, value)
        product.version += 1
        product.changed_at = now
        session.flush()
    return product


def put_inventory(
    session: Session, actor: Actor, product_id: UUID, submitted: Submitted, now: datetime
) -> InventoryRow:
    """Keep an inventory as the product's present one. The same again changes nothing.

    Raises:
        Forbidden, NotFound: the product is not the actor's.
        Invalid: every fault at once, by row; nothing is changed.
    """
    product = product_for_change(session, actor, product_id)
    content = as_submitted(based_on(session, submitted, product).inventory)
    row = session.get(InventoryRow, product_id)
    if row is None:
        row = InventoryRow(
            product_id=product_id,
            content=content,
            version=1,
            changed_at=now,
            changed_by=actor.person_id,
        )
        session.add(row)
    elif row.content != content:
        row.content, row.version = content, row.version + 1
        row.changed_at, row.changed_by = now, actor.person_id
    session.flush()
    return row


def draft_of(product: Product) -> ProductDraft:
    """Return the product as its maker described it."""
    return ProductDraft(
        name_zh=product.name_zh,
        name_en=product.name_en,
        category=Category(product.category),
        declared_unit=product.declared_unit,
        mass_kg=product.mass_kg,
        county_code=product.county_code,
        gtin=product.gtin,
        function=Function(product.function) if product.function else None,
        certificate_number=product.certificate_number,
        certificate_body=product.certificate_body,
    )


def _columns(draft: ProductDraft) -> dict[str, object]:
    function = str(draft.function) if draft.function else None
    return {**asdict(draft), "category": str(draft.category), "function": function}


def _check(session: Session, draft: ProductDraft, product_id: UUID) -> None:
    faults = [
        Fault("claim", N_("产品名称不能含“%(claim)s”"), field=field, values={"claim": claim})
        for field in ("name_zh", "name_en")
        if (claim := claim_in(getattr(draft, field))) is not None
    ]
    if (draft.certificate_number is None) != (draft.certificate_body is None):
        field = "certificate_body" if draft.certificate_number else "certificate_number"
        faults.append(Fault("certificate_half", N_("认证证书须同时填编号和机构"), field=field))
    if faults:
        raise Invalid(faults)
    _refuse_foreign_gtin(session, draft, product_id)


def _refuse_foreign_gtin(session: Session, draft: ProductDraft, product_id: UUID) -> None:
    if draft.gtin is None:
        return
    other = session.scalar(
        select(Product.product_id).where(
            Product.gtin == draft.gtin, Product.product_id != product_id
        )
    )
    if other is not None:
        raise Invalid([Fault("gtin_taken", N_("另一个产品已使用这个商品条码"), field="gtin")])
