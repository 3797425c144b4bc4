"""Projects, batches, blocks of serials, holds, payments, retirements, certificates."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import INT8RANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from puhui.credits.hold import HoldState
from puhui.credits.kind import RULES, Kind
from puhui.credits.model_fate import Cancellation as Cancellation
from puhui.credits.model_fate import EncumbranceRow as EncumbranceRow
from puhui.credits.model_project import ProjectDocument as ProjectDocument
from puhui.credits.model_project import ProjectVersion as ProjectVersion
from puhui.credits.model_project import ReserveShare as ReserveShare
from puhui.db.base import Base

_KINDS = ", ".join(f"'{kind}'" for kind in Kind)
_STATES = ", ".join(f"'{state}'" for state in HoldState)
GRANULARITY_OF_KIND = (
    "granularity_kg = CASE kind "
    + " ".join(f"WHEN '{rule.kind}' THEN {rule.granularity_kg}" for rule in RULES.values())
    + " END"
)


class Project(Base):
    """A forest, or another source of removals, and who lives from it."""

    __tablename__ = "credits_project"

    project_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_en: Mapped[str]
    county_code: Mapped[str]
    """GB/T 2260, six digits."""
    place: Mapped[str]
    place_en: Mapped[str]
    method: Mapped[str]
    beneficiaries: Mapped[str]
    beneficiaries_en: Mapped[str]
    households: Mapped[int | None]
    source: Mapped[str]
    """Where what is said about the project can be read."""
    created_at: Mapped[datetime]
    method_en: Mapped[str] = mapped_column(server_default=text("''"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    """Of what is said here; all versions stand in `ProjectVersion`."""


class Batch(Base):
    """Credits of one kind, project and period, with their serials and price."""

    __tablename__ = "credits_batch"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_KINDS})", name="kind_known"),
        CheckConstraint(GRANULARITY_OF_KIND, name="granularity_of_kind"),
        CheckConstraint(
            "NOT isempty(serials) AND NOT lower_inf(serials) AND NOT upper_inf(serials)",
            name="serials_bounded",
        ),
        CheckConstraint(
            "quantity_kg = (upper(serials) - lower(serials)) * granularity_kg",
            name="quantity_counts_serials",
        ),
        CheckConstraint("price_fen_per_t > 0", name="price_positive"),
        CheckConstraint("period_ends >= period_starts", name="period_forward"),
        CheckConstraint(
            "encumbrance IN ('none', 'pledged', 'disputed', 'used')", name="encumbrance_known"
        ),
        # A foreign serial comes in once, and no two batches share one.
        ExcludeConstraint(
            ("registry_name", "="),
            ("serial_block", "="),
            ("serials", "&&"),
            name="ex_credits_batch_serials",
        ),
        # One parcel is not issued under two kinds for one period.
        ExcludeConstraint(
            ("project_id", "="),
            ("kind", "<>"),
            (text("daterange(period_starts, period_ends, '[]')"), "&&"),
            name="ex_credits_batch_one_kind_per_period",
        ),
        # A serial is looked up by its block, whatever registry it comes from.
        Index("ix_credits_batch_serial_block", "serial_block"),
    )

    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("credits_project.project_id"), index=True)
    kind: Mapped[str]
    granularity_kg: Mapped[int]
    registry_name: Mapped[str]
    serial_block: Mapped[str]
    """What all serials of the block have in common, to tell blocks apart."""
    serial_text: Mapped[str]
    """The range as it was imported; parts of it are written in the same form."""
    serials: Mapped[Range[int]] = mapped_column(INT8RANGE)
    quantity_kg: Mapped[int]
    period_starts: Mapped[date]
    period_ends: Mapped[date]
    price_fen_per_t: Mapped[int]
    seller: Mapped[str]
    encumbrance: Mapped[str] = mapped_column(server_default=text("'none'"))
    encumbrance_note: Mapped[str] = mapped_column(server_default=text("''"))
    source: Mapped[str]
    """Where price and quantity are on record."""
    imported_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    imported_at: Mapped[datetime]
    details: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """What a batch of its kind has besides: numbers, area, tree; `detail.DETAILS`."""


class HoldRow(Base):
    """Credits kept for someone, for a time, at a price."""

    __tablename__ = "credits_hold"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state_known"),
        CheckConstraint("total_kg >= need_kg AND need_kg > 0", name="need_covered"),
        CheckConstraint("total_fen > 0", name="price_positive"),
        CheckConstraint("expires_at > made_at", name="expires_later"),
        CheckConstraint(
            "(ended_at IS NULL) = (state IN ('held', 'paid'))", name="ended_exactly_if_over"
        ),
        CheckConstraint(
            "(organisation_id IS NULL) = (purpose ->> 'kind' = 'personal')",
            name="organisation_unless_personal",
        ),
        Index(
            "ix_credits_hold_personal",
            "made_by",
            "made_at",
            postgresql_where=text("organisation_id IS NULL"),
        ),
        Index("ix_credits_hold_expires_at", "expires_at", postgresql_where=text("state = 'held'")),
    )

    hold_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("identity_organisation.organisation_id"), index=True
    )
    """None for a person who buys in their own name."""
    made_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    purpose: Mapped[dict[str, Any]]
    purpose_id: Mapped[UUID] = mapped_column(index=True)
    wishes: Mapped[dict[str, Any]]
    state: Mapped[str]
    need_kg: Mapped[int]
    total_kg: Mapped[int]
    total_fen: Mapped[int]
    greedy_fen: Mapped[int]
    reference: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class HoldLine(Base):
    """What a hold takes of a batch; its price never changes."""

    __tablename__ = "credits_hold_line"
    __table_args__ = (
        CheckConstraint("quantity_kg > 0 AND cost_fen >= 0", name="amounts_positive"),
    )

    hold_id: Mapped[UUID] = mapped_column(ForeignKey("credits_hold.hold_id"), primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(
        ForeignKey("credits_batch.batch_id"), primary_key=True, index=True
    )
    place: Mapped[int]
    quantity_kg: Mapped[int]
    price_fen_per_t: Mapped[int]
    cost_fen: Mapped[int]
    why: Mapped[list[Any]]


class SponsorRow(Base):
    """An organisation that carries a share of what a hold retires. The shares of a hold are
    100 % together; the database says so when the transaction ends."""

    __tablename__ = "credits_sponsor"
    __table_args__ = (
        CheckConstraint("share_bp BETWEEN 1 AND 10000", name="share_in_range"),
        CheckConstraint("name <> ''", name="named"),
    )

    hold_id: Mapped[UUID] = mapped_column(ForeignKey("credits_hold.hold_id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str]
    share_bp: Mapped[int]
    """In hundredths of a per cent."""


class Payment(Base):
    """The money that has paid for a hold: an operator's word, or the gateway's."""

    __tablename__ = "credits_payment"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint(
            "road = 'gateway' OR confirmed_by IS NOT NULL", name="confirmed_by_someone"
        ),
        UniqueConstraint("road", "reference"),
    )

    hold_id: Mapped[UUID] = mapped_column(ForeignKey("credits_hold.hold_id"), primary_key=True)
    reference: Mapped[str]
    """The bank's or the gateway's own number of the money: it pays one hold."""
    amount_fen: Mapped[int]
    paid_on: Mapped[date]
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))
    confirmed_at: Mapped[datetime]
    road: Mapped[str] = mapped_column(server_default=text("'bank'"))


class RetirementRow(Base):
    """Credits taken out of use for good. Append-only."""

    __tablename__ = "credits_retirement"
    __table_args__ = (
        CheckConstraint(
            "quantity_kg >= required_kg AND required_kg > 0", name="requirement_covered"
        ),
        Index("ix_credits_retirement_retired_at", "retired_at", "retirement_id"),
    )

    retirement_id: Mapped[UUID] = mapped_column(primary_key=True)
    hold_id: Mapped[UUID] = mapped_column(ForeignKey("credits_hold.hold_id"), unique=True)
    purpose_kind: Mapped[str]
    purpose_id: Mapped[UUID] = mapped_column(index=True)
    title: Mapped[str]
    title_en: Mapped[str]
    quantity_kg: Mapped[int]
    required_kg: Mapped[int]
    retired_at: Mapped[datetime]
    register_entry_id: Mapped[UUID] = mapped_column(unique=True)


class Beneficiary(Base):
    """Whose retirement a hold will be. The one place that names them: deleting the row forgets
    the name, and the commitment in certificate and register then means nothing."""

    __tablename__ = "credits_beneficiary"

    hold_id: Mapped[UUID] = mapped_column(ForeignKey("credits_hold.hold_id"), primary_key=True)
    salt: Mapped[bytes]
    name: Mapped[str]
    name_en: Mapped[str]


class CertificateRow(Base):
    """What a retirement's certificate says, byte for byte. Append-only."""

    __tablename__ = "credits_certificate"

    code: Mapped[str] = mapped_column(primary_key=True)
    retirement_id: Mapped[UUID] = mapped_column(
        ForeignKey("credits_retirement.retirement_id"), unique=True
    )
    document: Mapped[str]
    """Canonical JSON (RFC 8785): exactly the bytes that are signed and committed to."""


