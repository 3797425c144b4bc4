"""The book of duty trees: parameters, records, entries, certificates."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Uuid

from puhui.db.base import Base
from puhui.rewards.duty import Category, Document, DutyDraft, Parameter, Unit
from puhui.rewards.errors import DutyDecided

CATEGORIES = (
    "category IN ('planting', 'tending', 'protection', 'adoption', 'facilities', 'donation',"
    " 'service', 'other')"
)
UNITS = "unit IN ('tree', 'cny', 'hour', 'day', 'square_metre', 'metre')"


class DutyParameter(Base):
    """How much of a form a province counts as one tree. Append-only (trigger)."""

    __tablename__ = "rewards_duty_parameter"
    __table_args__ = (
        CheckConstraint("province ~ '^[0-9]{2}0000$'", name="province_code"),
        CheckConstraint(CATEGORIES, name="category_known"),
        CheckConstraint(UNITS, name="unit_known"),
        CheckConstraint("category <> 'planting'", name="planting_needs_none"),
        CheckConstraint("per_tree > 0", name="per_tree_positive"),
        CheckConstraint("source <> ''", name="source_given"),
        CheckConstraint(
            "(published_by IS NULL) = (document_sha256 IS NULL)"
            " AND (document_title IS NULL) = (document_sha256 IS NULL)"
            " AND (document_number IS NULL) = (document_sha256 IS NULL)"
            " AND (document_address IS NULL) = (document_sha256 IS NULL)"
            " AND octet_length(document_sha256) = 32",
            name="document_whole",
        ),
        UniqueConstraint(
            "province", "category", "unit", "valid_from", postgresql_nulls_not_distinct=True
        ),
    )

    parameter_id: Mapped[UUID] = mapped_column(primary_key=True)
    province: Mapped[str]
    category: Mapped[str]
    unit: Mapped[str]
    per_tree: Mapped[Decimal]
    valid_from: Mapped[date | None]
    source: Mapped[str]
    document_title: Mapped[str | None]
    document_number: Mapped[str | None]
    document_address: Mapped[str | None]
    document_sha256: Mapped[bytes | None]
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))
    """None for what the product ships."""
    published_at: Mapped[datetime]

    @property
    def value(self) -> Parameter:
        """Return the parameter as a value."""
        document = None
        if self.document_sha256 is not None:
            assert self.document_title is not None
            assert self.document_number is not None
            assert self.document_address is not None
            document = Document(
                self.document_title,
                self.document_number,
                self.document_address,
                self.document_sha256,
            )
        return Parameter(
            self.province,
            Category(self.category),
            Unit(self.unit),
            self.per_tree,
            self.valid_from,
            self.source,
            document,
        )


class Duty(Base):
    """What somebody says they did for the duty other than planting, and what became of it."""

    __tablename__ = "rewards_duty"
    __table_args__ = (
        CheckConstraint(CATEGORIES, name="category_known"),
        CheckConstraint(UNITS, name="unit_known"),
        CheckConstraint("category <> 'planting'", name="planting_is_logged_otherwise"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("state IN ('recorded', 'confirmed', 'refused')", name="state_known"),
        CheckConstraint("(state = 'recorded') = (decided_at IS NULL)", name="decided_when_final"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_by_someone"),
        CheckConstraint("decided_by <> recorded_by AND decided_by <> person_id", name="not_own"),
        CheckConstraint("(state = 'refused') = (reason IS NOT NULL)", name="refusal_has_reason"),
        CheckConstraint("length(words) <= 300 AND length(reason) <= 300", name="words_bounded"),
        CheckConstraint("cardinality(photo_ids) <= 5", name="photos_bounded"),
        Index("ix_rewards_duty_person", "person_id", "recorded_at", "duty_id"),
        Index(
            "ix_rewards_duty_waiting",
            "recorded_at",
            "duty_id",
            postgresql_where=text("state = 'recorded'"),
        ),
    )

    duty_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    """The person, or the guardian of a child."""
    category: Mapped[str]
    province: Mapped[str]
    unit: Mapped[str]
    quantity: Mapped[Decimal]
    done_on: Mapped[date]
    words: Mapped[str]
    photo_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    state: Mapped[str]
    recorded_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))
    reason: Mapped[str | None]

    @property
    def draft(self) -> DutyDraft:
        """Return it as it was submitted."""
        return DutyDraft(
            Category(self.category),
            self.province,
            Unit(self.unit),
            self.quantity,
            self.done_on,
            self.words,
            tuple(self.photo_ids),
            self.person_id,
        )

    def decide(self, by: UUID, reason: str | None, now: datetime) -> None:
        """Confirm it, or refuse it for a reason, for good.

        Raises:
            DutyDecided: it was decided before.
        """
        if self.state != "recorded":
            raise DutyDecided(duty=str(self.duty_id), state=self.state)
        self.state = "confirmed" if reason is None else "refused"
        self.decided_at, self.decided_by, self.reason = now, by, reason


class DutyEntry(Base):
    """Trees that count for a person's year, or count no longer. Append-only (trigger)."""

    __tablename__ = "rewards_duty_entry"
    __table_args__ = (
        CheckConstraint(CATEGORIES, name="category_known"),
        CheckConstraint("trees <> 0", name="trees_counted"),
        CheckConstraint("cause_kind IN ('planting', 'duty', 'survival')", name="cause_known"),
        CheckConstraint("trees > 0 OR cause_kind = 'survival'", name="only_deaths_take_away"),
        CheckConstraint(
            "(cause_kind = 'duty') = (parameter_id IS NOT NULL)", name="conversion_named"
        ),
        CheckConstraint("date_part('year', done_on) = year", name="year_of_the_deed"),
        UniqueConstraint("cause_kind", "cause_id"),
        UniqueConstraint("line"),
        Index("ix_rewards_duty_entry_person", "person_id", "year", "line"),
    )

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(Identity(always=True))
    """A person's lines are written one after the other, so this is their order."""
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    year: Mapped[int]
    done_on: Mapped[date]
    category: Mapped[str]
    province: Mapped[str]
    trees: Mapped[int]
    cause_kind: Mapped[str]
    cause_id: Mapped[UUID]
    parameter_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("rewards_duty_parameter.parameter_id")
    )
    guardian_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))
    """Who had agreed for a planter under 14; None for anyone older."""
    counted_at: Mapped[datetime]


class DutyCertificate(Base):
    """A certificate of one year's duty. What it says stays; the name may be forgotten (trigger)."""

    __tablename__ = "rewards_duty_certificate"
    __table_args__ = (
        CheckConstraint("code ~ '^[0-9A-HJKMNP-TV-Z]{12}$'", name="code_form"),
        CheckConstraint("tier IN ('duty_certificate', 'honour_certificate')", name="tier_known"),
        CheckConstraint("trees >= 3", name="trees_enough"),
        CheckConstraint("(salt IS NULL) = (name IS NULL)", name="forgotten_together"),
        UniqueConstraint("code"),
        UniqueConstraint("person_id", "year", "tier"),
    )

    certificate_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    year: Mapped[int]
    tier: Mapped[str]
    trees: Mapped[int]
    """What the year counted when it was issued."""
    up_to_line: Mapped[int]
    """The last line that was counted for it."""
    shows_categories: Mapped[bool]
    salt: Mapped[bytes | None]
    name: Mapped[str | None]
    issued_at: Mapped[datetime]
