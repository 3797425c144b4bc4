"""What a project is said to be anew, and what is said of its documents."""

from dataclasses import dataclass
from datetime import date

SAID = (
    "name", "name_en", "county_code", "place", "place_en", "method", "method_en",
    "beneficiaries", "beneficiaries_en", "households", "source",
)  # fmt: skip
"""What a version says of a project."""


@dataclass(frozen=True)
class ProjectRevision:
    """A project as an operator describes it from now on; nothing of the former is lost."""

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
    why: str
    """Why it is described anew."""


@dataclass(frozen=True)
class DocumentDraft:
    """What is said of a document of a project."""

    title: str
    title_en: str
    dated: date
    is_public: bool
