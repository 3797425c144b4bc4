"""The statement that the national guide asks for, titled by what is true today.

MEE guide (notice 2019 no. 19) art. 17: name of the event, organiser, dates, boundary and emissions,
offset method and date, who confirmed it if anybody, signature and date. To that we add what a
reader needs to check it: factors, data levels, uncertainty, excluded sources, serials. Art. 14 to
16: it is confirmed by the organiser's own declaration or by an independent body.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from puhui.events.activity import IN_ENGLISH, SOURCE_NAMES, Level, Source
from puhui.events.estimate import Stage, add_up
from puhui.events.forest import ForestDraft, route_deadline
from puhui.kernel.quantity import Co2e, plain
from puhui.kernel.text import N_

TYPE = "puhui.event.statement"
BEIJING = timezone(timedelta(hours=8))


class ConfirmationKind(StrEnum):
    """Who says that a statement is true."""

    SELF = "self"
    INDEPENDENT = "independent"


CONFIRMATION_NAMES: Mapping[ConfirmationKind, str] = {
    ConfirmationKind.SELF: N_("主办单位自我承诺"),
    ConfirmationKind.INDEPENDENT: N_("独立机构评价"),
}
CONFIRMATION_IN_ENGLISH: Mapping[ConfirmationKind, str] = {
    ConfirmationKind.SELF: "Declared by the organiser",
    ConfirmationKind.INDEPENDENT: "Assessed by an independent body",
}


class StatementKind(StrEnum):
    """What a statement may call itself."""

    DRAFT = "draft"
    ESTIMATE = "estimate"
    ACTUAL = "actual"
    NEUTRAL = "neutral"


TITLES: Mapping[StatementKind, tuple[str, str]] = {
    StatementKind.DRAFT: (N_("碳中和实施计划（草案）"), "Carbon-neutrality plan (draft)"),
    StatementKind.ESTIMATE: (
        N_("活动排放预估说明"),
        "Statement of emissions, estimated beforehand",
    ),
    StatementKind.ACTUAL: (
        N_("活动实际排放说明（尚未碳中和）"),
        "Statement of actual emissions (not carbon-neutral)",
    ),
    StatementKind.NEUTRAL: (N_("大型活动碳中和声明"), "Statement of carbon neutrality"),
}


@dataclass(frozen=True)
class Subject:
    """What a statement says of the event itself."""

    event_id: UUID
    title_zh: str
    title_en: str
    organiser: str
    organiser_en: str
    venue_zh: str
    venue_en: str
    county: str
    starts_on: date
    ends_on: date
    neutral_by: date


@dataclass(frozen=True)
class RetiredPart:
    """Credits retired for the event under one certificate."""

    certificate: str
    quantity_kg: int
    retired_at: datetime
    credits: Sequence[Mapping[str, Any]]
    """Lines of the certificate: project, registry, serials, kilograms."""


@dataclass(frozen=True)
class Declared:
    """That the event was entered in the register as neutral."""

    at: datetime
    register_entry_id: UUID


@dataclass(frozen=True)
class Statement:
    """A statement with the bytes that are confirmed."""

    kind: StatementKind
    document: Mapping[str, Any]
    canonical: str
    sha256: str

    @property
    def title(self) -> tuple[str, str]:
        """Return its title in Chinese and in English."""
        return TITLES[self.kind]


def kind_of(stage: Stage | None, *, declared: bool) -> StatementKind:
    """Return what may be stated, by the newest estimate and the register."""
    if stage is None:
        return StatementKind.DRAFT
    if declared:
        return StatementKind.NEUTRAL
    return StatementKind.ACTUAL if stage is Stage.ACTUAL else StatementKind.ESTIMATE


def document_of_statement(
    subject: Subject,
    boundary: Sequence[Mapping[str, Any]],
    estimate: Mapping[str, Any] | None,
    estimate_sha256: str | None,
    retired: Sequence[RetiredPart],
    declared: Declared | None,
    forest: ForestDraft | None,
) -> dict[str, Any]:
    """Return what is stated. `estimate` is the newest estimate's document, None without any."""
    stage = None if estimate is None else Stage(estimate["stage"])
    retired_kg = sum(part.quantity_kg for part in retired)
    need_kg = None if estimate is None else int(estimate["need_kg"])
    return {
        "v": 1,
        "type": TYPE,
        "kind": str(kind_of(stage, declared=declared is not None)),
        "event": {
            "id": str(subject.event_id),
            "title": {"zh": subject.title_zh, "en": subject.title_en or subject.title_zh},
            "organiser": {
                "zh": subject.organiser,
                "en": subject.organiser_en or subject.organiser,
            },
            "venue": {"zh": subject.venue_zh + subject.county, "en": subject.venue_en},
            "starts_on": subject.starts_on.isoformat(),
            "ends_on": subject.ends_on.isoformat(),
            "neutral_by": subject.neutral_by.isoformat(),
        },
        "included": [_source(b) for b in boundary if b["included"]],
        "excluded": [
            _source(b) | {"reason": {"zh": b["reason_zh"], "en": b["reason_en"] or b["reason_zh"]}}
            for b in boundary
            if not b["included"]
        ],
        "emissions": None if estimate is None else _emissions(estimate, estimate_sha256),
        "offset": {
            "method": "retirement" if retired else ("forest" if forest else "none"),
            "retired_kg": str(retired_kg),
            "surplus_kg": str(max(0, retired_kg - need_kg)) if need_kg is not None else None,
            "retirements": [
                {
                    "certificate": part.certificate,
                    "kg": str(part.quantity_kg),
                    "retired_on": _day(part.retired_at),
                    "credits": [
                        {
                            "project": line["project_name"],
                            "registry": line["registry"],
                            "serials": list(line["serials"]),
                            "kg": line["kg"],
                        }
                        for line in part.credits
                    ],
                }
                for part in retired
            ],
        },
        "neutral": None
        if declared is None
        else {"since": _day(declared.at), "register_entry": str(declared.register_entry_id)},
        "forest": None if forest is None else _forest(forest, subject.ends_on),
    }


