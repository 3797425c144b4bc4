"""Read stock, holds, retirements and certificates."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, String, cast, func, select, tuple_
from sqlalchemy.orm import Session

from puhui.credits.batch import Encumbrance
from puhui.credits.bundle import Line, Lot, Why
from puhui.credits.certificate import Certificate, Correction, Opening, SealText, read_code
from puhui.credits.hold import (
    Hold,
    HoldState,
    RetiredLine,
    Retirement,
    one_for_each_vintage,
)
from puhui.credits.kind import RULES, Kind
from puhui.credits.model import (
    Batch,
    Beneficiary,
    Block,
    Cancellation,
    CertificateRow,
    Erratum,
    HoldLine,
    HoldRow,
    Payment,
    Project,
    RetirementRow,
    ReversalRow,
    Seal,
    SponsorRow,
)
from puhui.credits.purpose import Purpose
from puhui.credits.reversal import Cause, Reversal, ReversalDraft
from puhui.credits.serial import FORMS, SerialRange, parse
from puhui.credits.sponsor import Sponsor

_SERIALS = func.upper(Block.serials) - func.lower(Block.serials)


@dataclass(frozen=True)
class BatchCard:
    """A batch as everyone may see it. Prices are in fen per tonne, amounts in kilograms."""

    batch_id: UUID
    kind: Kind
    project_code: str
    project_name: str
    project_name_en: str
    county_code: str
    place: str
    place_en: str
    method: str
    beneficiaries: str
    beneficiaries_en: str
    households: int | None
    registry: str
    serials: str
    ours: bool
    """Whether the serials are written in a form of this platform."""
    period_starts: date
    period_ends: date
    price_fen_per_t: int
    seller: str
    encumbrance: Encumbrance
    source: str
    details: Mapping[str, str]
    """What batches of the kind have besides, by name."""
    quantity_kg: int
    available_kg: int
    held_kg: int
    retired_kg: int
    cancelled_kg: int
    reserved_kg: int
    """Of what is held: in the project's reserve."""
    encumbered_kg: int
    """Of what is held: kept because somebody has a right to it."""


def personal_holds(person_id: Any) -> Select[UUID]:
    """Return, to search within, the holds that a person made in their own name.

    `person_id` may be a column that holds one.
    """
    return select(HoldRow.hold_id).where(
        HoldRow.made_by == person_id, HoldRow.organisation_id.is_(None)
    )


def lots(session: Session) -> Sequence[Lot]:
    """Return what can be bought now: open blocks of batches that nothing encumbers."""
    query = (
        select(
            Batch.batch_id,
            Batch.kind,
            Project.county_code,
            Batch.period_ends,
            cast(func.sum(_SERIALS), String).label("serials"),
            Batch.granularity_kg,
            Batch.price_fen_per_t,
            Project.project_id,
            Project.households,
        )
        .join(Block, Block.batch_id == Batch.batch_id)
        .join(Project, Project.project_id == Batch.project_id)
        .where(Block.state == "available", Batch.encumbrance == Encumbrance.NONE)
        .group_by(Batch.batch_id, Project.project_id)
    )
    return [
        Lot(
            row.batch_id,
            Kind(row.kind),
            row.county_code,
            row.period_ends,
            int(row.serials) * row.granularity_kg,
            row.price_fen_per_t,
            row.project_id,
            row.households,
        )
        for row in session.execute(query)
    ]


def batches(
    session: Session,
    *,
    after: tuple[int, UUID] | None = None,
    most: int = 50,
    kind: Kind | None = None,
    only_on_sale: bool = False,
) -> Sequence[BatchCard]:
    """Return batches, cheapest first, beyond the price and identifier in `after`."""
    query = select(Batch, Project).join(Project, Project.project_id == Batch.project_id)
    if after is not None:
        query = query.where(tuple_(Batch.price_fen_per_t, Batch.batch_id) > tuple_(*after))
    if kind is not None:
        query = query.where(Batch.kind == kind)
    if only_on_sale:
        open_block = select(Block.block_id).where(
            Block.batch_id == Batch.batch_id, Block.state == "available"
        )
        query = query.where(open_block.exists(), Batch.encumbrance == Encumbrance.NONE)
    rows = session.execute(query.order_by(Batch.price_fen_per_t, Batch.batch_id).limit(most)).all()
    return _cards(session, [(batch, project) for batch, project in rows])


