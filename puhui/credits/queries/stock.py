"""Read batches, and what can be bought of them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import String, cast, func, select, tuple_
from sqlalchemy.orm import Session

from puhui.credits.batch import Encumbrance
from puhui.credits.bundle import Lot
from puhui.credits.kind import RULES, Kind
from puhui.credits.model import Batch, Block, Project
from puhui.credits.serial import FORMS

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