class Seal(Base):
    """The platform's signature over a certificate's document. Append-only."""

    __tablename__ = "credits_seal"
    __table_args__ = (CheckConstraint("length(signature) = 64", name="signature_ed25519"),)

    retirement_id: Mapped[UUID] = mapped_column(
        ForeignKey("credits_retirement.retirement_id"), primary_key=True
    )
    key: Mapped[str]
    """The signer's public key, as the register writes it."""
    signature: Mapped[bytes]
    sealed_at: Mapped[datetime]


class Erratum(Base):
    """A public correction of a certificate; the retirement itself stands. Append-only."""

    __tablename__ = "credits_erratum"

    erratum_id: Mapped[UUID] = mapped_column(primary_key=True)
    retirement_id: Mapped[UUID] = mapped_column(
        ForeignKey("credits_retirement.retirement_id"), index=True
    )
    says_zh: Mapped[str]
    says_en: Mapped[str]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    recorded_at: Mapped[datetime]


class ReversalRow(Base):
    """A fire or felling in a project, disclosed in public. Append-only."""

    __tablename__ = "credits_reversal"
    __table_args__ = (
        CheckConstraint("cause IN ('fire', 'felling', 'pest', 'other')", name="cause_known"),
        CheckConstraint("lost_kg > 0", name="loss_positive"),
        Index("ix_credits_reversal_project_id", "project_id", "happened_on"),
    )

    reversal_id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("credits_project.project_id"))
    cause: Mapped[str]
    happened_on: Mapped[date]
    lost_kg: Mapped[int]
    says_zh: Mapped[str]
    says_en: Mapped[str]
    source: Mapped[str]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    recorded_at: Mapped[datetime]