def batch(session: Session, batch_id: UUID) -> BatchCard | None:
    """Return the batch, or None for an unknown one."""
    found = session.execute(
        select(Batch, Project)
        .join(Project, Project.project_id == Batch.project_id)
        .where(Batch.batch_id == batch_id)
    ).first()
    return None if found is None else _cards(session, [(found[0], found[1])])[0]


def batches_of_project(session: Session, project_id: UUID) -> Sequence[BatchCard]:
    """Return all batches of a project, oldest period first."""
    found = session.execute(
        select(Batch, Project)
        .join(Project, Project.project_id == Batch.project_id)
        .where(Batch.project_id == project_id)
        .order_by(Batch.period_ends, Batch.kind, Batch.batch_id)
    )
    return _cards(session, [(batch, project) for batch, project in found])


def _cards(session: Session, found: Sequence[tuple[Batch, Project]]) -> list[BatchCard]:
    counted = session.execute(
        select(Block.batch_id, Block.state, Block.kept, cast(func.sum(_SERIALS), String))
        .where(Block.batch_id.in_([batch.batch_id for batch, _ in found]))
        .group_by(Block.batch_id, Block.state, Block.kept)
    )
    serials = Counter[tuple[UUID, str]]()
    for batch_id, state, kept, count in counted:
        serials[batch_id, state] += int(count)
        if kept is not None:
            serials[batch_id, kept] += int(count)
    return [
        BatchCard(
            batch.batch_id,
            Kind(batch.kind),
            project.code,
            project.name,
            project.name_en,
            project.county_code,
            project.place,
            project.place_en,
            project.method,
            project.beneficiaries,
            project.beneficiaries_en,
            project.households,
            batch.registry_name,
            batch.serial_text,
            FORMS[RULES[Kind(batch.kind)].form].ours,
            batch.period_starts,
            batch.period_ends,
            batch.price_fen_per_t,
            batch.seller,
            Encumbrance(batch.encumbrance),
            batch.source,
            batch.details,
            batch.quantity_kg,
            *_kilograms(serials, batch),
        )
        for batch, project in found
    ]


def _kilograms(serials: Counter[tuple[UUID, str]], batch: Batch) -> Iterator[int]:
    """Yield what a card says of a batch's kilograms, in its order."""
    for place in ("available", "held", "retired", "cancelled", "reserve", "encumbrance"):
        yield serials[batch.batch_id, place] * batch.granularity_kg


def hold(session: Session, hold_id: UUID) -> Hold | None:
    """Return the hold, or None for an unknown one. Nobody is asked who they are."""
    row = session.get(HoldRow, hold_id)
    return None if row is None else _holds(session, [row])[0]


def holds_of(
    session: Session, organisation_id: UUID, *, before: datetime | None = None, most: int = 50
) -> Sequence[Hold]:
    """Return an organisation's holds, newest first."""
    query = select(HoldRow).where(HoldRow.organisation_id == organisation_id)
    if before is not None:
        query = query.where(HoldRow.made_at < before)
    rows = session.scalars(query.order_by(HoldRow.made_at.desc(), HoldRow.hold_id).limit(most))
    return _holds(session, rows.all())


def holds_of_person(session: Session, person_id: UUID, *, most: int = 50) -> Sequence[Hold]:
    """Return what a person has bought or is buying in their own name, newest first."""
    query = select(HoldRow).where(HoldRow.organisation_id.is_(None), HoldRow.made_by == person_id)
    rows = session.scalars(query.order_by(HoldRow.made_at.desc(), HoldRow.hold_id).limit(most))
    return _holds(session, rows.all())


def holds_for(session: Session, purpose_id: UUID) -> Sequence[Hold]:
    """Return all holds made for this purpose, newest first."""
    query = select(HoldRow).where(HoldRow.purpose_id == purpose_id)
    rows = session.scalars(query.order_by(HoldRow.made_at.desc(), HoldRow.hold_id))
    return _holds(session, rows.all())


