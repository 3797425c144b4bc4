"""Read what the public register page shows: retirements that match, and where a serial is."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, or_, select, tuple_
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from puhui.credits.batch import Encumbrance
from puhui.credits.certificate import BEIJING, read_code
from puhui.credits.kind import RULES, Kind
from puhui.credits.model import (
    Batch,
    Beneficiary,
    Block,
    Cancellation,
    CertificateRow,
    Project,
    RetirementRow,
)
from puhui.credits.serial import SerialRange, parse, readings

MOST_FATES = 200


@dataclass(frozen=True)
class Filter:
    """Which retirements are asked for. What is empty does not matter; the rest all holds."""

    search: str = ""
    """In titles, projects, beneficiaries that are named, codes, or a serial in any form."""
    serial: str = ""
    project: str = ""
    """Its code, or a part of its name."""
    event: str = ""
    """A part of the title of what it was for."""
    beneficiary: str = ""
    kind: Kind | None = None
    county: str = ""
    """A code of GB/T 2260 or its beginning."""
    purpose: str = ""
    year: int | None = None
    """In which it was retired, by the calendar of China."""


@dataclass(frozen=True)
class PublicRetirement:
    """A retirement as the public register page lists it."""

    retirement_id: UUID
    code: str
    purpose_kind: str
    title: str
    title_en: str
    beneficiary: str
    beneficiary_en: str
    quantity_kg: int
    required_kg: int
    retired_at: datetime
    serials: tuple[str, ...]
    projects: tuple[str, ...]


@dataclass(frozen=True)
class Fate:
    """Serials that share a fate, and what it is."""

    serials: str
    quantity_kg: int
    state: str
    """available, held, retired or cancelled"""
    kept: str | None
    """Why it is held without a buyer: reserve or encumbrance."""
    encumbrance: Encumbrance
    """Of the whole batch."""
    kind: Kind
    project_code: str
    project_name: str
    project_name_en: str
    registry: str
    period_starts: date
    period_ends: date
    certificate: str | None
    retired_at: datetime | None
    cancelled_because: str | None
    cancelled_at: datetime | None


def retirements(
    session: Session,
    asked: Filter,
    *,
    before: tuple[datetime, UUID] | None = None,
    most: int = 50,
) -> Sequence[PublicRetirement]:
    """Return retirements that match, newest first, beyond the instant and identifier `before`."""
    query = _matching(session, asked)
    if before is not None:
        query = query.where(
            tuple_(RetirementRow.retired_at, RetirementRow.retirement_id) < tuple_(*before)
        )
    query = query.order_by(RetirementRow.retired_at.desc(), RetirementRow.retirement_id.desc())
    found = []
    for row, certificate, named in session.execute(query.limit(most)):
        credits = json.loads(certificate.document)["credits"]
        found.append(
            PublicRetirement(
                row.retirement_id,
                certificate.code,
                row.purpose_kind,
                row.title,
                row.title_en,
                named.name if named else "",
                named.name_en if named else "",
                row.quantity_kg,
                row.required_kg,
                row.retired_at,
                tuple(serials for line in credits for serials in line["serials"]),
                tuple(line["project_name"]["zh"] for line in credits),
            )
        )
    return found


TABLE = (
    "certificate", "retired_at", "purpose", "title", "beneficiary", "kind", "project",
    "registry", "serials", "period_starts", "period_ends", "kg",
)  # fmt: skip
"""The columns of `retired_serials`."""


def retired_serials(session: Session, asked: Filter) -> Iterator[tuple[str | int, ...]]:
    """Yield every range of retired serials that matches, oldest retirement first, as `TABLE`.

    The beneficiary is empty where none is named; kilograms are those of the range.
    """
    query = (
        _matching(session, asked)
        .order_by(RetirementRow.retired_at, RetirementRow.retirement_id)
        .execution_options(yield_per=500)
    )
    for row, certificate, named in session.execute(query):
        for line in json.loads(certificate.document)["credits"]:
            granularity = RULES[Kind(line["kind"])].granularity_kg
            for written in line["serials"]:
                serials = parse(written, RULES[Kind(line["kind"])].form)
                yield (
                    certificate.code,
                    row.retired_at.isoformat(),
                    row.purpose_kind,
                    row.title,
                    named.name if named else "",
                    line["kind"],
                    line["project"],
                    line["registry"],
                    written,
                    *line["period"],
                    serials.count * granularity,
                )


def fates(session: Session, text: str) -> list[Fate]:
    """Return every block that holds some of the serials that the text means, and its fate.

    The text may be a range or one number, in any form that a kind or another registry uses; at
    most `MOST_FATES` blocks.
    """
    wanted = readings(text)
    if not wanted:
        return []
    found = session.execute(
        select(Batch, Project, Block, CertificateRow.code, RetirementRow.retired_at, Cancellation)
        .join(Project, Project.project_id == Batch.project_id)
        .join(Block, Block.batch_id == Batch.batch_id)
        .outerjoin(RetirementRow, RetirementRow.retirement_id == Block.retirement_id)
        .outerjoin(CertificateRow, CertificateRow.retirement_id == Block.retirement_id)
        .outerjoin(Cancellation, Cancellation.cancellation_id == Block.cancellation_id)
        .where(or_(*(_holds(each) for each in wanted)))
        .order_by(Batch.registry_name, Batch.serial_block, Block.serials)
        .limit(MOST_FATES)
    )
    return [
        Fate(
            str(_part(batch, block)),
            _part(batch, block).count * batch.granularity_kg,
            block.state,
            block.kept,
            Encumbrance(batch.encumbrance),
            Kind(batch.kind),
            project.code,
            project.name,
            project.name_en,
            batch.registry_name,
            batch.period_starts,
            batch.period_ends,
            code,
            retired_at,
            gone.reason if gone else None,
            gone.recorded_at if gone else None,
        )
        for batch, project, block, code, retired_at, gone in found
    ]


def _part(batch: Batch, block: Block) -> SerialRange:
    whole = parse(batch.serial_text, RULES[Kind(batch.kind)].form)
    assert block.serials.lower is not None and block.serials.upper is not None, block.block_id
    return whole.part(block.serials.lower, block.serials.upper - 1)


def _holds(wanted: SerialRange) -> ColumnElement[bool]:
    """Return the condition that a block of a batch holds some of these serials."""
    return (Batch.serial_block == wanted.block) & Block.serials.op("&&")(
        Range(wanted.first, wanted.last + 1, bounds="[)")
    )


def _matching(
    session: Session, asked: Filter
) -> Select[RetirementRow, CertificateRow, Beneficiary]:
    query = (
        select(RetirementRow, CertificateRow, Beneficiary)
        .join(CertificateRow, CertificateRow.retirement_id == RetirementRow.retirement_id)
        .outerjoin(Beneficiary, Beneficiary.hold_id == RetirementRow.hold_id)
    )
    if asked.search:
        query = query.where(_mentions(session, asked.search))
    if asked.serial:
        query = query.where(RetirementRow.retirement_id.in_(_of_serials(readings(asked.serial))))
    if asked.project:
        query = query.where(RetirementRow.retirement_id.in_(_of_project(asked.project)))
    if asked.event:
        query = query.where(
            RetirementRow.title.icontains(asked.event, autoescape=True)
            | RetirementRow.title_en.icontains(asked.event, autoescape=True)
        )
    if asked.beneficiary:
        query = query.where(_named(asked.beneficiary))
    if asked.kind is not None or asked.county:
        of_them = (
            select(Block.block_id)
            .join(Batch, Batch.batch_id == Block.batch_id)
            .join(Project, Project.project_id == Batch.project_id)
            .where(Block.retirement_id == RetirementRow.retirement_id)
        )
        if asked.kind is not None:
            of_them = of_them.where(Batch.kind == asked.kind)
        if asked.county:
            of_them = of_them.where(Project.county_code.startswith(asked.county, autoescape=True))
        query = query.where(of_them.exists())
    if asked.purpose:
        query = query.where(RetirementRow.purpose_kind == asked.purpose)
    if asked.year is not None:
        query = query.where(
            RetirementRow.retired_at >= datetime(asked.year, 1, 1, tzinfo=BEIJING),
            RetirementRow.retired_at < datetime(asked.year + 1, 1, 1, tzinfo=BEIJING),
        )
    return query


def _mentions(session: Session, search: str) -> ColumnElement[bool]:
    """Return the condition that a retirement mentions the text; a serial is nothing else."""
    wanted = readings(search)
    if wanted:
        return RetirementRow.retirement_id.in_(_of_serials(wanted))
    said = [
        RetirementRow.title.icontains(search, autoescape=True),
        RetirementRow.title_en.icontains(search, autoescape=True),
        _named(search),
        CertificateRow.code == read_code(search),
    ]
    # Projects are few and retired blocks are many: these are looked at only for a project.
    if session.scalar(select(Project.project_id).where(_called(search)).limit(1)) is not None:
        said.append(RetirementRow.retirement_id.in_(_of_project(search)))
    return or_(*said)


def _named(name: str) -> ColumnElement[bool]:
    return Beneficiary.name.icontains(name, autoescape=True) | Beneficiary.name_en.icontains(
        name, autoescape=True
    )


def _of_serials(wanted: Sequence[SerialRange]) -> Select[UUID | None]:
    return (
        select(Block.retirement_id)
        .join(Batch, Batch.batch_id == Block.batch_id)
        .where(
            Block.state == "retired", or_(*(_holds(each) for each in wanted)) if wanted else false()
        )
    )


def _of_project(text: str) -> Select[UUID | None]:
    return (
        select(Block.retirement_id)
        .join(Batch, Batch.batch_id == Block.batch_id)
        .join(Project, Project.project_id == Batch.project_id)
        .where(
            Block.state == "retired",
            _called(text),
        )
    )


def _called(text: str) -> ColumnElement[bool]:
    return or_(
        Project.name.icontains(text, autoescape=True),
        Project.name_en.icontains(text, autoescape=True),
        Project.code == text.upper(),
    )
