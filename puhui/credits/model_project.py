"""What a project has been said to be, version by version, its documents, and reserves."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from puhui.credits.kind import Kind
from puhui.db.base import Base

_KINDS = ", ".join(f"'{kind}'" for kind in Kind)


class ProjectVersion(Base):
    """What a project was said to be from a moment on. Append-only; the newest is in force."""

    __tablename__ = "credits_project_version"
    __table_args__ = (CheckConstraint("version > 0", name="version_positive"),)

    project_id: Mapped[UUID] = mapped_column(
        ForeignKey("credits_project.project_id"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str]
    county_code: Mapped[str]
    place: Mapped[str]
    place_en: Mapped[str]
    method: Mapped[str]
    method_en: Mapped[str]
    beneficiaries: Mapped[str]
    beneficiaries_en: Mapped[str]
    households: Mapped[int | None]
    source: Mapped[str]
    why: Mapped[str]
    """Why it was written anew; empty for the first."""
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))
    """None for what was on record before versions were kept."""
    recorded_at: Mapped[datetime]


class ProjectDocument(Base):
    """A document about a project, and whether everyone may see it. Append-only: what is said of
    a document anew is a further version."""

    __tablename__ = "credits_project_document"
    __table_args__ = (
        CheckConstraint("version > 0", name="version_positive"),
        Index("ix_credits_project_document_project_id", "project_id"),
    )

    document_id: Mapped[UUID] = mapped_column(
        ForeignKey("evidence_document.document_id"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("credits_project.project_id"))
    title: Mapped[str]
    title_en: Mapped[str]
    dated: Mapped[date]
    is_public: Mapped[bool]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    recorded_at: Mapped[datetime]


class ReserveShare(Base):
    """How much of each further issuance goes into the reserve of a kind or a project.
    Append-only; the newest is in force, and a project's goes before its kind's."""

    __tablename__ = "credits_reserve_share"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_KINDS})", name="kind_known"),
        CheckConstraint("(kind IS NULL) <> (project_id IS NULL)", name="of_kind_or_project"),
        CheckConstraint("share_bp BETWEEN 0 AND 10000", name="share_in_range"),
        Index("ix_credits_reserve_share_kind", "kind", postgresql_where=text("kind IS NOT NULL")),
        Index(
            "ix_credits_reserve_share_project_id",
            "project_id",
            postgresql_where=text("project_id IS NOT NULL"),
        ),
    )

    share_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Identity(always=True))
    """Which came first."""
    kind: Mapped[str | None]
    project_id: Mapped[UUID | None] = mapped_column(ForeignKey("credits_project.project_id"))
    share_bp: Mapped[int]
    """In hundredths of a per cent."""
    source: Mapped[str]
    """The rule or contract that asks for it."""
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    recorded_at: Mapped[datetime]
