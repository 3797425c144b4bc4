"""Projects: what each has been said to be, version by version, and its documents."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


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
