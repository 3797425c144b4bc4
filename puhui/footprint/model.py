"""Products, inventories, footprints, labels, serials: state, and the transitions they allow."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base
from puhui.footprint.errors import AlreadyDecided, NotSubmitted, WrongState
from puhui.footprint.label import SerialState


class Product(Base):
    """What a manufacturer makes."""

    __tablename__ = "footprint_product"
    __table_args__ = (
        CheckConstraint("mass_kg > 0", name="mass_positive"),
        CheckConstraint("gtin ~ '^[0-9]{14}$'", name="gtin_14_digits"),
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


class Footprint(Base):
    """One version of a product's footprint. What was computed never changes."""

    __tablename__ = "footprint_footprint"
    __table_args__ = (
        UniqueConstraint("product_id", "number"),
        CheckConstraint(
            "state IN ('declared', 'submitted', 'verified', 'refused')", name="state_known"
        ),
        CheckConstraint("(state = 'declared') = (submitted_at IS NULL)", name="submitted_dated"),
        CheckConstraint(
            "(state IN ('verified', 'refused')) = (decided_at IS NOT NULL)", name="decision_dated"
        ),
        CheckConstraint(
            "(decided_at IS NULL) = (verifier_id IS NULL)", name="decision_has_verifier"
        ),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_hex"),
        Index(
            "ix_footprint_footprint_queue",
            "submitted_at",
            postgresql_where=text("state = 'submitted'"),
        ),
    )

    footprint_id: Mapped[UUID] = mapped_column(primary_key=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("footprint_product.product_id"))
    number: Mapped[int]
    document: Mapped[str]
    """Canonical JSON, exactly the bytes that `sha256` is of."""
    sha256: Mapped[str]
    ruleset: Mapped[str]
    footprint_kg: Mapped[Decimal]
    state: Mapped[str] = mapped_column(server_default=text("'declared'"))
    declared_at: Mapped[datetime]
    declared_by: Mapped[UUID]
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    verifier_id: Mapped[UUID | None]
    verifier_organisation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("identity_organisation.organisation_id")
    )
    reasons: Mapped[list[Any] | None]
    """Of a refusal: [{"row": 3, "reason": "…"}, …]; row null for the whole."""

    def submit(self, now: datetime) -> None:
        """Hand the footprint to verifiers. Once."""
        if self.state == "declared":
            self.state, self.submitted_at = "submitted", now

    def decide(
        self,
        state: str,
        verifier_id: UUID,
        organisation_id: UUID,
        reasons: list[Any] | None,
        now: datetime,
    ) -> bool:
        """Verify or refuse it; return whether that is news.

        Raises:
            NotSubmitted: nobody has handed it in.
            AlreadyDecided: it has another decision.
        """
        if self.state == "declared":
            raise NotSubmitted(footprint=str(self.footprint_id))
        if self.state == state and self.reasons == reasons:
            return False
        if self.state != "submitted":
            raise AlreadyDecided(footprint=str(self.footprint_id), state=self.state)
        self.state, self.decided_at, self.reasons = state, now, reasons
        self.verifier_id, self.verifier_organisation_id = verifier_id, organisation_id
        return True


class Label(Base):
    """A carbon label for one verified footprint."""

    __tablename__ = "footprint_label"
    __table_args__ = (
        CheckConstraint("expires_at > issued_at", name="expires_after_issue"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name="withdrawal_has_reason"
        ),
        CheckConstraint("code ~ '^[0-9A-Z]{26}$'", name="code_26_characters"),
    )

    label_id: Mapped[UUID] = mapped_column(primary_key=True)
    footprint_id: Mapped[UUID] = mapped_column(
        ForeignKey("footprint_footprint.footprint_id"), unique=True
    )
    code: Mapped[str] = mapped_column(unique=True)
    url: Mapped[str]
    qr_svg: Mapped[str]
    """Drawn once: drawing it on each request would cost the page most of its speed."""
    issued_at: Mapped[datetime]
    issued_by: Mapped[UUID]
    expires_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None]


class Batch(Base):
    """Serials printed together. Their secrets left when it was made and are not here."""

    __tablename__ = "footprint_batch"
    __table_args__ = (CheckConstraint("count BETWEEN 1 AND 1000000", name="count_in_range"),)

    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    label_id: Mapped[UUID] = mapped_column(ForeignKey("footprint_label.label_id"), index=True)
    count: Mapped[int]
    printed_at: Mapped[datetime]
    printed_by: Mapped[UUID]
    shipped_at: Mapped[datetime | None]


class Serial(Base):
    """One unit of a product: printed → shipped → sold → claimed, or void."""

    __tablename__ = "footprint_serial"
    __table_args__ = (
        UniqueConstraint("batch_id", "number"),
        CheckConstraint(
            "state IN ('printed', 'shipped', 'sold', 'claimed', 'void')", name="state_known"
        ),
        CheckConstraint(
            "(state IN ('sold', 'claimed')) <= (sold_at IS NOT NULL AND sold_by IS NOT NULL)",
            name="sale_dated",
        ),
        CheckConstraint(
            "(state = 'claimed') = (claimed_at IS NOT NULL)"
            " AND (claimed_at IS NULL) = (claimant_id IS NULL)",
            name="claimed_by_somebody",
        ),
        CheckConstraint("(state = 'void') = (voided_at IS NOT NULL)", name="void_dated"),
        Index("ix_footprint_serial_claimant", "claimant_id", "claimed_at"),
    )

    serial_id: Mapped[UUID] = mapped_column(primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("footprint_batch.batch_id"))
    number: Mapped[int]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    pin_hash: Mapped[bytes]
    """HMAC of token and PIN together: a PIN is worth nothing with another token."""
    state: Mapped[str] = mapped_column(server_default=text("'printed'"))
    sold_at: Mapped[datetime | None]
    sold_by: Mapped[UUID | None]
    claimed_at: Mapped[datetime | None]
    claimant_id: Mapped[UUID | None]
    voided_at: Mapped[datetime | None]

    def _move(self, onto: SerialState) -> None:
        if not SerialState(self.state).may_become(onto):
            raise WrongState(serial=str(self.serial_id), state=self.state)
        self.state = str(onto)

    def sell(self, retailer_id: UUID, now: datetime) -> None:
        """Mark it sold.

        Raises:
            WrongState: it has not been shipped, or is sold already.
        """
        self._move(SerialState.SOLD)
        self.sold_at, self.sold_by = now, retailer_id

    def claim(self, person_id: UUID, now: datetime) -> None:
        """Give it to its buyer.

        Raises:
            WrongState: it has not been sold, or is claimed already.
        """
        self._move(SerialState.CLAIMED)
        self.claimed_at, self.claimant_id = now, person_id

    def void(self, now: datetime) -> None:
        """Take it out of use before anybody has claimed it.

        Raises:
            WrongState: it has been claimed.
        """
        self._move(SerialState.VOID)
        self.voided_at = now


class WrongPin(Base):
    """Somebody tried a PIN that was not right. Kept although the claim is refused."""

    __tablename__ = "footprint_wrong_pin"
    __table_args__ = (
        Index("ix_footprint_wrong_pin_token", "token_hash", "at"),
        Index("ix_footprint_wrong_pin_person", "person_id", "at"),
    )

    try_id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    token_hash: Mapped[bytes]
    person_id: Mapped[UUID]
    at: Mapped[datetime]
