"""Products and the inventories that they have now."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class Product(Base):
    """What a manufacturer makes."""

    __tablename__ = "footprint_product"
    __table_args__ = (
        CheckConstraint("mass_kg > 0", name="mass_positive"),
        CheckConstraint("gtin ~ '^[0-9]{14}$'", name="gtin_14_digits"),
        CheckConstraint(
            "(certificate_number IS NULL) = (certificate_body IS NULL)",
            name="certificate_has_body",
        ),
        CheckConstraint("county_code ~ '^[0-9]{6}$'", name="county_6_digits"),
    )

    product_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("identity_organisation.organisation_id"), index=True
    )
    name_zh: Mapped[str]
    name_en: Mapped[str]
    category: Mapped[str]
    declared_unit: Mapped[str]
    mass_kg: Mapped[Decimal]
    """Mass of one declared unit."""
    gtin: Mapped[str | None] = mapped_column(unique=True)
    county_code: Mapped[str]
    function: Mapped[str | None]
    certificate_number: Mapped[str | None]
    certificate_body: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class InventoryRow(Base):
    """The inventory that a product has now; a footprint keeps the one that it was made from."""

    __tablename__ = "footprint_inventory"

    product_id: Mapped[UUID] = mapped_column(
        ForeignKey("footprint_product.product_id"), primary_key=True
    )
    content: Mapped[dict[str, Any]]
    version: Mapped[int]
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID]