def holds_waiting_for_payment(
    session: Session, now: datetime, *, after: UUID | None = None, most: int = 50
) -> Sequence[Hold]:
    """Return live unpaid holds, in order of their identifier."""
    query = select(HoldRow).where(HoldRow.state == HoldState.HELD, HoldRow.expires_at > now)
    if after is not None:
        query = query.where(HoldRow.hold_id > after)
    rows = session.scalars(query.order_by(HoldRow.hold_id).limit(most))
    return _holds(session, rows.all())


def sponsors_of(session: Session, hold_id: UUID) -> tuple[Sponsor, ...]:
    """Return who pays for what the hold retires, in the order in which they were named."""
    rows = session.scalars(
        select(SponsorRow).where(SponsorRow.hold_id == hold_id).order_by(SponsorRow.place)
    )
    return tuple(Sponsor(row.name, row.name_en, row.share_bp) for row in rows)


def is_paid_by(session: Session, hold_id: UUID) -> str | None:
    """Return the bank's reference of the transfer that paid the hold, or None."""
    return session.scalar(select(Payment.reference).where(Payment.hold_id == hold_id))


def _holds(session: Session, rows: Sequence[HoldRow]) -> list[Hold]:
    lines: dict[UUID, list[Line]] = {row.hold_id: [] for row in rows}
    found = session.execute(
        select(HoldLine, Batch.kind)
        .join(Batch, Batch.batch_id == HoldLine.batch_id)
        .where(HoldLine.hold_id.in_(lines))
        .order_by(HoldLine.hold_id, HoldLine.place)
    )
    for line, kind in found:
        lines[line.hold_id].append(
            Line(
                line.batch_id,
                Kind(kind),
                line.quantity_kg,
                line.price_fen_per_t,
                line.cost_fen,
                tuple(Why(message, values) for message, values in line.why),
            )
        )
    names = {
        row.hold_id: row
        for row in session.scalars(select(Beneficiary).where(Beneficiary.hold_id.in_(lines)))
    }
    return [
        Hold(
            row.hold_id,
            row.organisation_id,
            row.made_by,
            _purpose(row, names.get(row.hold_id)),
            HoldState(row.state),
            row.need_kg,
            row.total_kg,
            row.total_fen,
            row.greedy_fen,
            row.reference,
            row.made_at,
            row.expires_at,
            tuple(lines[row.hold_id]),
        )
        for row in rows
    ]


def _purpose(row: HoldRow, named: Beneficiary | None) -> Purpose:
    told = dict(row.purpose)
    if named is not None:
        told |= {"beneficiary": named.name, "beneficiary_en": named.name_en}
    return Purpose.of_plain(told)


def retirement(session: Session, retirement_id: UUID) -> Retirement | None:
    """Return the retirement, or None for an unknown one."""
    row = session.get(RetirementRow, retirement_id)
    return None if row is None else _retirement(session, row)


def retirement_of_hold(session: Session, hold_id: UUID) -> Retirement | None:
    """Return what the hold's credits were retired as, or None."""
    row = session.scalar(select(RetirementRow).where(RetirementRow.hold_id == hold_id))
    return None if row is None else _retirement(session, row)


def _retirement(session: Session, row: RetirementRow) -> Retirement:
    held = hold(session, row.hold_id)
    assert held is not None, row.hold_id
    code = session.scalar(
        select(CertificateRow.code).where(CertificateRow.retirement_id == row.retirement_id)
    )
    assert code is not None, row.retirement_id
    return Retirement(
        row.retirement_id,
        row.hold_id,
        code,
        held.purpose,
        row.quantity_kg,
        row.required_kg,
        row.retired_at,
        row.register_entry_id,
        tuple(lines_of_hold(session, row.hold_id)),
    )


