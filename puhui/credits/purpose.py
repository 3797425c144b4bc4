"""What credits are retired for, told by whoever asks in plain data.

Credits does not know what an event is: it keeps what it was told and prints it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from puhui.credits.judicial import Judgment


class PurposeKind(StrEnum):
    """All purposes that a retirement can have."""

    EVENT = "event"
    BUILDING = "building"
    BRANCH = "branch"
    TRANSPORT = "transport"
    JUDICIAL = "judicial"
    PRODUCT = "product"
    PERSONAL = "personal"
    OTHER = "other"


KINDS = frozenset(PurposeKind)


class OwnKind(StrEnum):
    """Purposes that an organisation states itself; an event's are told by its estimate."""

    BUILDING = "building"
    BRANCH = "branch"
    """A branch or another site."""
    TRANSPORT = "transport"
    JUDICIAL = "judicial"
    """Restitution that a court or procurator has decided or accepted."""
    OTHER = "other"


@dataclass(frozen=True)
class StatementLine:
    """One figure behind the need, with the factor that made it."""

    name_zh: str
    name_en: str
    kg: str
    """Kilograms of CO2e as decimal digits."""
    factors: tuple[str, ...] = ()
    """Citations as `key@version`, with the source where there is room."""


@dataclass(frozen=True)
class Exclusion:
    """A source that the figures leave out, and why."""

    name_zh: str
    name_en: str
    reason_zh: str
    reason_en: str


@dataclass(frozen=True)
class Document:
    """A document that a retirement follows from, such as a court's decision."""

    title: str
    number: str
    issued_on: date
    sha256: str = ""
    """Of its file, in hexadecimal, where there is one to compare with."""


@dataclass(frozen=True)
class PurposeDraft:
    """What an organisation says that it retires credits for."""

    organisation_id: UUID
    kind: OwnKind
    title_zh: str
    title_en: str
    required_kg: int
    boundary_zh: str
    boundary_en: str = ""
    begins_on: date | None = None
    ends_on: date | None = None
    document: Document | None = None
    judgment: Judgment | None = None
    """What the document says of the loss, where it has been measured."""


@dataclass(frozen=True)
class Purpose:
    """What the credits are for, as the certificate will print it."""

    kind: str
    subject_id: UUID
    title_zh: str
    title_en: str
    beneficiary: str
    beneficiary_en: str = ""
    required_kg: int = 0
    """What has to be covered, in kilograms, rounded up."""
    boundary_zh: str = ""
    boundary_en: str = ""
    lines: tuple[StatementLine, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    begins_on: date | None = None
    ends_on: date | None = None
    named: bool = True
    """False for a person who has not consented to be named: the name is then nowhere kept."""
    document: Document | None = None

    def __post_init__(self) -> None:
        assert self.kind in KINDS, self.kind
        assert self.required_kg >= 0, self.required_kg
        assert self.title_zh, self.subject_id
        assert self.kind != OwnKind.JUDICIAL or self.document, self.subject_id

    def plain(self) -> dict[str, Any]:
        """Return the purpose as JSON values; `of_plain` reads it back."""
        told = asdict(self)
        told["subject_id"] = str(self.subject_id)
        for day in ("begins_on", "ends_on"):
            told[day] = told[day] and told[day].isoformat()
        told["lines"] = [{**line, "factors": list(line["factors"])} for line in told["lines"]]
        told["exclusions"] = list(told["exclusions"])
        if self.document is None:
            # So that what was told before documents existed is still told in the same words.
            del told["document"]
        else:
            told["document"]["issued_on"] = self.document.issued_on.isoformat()
        if not self.named:
            told["beneficiary"] = told["beneficiary_en"] = ""
        return told

    @classmethod
    def of_plain(cls, told: Mapping[str, Any]) -> Self:
        """Return the purpose that `plain` wrote."""
        days = {
            day: date.fromisoformat(told[day]) if told[day] else None
            for day in ("begins_on", "ends_on")
        }
        lines = tuple(
            StatementLine(**{**line, "factors": tuple(line["factors"])}) for line in told["lines"]
        )
        exclusions = tuple(Exclusion(**each) for each in told["exclusions"])
        named = told.get("document")
        document = named and Document(
            **{**named, "issued_on": date.fromisoformat(named["issued_on"])}
        )
        return cls(
            **{
                **told,
                "subject_id": UUID(told["subject_id"]),
                "lines": lines,
                "exclusions": exclusions,
                "document": document,
                **days,
            }
        )