def _source(bound: Mapping[str, Any]) -> dict[str, Any]:
    source = Source(bound["source"])
    return {"source": str(source), "name": {"zh": SOURCE_NAMES[source], "en": IN_ENGLISH[source]}}


def _emissions(estimate: Mapping[str, Any], sha256: str | None) -> dict[str, Any]:
    kg_by_level = {
        level: _sum(line["kg"] for line in estimate["lines"] if line["level"] == str(level))
        for level in Level
    }
    unsure = estimate.get("uncertainty")
    return {
        "number": estimate["number"],
        "stage": estimate["stage"],
        "sha256": sha256,
        "attendees": estimate["attendees"],
        "days": estimate["days"],
        "total_kg": estimate["total_kg"],
        "co2_kg": estimate["co2_kg"],
        "co2e_kg": estimate["co2e_kg"],
        "need_kg": str(estimate["need_kg"]),
        "sources": [
            _source({"source": source}) | {"kg": estimate["sources"][source]}
            for source in Source
            if source in estimate["sources"]
        ],
        "levels": {str(level): kg for level, kg in kg_by_level.items()},
        "uncertainty": None
        if unsure is None
        else {name: unsure[name] for name in ("low_kg", "high_kg", "median_kg", "draws", "seed")},
        "response": estimate.get("response"),
        "kg_per_participant_day": estimate.get("intensity", {}).get("kg_per_participant_day"),
        "factors": [
            {
                "citation": citation,
                "name": {"zh": factor["name_zh"], "en": factor["name_en"]},
                "kg_per_unit": factor["kg_per_unit"],
                "unit": factor["unit"],
                "gases": factor["gases"],
                "region": factor["region"],
                "year": factor["year"],
                "source": factor["source"],
            }
            for citation, factor in sorted(estimate["factors"].items())
        ],
        "sensitivities": estimate["sensitivities"],
    }


def _sum(kilograms: Iterable[str]) -> str:
    return plain(add_up(Co2e(Decimal(kg)) for kg in kilograms).value)


def _forest(forest: ForestDraft, ends_on: date) -> dict[str, Any]:
    return {
        "place": forest.place,
        "latitude": plain(forest.latitude),
        "longitude": plain(forest.longitude),
        "area_mu": plain(forest.area_mu),
        "species": forest.species,
        "planted_on": forest.planted_on.isoformat(),
        "plan": forest.plan,
        "monitoring": forest.monitoring,
        "methodology": forest.methodology,
        "expected_kg": str(forest.expected_kg),
        "open_until": route_deadline(ends_on).isoformat(),
        "certified_kg": None if forest.certified_kg is None else str(forest.certified_kg),
        "certified_on": forest.certified_on and forest.certified_on.isoformat(),
        "certifier": forest.certifier,
    }


def _day(instant: datetime) -> str:
    return instant.astimezone(BEIJING).date().isoformat()
