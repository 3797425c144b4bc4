"""An estimate as a document: canonical JSON that anyone can check and compute again.

The document holds what is public: the event, its boundary, each line with amount and factor, the
sums. The annex holds where people came from, city by city; it may be deleted, and the document
keeps its SHA-256. Numbers are decimal strings, so every machine reads the same digits.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

import rfc8785

from puhui.events import benchmark, uncertainty
from puhui.events.activity import Level, Source
from puhui.events.answers import Basis, Ground, Trips, combine
from puhui.events.assumption import Assumption
from puhui.events.estimate import (
    Amount,
    Bound,
    Estimate,
    Group,
    Line,
    Mark,
    Plan,
    Sensitivity,
    Stage,
    add_up,
    legs,
    rooms,
    travel,
)
from puhui.events.response import Response, response_of
from puhui.events.travel import Band, Detour, Mode
from puhui.factors.factor import Boundary, Factor, Gases
from puhui.kernel.city import City
from puhui.kernel.quantity import Co2e, plain

TYPE = "puhui.event.estimate"
ANNEX_TYPE = "puhui.event.travel"


@dataclass(frozen=True)
class Card:
    """What the public may know of an event."""

    event_id: UUID
    title_zh: str
    title_en: str
    organiser: str
    organiser_en: str
    venue: City
    venue_county: str
    starts_on: date
    ends_on: date


def canonical(document: Mapping[str, Any]) -> str:
    """Return the document as RFC 8785 writes it."""
    return rfc8785.dumps(dict(document)).decode()


def digest(canonical_text: str) -> str:
    """Return the SHA-256 that names a document."""
    return sha256(canonical_text.encode()).hexdigest()


def annex_of(plan: Plan, estimate: Estimate, trips: Trips | None = None) -> dict[str, Any]:
    """Return where people came from and how far that is."""
    return {
        "v": 1,
        "type": ANNEX_TYPE,
        "venue": _city(plan.venue),
        "attendees": plan.attendees,
        "people_per_room": None if plan.people_per_room is None else plain(plan.people_per_room),
        "groups": _groups(plan.groups),
        **_answers(trips),
        "legs": [
            {
                "city": leg.group.city.code,
                "mode": str(leg.mode),
                "guessed": leg.guessed,
                "people": leg.group.people,
                "great_circle_km": plain(leg.great_circle.value),
                "one_way_km": plain(leg.one_way.value),
                "amount": plain(leg.amount),
                "unit": leg.activity.unit,
            }
            for leg in estimate.legs
        ],
        "detours": [
            {
                "mode": detour.mode,
                "coefficient": plain(detour.coefficient),
                "constant_km": plain(detour.constant_km),
                "source": detour.source,
            }
            for detour in plan.detours.values()
        ],
        "bands": [
            {"from_km": plain(band.from_km), "mode": str(band.mode), "source": band.source}
            for band in plan.bands
        ],
    }


def document_of(
    card: Card,
    number: int,
    stage: Stage,
    plan: Plan,
    estimate: Estimate,
    annex_sha256: str,
    computed_at: datetime,
    trips: Trips | None = None,
) -> dict[str, Any]:
    """Return the estimate, version `number` of the event's, as a document."""
    response = response_of(plan, estimate)
    return {
        "v": 1,
        "type": TYPE,
        "event": {
            "id": str(card.event_id),
            "title_zh": card.title_zh,
            "title_en": card.title_en,
            "organiser": card.organiser,
            "organiser_en": card.organiser_en,
            "venue": card.venue.code,
            "venue_zh": card.venue.name_zh,
            "venue_en": card.venue.name_en,
            "county": card.venue_county,
            "starts_on": card.starts_on.isoformat(),
            "ends_on": card.ends_on.isoformat(),
        },
        "number": number,
        "stage": str(stage),
        "computed_at": computed_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "attendees": plan.attendees,
        "listed": plan.listed,
        "days": plan.days,
        "boundary": [
            {
                "source": str(bound.source),
                "included": bound.included,
                "reason_zh": bound.reason_zh,
                "reason_en": bound.reason_en,
            }
            for bound in plan.boundary
        ],
        "factors": {
            line.factor.citation: _factor(line.factor)
            for line in sorted(estimate.lines, key=lambda line: line.factor.citation)
        },
        "lines": [
            {
                "source": str(line.source),
                "activity": line.activity,
                "amount": plain(line.amount),
                "unit": line.unit,
                "factor": line.factor.citation,
                "kg": plain(line.emission.value),
                "level": str(line.level),
                "marks": [str(mark) for mark in line.marks],
                "note": line.note,
                **_assumption(line.assumption),
            }
            for line in estimate.lines
        ],
        "sources": {
            str(source): plain(estimate.of_source(source).value)
            for source in Source
            if plan.includes(source)
        },
        **_totals(estimate),
        "sensitivities": [
            {"name": s.name, "total_kg": plain(s.total.value), "source": s.source}
            for s in estimate.sensitivities
        ],
        **_basis(trips.basis if trips else None),
        **_response(response),
        "uncertainty": uncertainty.judged(
            estimate.lines, plan.starts_on.year, plan.venue.country, response
        ),
        "intensity": benchmark.as_document(estimate, plan.attendees, plan.days),
        "annex_sha256": annex_sha256,
    }