class Block(Base):
    """Serials of a batch that share a fate. Taken by the function `credits_take`."""

    __tablename__ = "credits_block"
    __table_args__ = (
        CheckConstraint(
            "state IN ('available', 'held', 'retired', 'cancelled')", name="state_known"
        ),
        CheckConstraint(
            "NOT isempty(serials) AND NOT lower_inf(serials) AND NOT upper_inf(serials)",
            name="serials_bounded",
        ),
        CheckConstraint(
            "(hold_id IS NOT NULL) = (state IN ('held', 'retired') AND kept IS NULL)",
            name="hold_exactly_if_taken",
        ),
        CheckConstraint("kept IN ('reserve', 'encumbrance')", name="kept_known"),
        CheckConstraint("kept IS NULL OR state = 'held'", name="kept_only_if_held"),
        CheckConstraint(
            "(encumbrance_id IS NOT NULL) = (kept IS NOT DISTINCT FROM 'encumbrance')",
            name="encumbrance_exactly_if_encumbered",
        ),
        CheckConstraint(
            "(cancellation_id IS NOT NULL) = (state = 'cancelled')",
            name="cancellation_exactly_if_cancelled",
        ),
        CheckConstraint(
            "(retirement_id IS NOT NULL) = (state = 'retired')",
            name="retirement_exactly_if_retired",
        ),
        ExcludeConstraint(("batch_id", "="), ("serials", "&&"), name="ex_credits_block_serials"),
        # The predicate holds as long as a block is open: shrinking it does not change it.
        Index("ix_credits_block_open", "batch_id", postgresql_where=text("state = 'available'")),
        Index("ix_credits_block_hold_id", "hold_id", postgresql_where=text("hold_id IS NOT NULL")),
        Index(
            "ix_credits_block_retirement_id",
            "retirement_id",
            postgresql_where=text("retirement_id IS NOT NULL"),
        ),
        Index("ix_credits_block_kept", "batch_id", postgresql_where=text("kept IS NOT NULL")),
        Index(
            "ix_credits_block_cancellation_id",
            "cancellation_id",
            postgresql_where=text("cancellation_id IS NOT NULL"),
        ),
    )

    block_id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("credits_batch.batch_id"))
    serials: Mapped[Range[int]] = mapped_column(INT8RANGE)
    state: Mapped[str]
    hold_id: Mapped[UUID | None] = mapped_column(ForeignKey("credits_hold.hold_id"))
    retirement_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("credits_retirement.retirement_id")
    )
    kept: Mapped[str | None]
    """Why a held block has no buyer: `reserve` or `encumbrance`."""
    encumbrance_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("credits_encumbrance.encumbrance_id")
    )
    cancellation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("credits_cancellation.cancellation_id")
    )
