"""Read what became of a batch beside sales: rights to it, their ends, cancellations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.credits.kind import RULES, Kind
from puhui.credits.model import Batch, Block, Cancellation, EncumbranceRow
from puhui.credits.serial import parse


@dataclass(frozen=True)
class FateCard:
    """A line of a batch's history: a right to some of it, the end of one, or a cancellation."""

    fate_id: UUID
    batch_id: UUID
    what: str
    """pledged, disputed, used, none (freed), or the reason of a cancellation."""
    is_final: bool
    """Whether it is a cancellation."""
    serials: tuple[str, ...]
    """Empty for the whole batch."""
    quantity_kg: int
    document: str
    says: str
    says_en: str
    recorded_at: datetime
    claimant: str | None
    """Whose right it is; None for those who need not know."""
    note: str | None
    """Why; None for those who need not know."""
    lifts: UUID | None = None
    """The right that this ends."""


def history(
    session: Session,
    *,
    project_id: UUID | None = None,
    batch_id: UUID | None = None,
    with_claimants: bool,
) -> Sequence[FateCard]:
    """Return rights to the batches of a project, or to one batch, and cancellations, in order."""
    of = Batch.project_id == project_id if batch_id is None else Batch.batch_id == batch_id
    rights = session.execute(
        select(EncumbranceRow, Batch)
        .join(Batch, Batch.batch_id == EncumbranceRow.batch_id)
        .where(of)
        .order_by(EncumbranceRow.number)
    )
    found = [
        FateCard(
            row.encumbrance_id,
            row.batch_id,
            row.encumbrance,
            False,
            _texts(batch, [(row.serials.lower, row.serials.upper)]) if row.serials else (),
            row.quantity_kg,
            row.document,
            "",
            "",
            row.recorded_at,
            row.claimant if with_claimants else None,
            row.note if with_claimants else None,
            row.lifts,
        )
        for row, batch in rights
    ]
    gone = session.execute(
        select(Cancellation, Batch)
        .join(Batch, Batch.batch_id == Cancellation.batch_id)
        .where(of)
        .order_by(Cancellation.recorded_at, Cancellation.cancellation_id)
    ).all()
    spans: dict[UUID, list[tuple[int | None, int | None]]] = {}
    for name, serials in session.execute(
        select(Block.cancellation_id, Block.serials)
        .where(Block.cancellation_id.in_([row.cancellation_id for row, _ in gone]))
        .order_by(Block.serials)
    ):
        assert name is not None, batch_id
        spans.setdefault(name, []).append((serials.lower, serials.upper))
    found += [
        FateCard(
            row.cancellation_id,
            row.batch_id,
            row.reason,
            True,
            _texts(batch, spans[row.cancellation_id]),
            row.quantity_kg,
            row.document,
            row.says_zh,
            row.says_en,
            row.recorded_at,
            row.claimant if with_claimants else None,
            "" if with_claimants else None,
        )
        for row, batch in gone
    ]
    return sorted(found, key=lambda card: card.recorded_at)


def live_parts(found: Sequence[FateCard]) -> list[FateCard]:
    """Return the rights to parts of a batch in its history that have not been ended."""
    ended = {each.lifts for each in found}
    return [
        each
        for each in found
        if each.serials and not each.is_final and each.lifts is None and each.fate_id not in ended
    ]


def _texts(batch: Batch, spans: Sequence[tuple[int | None, int | None]]) -> tuple[str, ...]:
    """Return spans of serials, upper bounds not included, in the batch's form."""
    whole = parse(batch.serial_text, RULES[Kind(batch.kind)].form)
    joined: list[tuple[int, int]] = []
    for lower, upper in spans:
        assert lower is not None and upper is not None, batch.batch_id
        if joined and joined[-1][1] == lower:
            joined[-1] = joined[-1][0], upper
        else:
            joined.append((lower, upper))
    return tuple(str(whole.part(lower, upper - 1)) for lower, upper in joined)