def lines_of(document: Mapping[str, Any]) -> tuple[Line, ...]:
    """Return the lines of a document."""
    factors = {citation: _read_factor(citation, f) for citation, f in document["factors"].items()}
    return tuple(
        Line(
            Source(line["source"]),
            line["activity"],
            Decimal(line["amount"]),
            line["unit"],
            factors[line["factor"]],
            Level(line["level"]),
            tuple(Mark(mark) for mark in line["marks"]),
            line["note"],
            _read_assumption(line),
        )
        for line in document["lines"]
    )


def bounds_of(document: Mapping[str, Any]) -> tuple[Bound, ...]:
    """Return the boundary of a document."""
    return tuple(
        Bound(Source(b["source"]), b["included"], b["reason_zh"], b["reason_en"])
        for b in document["boundary"]
    )


def estimate_of(document: Mapping[str, Any]) -> Estimate:
    """Return the estimate in a document, to be shown."""
    return Estimate(
        lines_of(document),
        tuple(
            Sensitivity(s["name"], Co2e(Decimal(s["total_kg"])), s["source"])
            for s in document["sensitivities"]
        ),
    )


def recompute(document: Mapping[str, Any], annex: Mapping[str, Any] | None = None) -> list[str]:
    """Return what in the document does not follow from its own amounts and factors.

    With the annex, the amounts of travel and lodging are computed again as well, from cities,
    distances and detours. An empty list means that every figure is as computed.
    """
    found = []
    estimate = estimate_of(document)
    for row, (line, told) in enumerate(
        zip(estimate.lines, document["lines"], strict=True), start=1
    ):
        if plain(line.emission.value) != told["kg"]:
            found.append(f"line {row}: {told['kg']} kg, computed {plain(line.emission.value)}")
    for source, told_kg in document["sources"].items():
        kg = plain(estimate.of_source(Source(source)).value)
        if kg != told_kg:
            found.append(f"{source}: {told_kg} kg, computed {kg}")
    counted = {Source(name) for name in document["sources"]}
    if {line.source for line in estimate.lines} - counted:
        found.append("lines outside the boundary")
    for name, value in _totals(estimate).items():
        if document[name] != value:
            found.append(f"{name}: {document[name]}, computed {value}")
    found += _recompute_judgement(document, estimate)
    if annex is not None:
        found += _recompute_annex(document, estimate, annex)
    return found


