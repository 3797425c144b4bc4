"""What a project is said to be anew, and what is said of its documents."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any


@dataclass(frozen=True, kw_only=True)
class ProjectSaid:
    """What is said of a project: who planted what where, by which method, for whom."""

    name: str
    name_en: str
    county_code: str
    """GB/T 2260, six digits."""
    place: str
    place_en: str
    method: str
    method_en: str
    beneficiaries: str
    beneficiaries_en: str
    households: int | None
    source: str


SAID = tuple(field.name for field in fields(ProjectSaid))
"""What a version says of a project, by name."""


def said_by(row: object) -> dict[str, Any]:
    """Return what anything that describes a project says of it."""
    return {name: getattr(row, name) for name in SAID}


@dataclass(frozen=True, kw_only=True)
class ProjectRevision(ProjectSaid):
    """A project as an operator describes it from now on; nothing of the former is lost."""

    why: str
    """Why it is described anew."""


@dataclass(frozen=True)
class DocumentDraft:
    """What is said of a document of a project."""

    title: str
    title_en: str
    dated: date
    is_public: bool
