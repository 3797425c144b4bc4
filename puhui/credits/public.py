"""Read what the public register page shows: retirements that match, and where a serial is."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, false, or_, select, true, tuple_
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from puhui.credits.batch import Encumbrance
from puhui.credits.certificate import BEIJING, read_code
from puhui.credits.kind import RULES, Kind
from puhui.credits.mention import (
    Match,
    Saying,
    certified,
    is_one_of,
    looked_up,
    named,
    read,
    titled,
)
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
READ_ON = 250
"""Retirements that are read, newest first, before an index is asked."""


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

    @property
    def has_words(self) -> bool:
        """Whether something is asked for that few retirements have."""
        return bool(self.search or self.serial or self.project or self.event or self.beneficiary)

    @property
    def looks_into_rows(self) -> bool:
        """Whether more is asked than when, and for what kind of purpose, it was retired."""
        return self.has_words or self.kind is not None or bool(self.county)


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


_Found = Row[RetirementRow, CertificateRow, Beneficiary]


def retirements(
    session: Session,
    asked: Filter,
    *,
    before: tuple[datetime, UUID] | None = None,
    most: int = 50,
) -> Sequence[PublicRetirement]:
    """Return retirements that match, newest first, beyond the instant and identifier `before`."""
    newest_first = (RetirementRow.retired_at.desc(), RetirementRow.retirement_id.desc())
    beyond: ColumnElement[bool] = true()
    if before is not None:
        place = tuple_(RetirementRow.retired_at, RetirementRow.retirement_id)
        beyond = place < tuple_(*before)

    def rows(match: Match, within: ColumnElement[bool]) -> Sequence[_Found]:
        query = _matching(session, asked, match).where(beyond, within).order_by(*newest_first)
        return session.execute(query.limit(most)).all()

    if not asked.looks_into_rows:
        matching = rows(read, true())
    else:
        # What many say is soon found by reading on; what few say, by its index.
        next_ones = select(RetirementRow.retirement_id).where(beyond).order_by(*newest_first)
        matching = rows(read, is_one_of(next_ones.limit(READ_ON)))
        if len(matching) < most:
            matching = rows(looked_up, true())
    found = []
    for row, certificate, whose in matching:
        credits = json.loads(certificate.document)["credits"]
        found.append(
            PublicRetirement(
                row.retirement_id,
                certificate.code,
                row.purpose_kind,
                row.title,
                row.title_en,
                whose.name if whose else "",
                whose.name_en if whose else "",
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
        _matching(session, asked, looked_up)
        .order_by(RetirementRow.retired_at, RetirementRow.retirement_id)
        .execution_options(yield_per=500)
    )
    for row, certificate, whose in session.execute(query):
        for line in json.loads(certificate.document)["credits"]:
            granularity = RULES[Kind(line["kind"])].granularity_kg
            for written in line["serials"]:
                serials = parse(written, RULES[Kind(line["kind"])].form)
                yield (
                    certificate.code,
                    row.retired_at.isoformat(),
                    row.purpose_kind,
                    row.title,
                    whose.name if whose else "",
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
    session: Session, asked: Filter, match: Match
) -> Select[RetirementRow, CertificateRow, Beneficiary]:
    query = (
        select(RetirementRow, CertificateRow, Beneficiary)
        .join(CertificateRow, CertificateRow.retirement_id == RetirementRow.retirement_id)
        .outerjoin(Beneficiary, Beneficiary.hold_id == RetirementRow.hold_id)
    )
    if asked.search:
        query = query.where(_mentions(session, asked.search, match))
    if asked.serial:
        query = query.where(RetirementRow.retirement_id.in_(_of_serials(readings(asked.serial))))
    if asked.project:
        query = query.where(match([_of_blocks(_called(asked.project))]))
    if asked.event:
        query = query.where(match([titled(asked.event)]))
    if asked.beneficiary:
        query = query.where(match([named(asked.beneficiary)]))
    if asked.kind is not None or asked.county:
        of_them = _of_blocks(
            true() if asked.kind is None else Batch.kind == asked.kind,
            Project.county_code.startswith(asked.county, autoescape=True),
        )
        # Many may be of a kind: once words have left a few, these are read.
        query = query.where(read([of_them]) if asked.has_words else match([of_them]))
    if asked.purpose:
        query = query.where(RetirementRow.purpose_kind == asked.purpose)
    if asked.year is not None:
        query = query.where(
            RetirementRow.retired_at >= datetime(asked.year, 1, 1, tzinfo=BEIJING),
            RetirementRow.retired_at < datetime(asked.year + 1, 1, 1, tzinfo=BEIJING),
        )
    return query


def _mentions(session: Session, search: str, match: Match) -> ColumnElement[bool]:
    """Return the condition that a retirement mentions the text; a serial is nothing else."""
    wanted = readings(search)
    if wanted:
        return RetirementRow.retirement_id.in_(_of_serials(wanted))
    said = [titled(search), named(search), certified(read_code(search))]
    # Projects are few and retired blocks are many: these are looked at only for a project.
    if session.scalar(select(Project.project_id).where(_called(search)).limit(1)) is not None:
        said.append(_of_blocks(_called(search)))
    return match(said)


def _of_serials(wanted: Sequence[SerialRange]) -> Select[UUID | None]:
    return (
        select(Block.retirement_id)
        .join(Batch, Batch.batch_id == Block.batch_id)
        .where(
            Block.state == "retired", or_(*(_holds(each) for each in wanted)) if wanted else false()
        )
    )


def _of_blocks(*which: ColumnElement[bool]) -> Saying:
    """Return: some of its serials are of such batches and projects."""
    blocks = (
        select(Block.retirement_id)
        .join(Batch, Batch.batch_id == Block.batch_id)
        .join(Project, Project.project_id == Batch.project_id)
        .where(Block.state == "retired", *which)
    )
    own = blocks.where(Block.retirement_id == RetirementRow.retirement_id)
    return Saying(own.correlate(RetirementRow).exists(), blocks)


def _called(text: str) -> ColumnElement[bool]:
    return or_(
        Project.name.icontains(text, autoescape=True),
        Project.name_en.icontains(text, autoescape=True),
        Project.code == text.upper(),
    )