def lines_of_hold(session: Session, hold_id: UUID) -> list[RetiredLine]:
    """Return the serials that a hold has, one line per batch, neighbouring ranges joined."""
    found = session.execute(
        select(Batch, Project, Block.serials)
        .join(Project, Project.project_id == Batch.project_id)
        .join(Block, Block.batch_id == Batch.batch_id)
        .where(Block.hold_id == hold_id)
        .order_by(Batch.kind, Project.code, Batch.period_ends, Batch.batch_id, Block.serials)
    ).all()
    ranges: dict[UUID, list[tuple[int, int]]] = {}
    batches: dict[UUID, tuple[Batch, Project]] = {}
    for batch, project, serials in found:
        batches[batch.batch_id] = batch, project
        assert serials.lower is not None, batch.batch_id
        assert serials.upper is not None, batch.batch_id
        first, last = serials.lower, serials.upper - 1
        joined = ranges.setdefault(batch.batch_id, [])
        if joined and joined[-1][1] + 1 == first:
            joined[-1] = joined[-1][0], last
        else:
            joined.append((first, last))
    lines: list[RetiredLine] = []
    for batch_id, (batch, project) in batches.items():
        rule = RULES[Kind(batch.kind)]
        whole = parse(batch.serial_text, rule.form)
        parts = tuple(whole.part(first, last) for first, last in ranges[batch_id])
        lines.append(
            RetiredLine(
                batch_id,
                batch.kind,
                project.code,
                project.name,
                project.name_en,
                project.place,
                project.place_en,
                project.beneficiaries,
                project.beneficiaries_en,
                batch.period_starts,
                batch.period_ends,
                batch.registry_name,
                FORMS[rule.form].ours,
                parts,
                _kg(parts, rule.granularity_kg),
                batch.details,
            )
        )
    return one_for_each_vintage(lines)


def _kg(parts: Sequence[SerialRange], granularity_kg: int) -> int:
    return sum(part.count for part in parts) * granularity_kg


def certificate_by_code(session: Session, code: str) -> Certificate | None:
    """Return the certificate of this code, however it was typed, or None."""
    found = session.execute(
        select(CertificateRow, RetirementRow)
        .join(RetirementRow, RetirementRow.retirement_id == CertificateRow.retirement_id)
        .where(CertificateRow.code == read_code(code))
    ).first()
    if found is None:
        return None
    row, retired = found
    named = session.get(Beneficiary, retired.hold_id)
    seal = session.get(Seal, retired.retirement_id)
    errata = session.scalars(
        select(Erratum)
        .where(Erratum.retirement_id == row.retirement_id)
        .order_by(Erratum.recorded_at, Erratum.erratum_id)
    )
    return Certificate(
        row.code,
        row.retirement_id,
        retired.hold_id,
        retired.register_entry_id,
        row.document,
        json.loads(row.document),
        Opening(named.salt, named.name, named.name_en) if named else None,
        tuple(Correction(each.says_zh, each.says_en, each.recorded_at) for each in errata),
        SealText(seal.key, seal.signature) if seal else None,
        retired.retired_at,
        _reversals(session, row.retirement_id),
    )


def _reversals(session: Session, retirement_id: UUID) -> tuple[Reversal, ...]:
    """Return what projects lost on or after the first day of periods retired from them."""
    touched = (
        select(Block.block_id)
        .join(Batch, Batch.batch_id == Block.batch_id)
        .where(
            Block.retirement_id == retirement_id,
            Batch.project_id == ReversalRow.project_id,
            Batch.period_starts <= ReversalRow.happened_on,
        )
    )
    found = session.execute(
        select(ReversalRow, Project, covered_by_reserve())
        .join(Project, Project.project_id == ReversalRow.project_id)
        .where(touched.exists())
        .order_by(ReversalRow.happened_on, ReversalRow.reversal_id)
    )
    return tuple(reversal_of(row, project, covered_kg) for row, project, covered_kg in found)


def covered_by_reserve() -> ScalarSelect[Decimal]:
    """Return the kilograms that reserves have given for a reversal, as part of a query of it."""
    return (
        select(func.coalesce(func.sum(Cancellation.quantity_kg), 0))
        .where(Cancellation.reversal_id == ReversalRow.reversal_id)
        .correlate(ReversalRow)
        .scalar_subquery()
    )


def reversal_of(row: ReversalRow, project: Project, covered_kg: Decimal) -> Reversal:
    """Return a reversal. The last granule of a reserve may be more than was lost."""
    made_good = min(int(covered_kg), row.lost_kg)
    return Reversal(project.code, project.name, project.name_en, draft_of_reversal(row), made_good)


def draft_of_reversal(row: ReversalRow) -> ReversalDraft:
    """Return what was reported."""
    return ReversalDraft(
        Cause(row.cause), row.happened_on, row.lost_kg, row.says_zh, row.says_en, row.source
    )