def _recompute_judgement(document: Mapping[str, Any], estimate: Estimate) -> list[str]:
    """Draw again, and divide again; older documents say nothing of either."""
    found = []
    if "uncertainty" in document:
        told = document["uncertainty"]
        again = uncertainty.as_document(estimate.lines, uncertainty.spreads_of(told))
        found += [
            f"uncertainty: {name} {told[name]}, computed {again[name]}"
            for name in again
            if told[name] != again[name]
        ]
    if "intensity" in document:
        people, days = document["attendees"], document["days"]
        told = document["intensity"]
        for name, kg in (
            ("kg_per_participant", benchmark.intensity(estimate.total.value, people)),
            ("kg_per_participant_day", benchmark.intensity(estimate.total.value, people, days)),
        ):
            if told[name] != plain(kg):
                found.append(f"{name}: {told[name]}, computed {plain(kg)}")
    return found


def _recompute_annex(
    document: Mapping[str, Any], estimate: Estimate, annex: Mapping[str, Any]
) -> list[str]:
    if digest(canonical(annex)) != document["annex_sha256"]:
        return ["annex: another file than the one the document names"]
    if unseated := _recompute_trips(document, annex):
        return unseated
    plan = _plan(document, annex)
    amounts: list[Amount] = []
    if plan.includes(Source.TRAVEL):
        amounts += travel(plan)
    if plan.includes(Source.LODGING) and plan.people_per_room is not None:
        amounts += rooms(plan, plan.people_per_room)
    told = {
        (line.activity, _own_marks(line.marks), line.amount)
        for line in estimate.lines
        if line.source is Source.TRAVEL or Mark.NIGHTS_FROM_LIST in line.marks
    }
    computed = {(a.activity.key, _own_marks(a.marks), a.amount) for a in amounts}
    found = [
        f"{activity}: amount {plain(amount)} is told or computed, not both"
        for activity, _, amount in sorted(told ^ computed, key=str)
    ]
    # Older documents do not say how many answered.
    if not found and "response" in document:
        ways = legs(plan) if plan.includes(Source.TRAVEL) else ()
        again = _response(response_of(plan, replace(estimate, legs=ways)))
        if again.get("response") != document["response"]:
            found.append(f"response: computed {again.get('response')}")
    return found


def _recompute_trips(document: Mapping[str, Any], annex: Mapping[str, Any]) -> list[str]:
    """Return what of the trips does not follow from the list and the answers."""
    if ("basis" in document) != ("answers" in annex):
        return ["basis: told in the document or in the annex, not in both"]
    if "answers" not in annex:
        return []
    listed, answered = (_read_groups(annex["answers"][part]) for part in ("listed", "answered"))
    trips = combine(listed, answered, annex["attendees"])
    found = []
    if _groups(trips.groups) != annex["groups"]:
        found.append("groups: not those of the list with the answers in their places")
    if _basis(trips.basis)["basis"] != document["basis"]:
        found.append(f"basis: computed {_basis(trips.basis)['basis']}")
    return found


_OWN = (
    Mark.GUESSED_MODE,
    Mark.AVERAGE_CABIN,
    Mark.EXTRAPOLATED,
    Mark.NIGHTS_FROM_LIST,
)


def _own_marks(marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
    return tuple(mark for mark in _OWN if mark in marks)


def _plan(document: Mapping[str, Any], annex: Mapping[str, Any]) -> Plan:
    per_room = annex["people_per_room"]
    return Plan(
        venue=_read_city(annex["venue"]),
        starts_on=date.fromisoformat(document["event"]["starts_on"]),
        ends_on=date.fromisoformat(document["event"]["ends_on"]),
        attendees=annex["attendees"],
        boundary=bounds_of(document),
        groups=_read_groups(annex["groups"]),
        people_per_room=None if per_room is None else Decimal(per_room),
        detours={
            d["mode"]: Detour(
                d["mode"], Decimal(d["coefficient"]), Decimal(d["constant_km"]), d["source"]
            )
            for d in annex["detours"]
        },
        bands=tuple(
            Band(Decimal(b["from_km"]), Mode(b["mode"]), b["source"]) for b in annex["bands"]
        ),
    )


def _assumption(assumption: Assumption | None) -> dict[str, Any]:
    if assumption is None:
        return {}
    return {
        "assumption": {
            "key": assumption.key,
            "version": assumption.version,
            "activity": assumption.activity,
            "multiplier": plain(assumption.multiplier),
            "name_zh": assumption.name_zh,
            "name_en": assumption.name_en,
            "basis": assumption.basis,
        }
    }


def _read_assumption(line: Mapping[str, Any]) -> Assumption | None:
    if "assumption" not in line:
        return None
    told = line["assumption"]
    return Assumption(**{**told, "multiplier": Decimal(told["multiplier"])})


def _response(response: Response | None) -> dict[str, Any]:
    """Return how many answered. Where everybody did there is nothing to say."""
    if response is None or response.listed == response.attendees:
        return {}
    return {
        "response": {
            "listed": response.listed,
            "attendees": response.attendees,
            "rate_percent": plain(response.rate_percent),
            "travel_kg": plain(response.travel.value),
            "margin_kg": None if response.margin is None else plain(response.margin.value),
        }
    }


def _basis(basis: Basis | None) -> dict[str, Any]:
    """Return what the trips rest on. Where nobody answered it is the list, as it always was."""
    if basis is None or basis.ground is Ground.LIST:
        return {}
    return {
        "basis": {
            "ground": str(basis.ground),
            "attendees": basis.attendees,
            "listed": basis.listed,
            "answered": basis.answered,
            "replaced": basis.replaced,
            "rate_percent": plain(basis.rate_percent),
        }
    }


def _answers(trips: Trips | None) -> dict[str, Any]:
    """Return the list and the answers, from which the groups follow."""
    if trips is None or trips.basis.ground is Ground.LIST:
        return {}
    parts = {"listed": _groups(trips.listed), "answered": _groups(trips.answered)}
    return {"answers": parts}


def _groups(groups: Iterable[Group]) -> list[dict[str, Any]]:
    return [
        {
            "city": _city(group.city),
            "mode": group.mode and str(group.mode),
            "people": group.people,
            "nights": group.nights,
            "sharing": group.sharing,
        }
        for group in groups
    ]


def _read_groups(told: Iterable[Mapping[str, Any]]) -> tuple[Group, ...]:
    return tuple(
        Group(
            _read_city(group["city"]),
            Mode(group["mode"]) if group["mode"] else None,
            group["people"],
            group["nights"],
            group["sharing"],
        )
        for group in told
    )


def _totals(estimate: Estimate) -> dict[str, Any]:
    return {
        "co2_kg": plain(estimate.co2_part.value),
        "co2e_kg": plain(estimate.co2e_part.value),
        "total_kg": plain(add_up(line.emission for line in estimate.lines).value),
        "need_kg": estimate.need_kg,
    }


def _city(city: City) -> dict[str, str]:
    return {
        "code": city.code,
        "name_zh": city.name_zh,
        "name_en": city.name_en,
        "region": city.region,
        "latitude": plain(city.latitude),
        "longitude": plain(city.longitude),
    }


def _read_city(told: Mapping[str, str]) -> City:
    return City(
        told["code"],
        told["name_zh"],
        told["name_en"],
        told["region"],
        Decimal(told["latitude"]),
        Decimal(told["longitude"]),
    )


def _factor(factor: Factor) -> dict[str, Any]:
    return {
        "subject": factor.subject,
        "name_zh": factor.name_zh,
        "name_en": factor.name_en,
        "kg_per_unit": plain(factor.kg_per_unit),
        "unit": factor.unit,
        "gases": str(factor.gases),
        "boundary": str(factor.boundary),
        "biogenic": factor.biogenic,
        "region": factor.region,
        "year": factor.year,
        "source": factor.source,
    }


def _read_factor(citation: str, told: Mapping[str, Any]) -> Factor:
    key, _, version = citation.partition("@")
    return Factor(
        key=key,
        version=version,
        subject=told["subject"],
        name_zh=told["name_zh"],
        name_en=told["name_en"],
        kg_per_unit=Decimal(told["kg_per_unit"]),
        unit=told["unit"],
        gases=Gases(told["gases"]),
        boundary=Boundary(told["boundary"]),
        biogenic=told["biogenic"],
        region=told["region"],
        year=told["year"],
        source=told["source"],
    )
