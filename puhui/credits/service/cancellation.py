"""Take serials out without retiring them here, for good; draw on reserves for what was lost."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid5

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from puhui.credits import queries, stock
from puhui.credits.cancellation import (
    SURRENDERED,
    CancellationDraft,
    OwnReason,
    Reason,
    caps_broken,
)
from puhui.credits.errors import CapExceeded, NameTaken, NotForCompliance
from puhui.credits.kind import RULES, Kind
from puhui.credits.model import Batch, Block, Cancellation, Project, ReversalRow
from puhui.credits.queries import BatchCard
from puhui.credits.reserve import Reserve, covered
from puhui.credits.serial import SerialRange, parse
from puhui.credits.service.blocks import carve, locked_batch, ranges_of
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.quantity import plain
from puhui.ledger.account import Move
from puhui.ledger.service import transfer_all
from puhui.outbox.service import publish
from puhui.register.entry import Value
from puhui.register.service import record

_ONE_BY_ONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_FROM_RESERVE = frozenset({OwnReason.CORRECTION, OwnReason.MIGRATED})
"""What also reaches into a reserve: the issuer's own act."""


def cancel(
    session: Session,
    actor: Actor,
    batch_id: UUID,
    cancellation_id: UUID,
    draft: CancellationDraft,
    now: datetime,
) -> BatchCard:
    """Cancel ranges of a batch, and say so in the public register. The same again changes nothing.

    Serials that are on sale or encumbered may be cancelled; the issuer's correction and migration
    reach into the reserve as well. What a buyer holds or has retired stays.

    Raises:
        UnknownBatch: no such batch.
        NameTaken: the identifier belongs to another cancellation.
        Invalid: a range is not one of the batch, or two overlap.
        SerialsNotFree: some of it is held by a buyer, or gone.
        NotForCompliance, CapExceeded: the enterprise may not surrender so much, or this at all.
    """
    actor.require(Permission.CREDIT_IMPORT)
    batch = locked_batch(session, batch_id)
    ranges = ranges_of(batch, draft.serials)
    known = session.get(Cancellation, cancellation_id)
    if known is not None:
        if _said(session, known) != _asked(batch_id, draft, ranges):
            raise NameTaken(cancellation=str(cancellation_id))
        return _card(session, batch_id)
    if draft.reason is OwnReason.COMPLIANCE:
        _judge_caps(session, batch, draft, ranges)
    row = Cancellation(
        cancellation_id=cancellation_id,
        batch_id=batch_id,
        reason=draft.reason,
        quantity_kg=sum(each.count for each in ranges) * batch.granularity_kg,
        claimant=draft.claimant,
        document=draft.document,
        says_zh=draft.says_zh,
        says_en=draft.says_en,
        year=draft.year,
        confirmed_t=draft.confirmed_t,
        recorded_by=actor.person_id,
        recorded_at=now,
    )

    def may(block: Block) -> bool:
        return (
            block.state == "available"
            or block.kept == "encumbrance"
            or (block.kept == "reserve" and draft.reason in _FROM_RESERVE)
        )

    moves = _cancel(session, batch, row, ranges, may, now)
    transfer_all(
        session,
        uuid5(cancellation_id, "cancelled"),
        moves,
        reason="credits.cancellation",
        occurred_at=now,
    )
    return _card(session, batch_id)


def draw_on_reserve(session: Session, actor: Actor, reversal: ReversalRow, now: datetime) -> int:
    """Cover a reversal out of the reserves of the batches that it can have touched; return the
    kilograms covered. The caller has asked whether the actor may, and locked the project."""
    batches = session.scalars(
        select(Batch)
        .where(
            Batch.project_id == reversal.project_id,
            Batch.period_starts <= reversal.happened_on,
        )
        .order_by(Batch.batch_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    kept: dict[UUID, list[Block]] = {}
    for block in session.scalars(
        select(Block)
        .where(Block.batch_id.in_([each.batch_id for each in batches]), Block.kept == "reserve")
        .order_by(Block.batch_id, Block.serials)
    ):
        kept.setdefault(block.batch_id, []).append(block)
    by_id = {each.batch_id: each for each in batches}
    reserves = [
        Reserve(
            batch_id,
            by_id[batch_id].period_ends,
            by_id[batch_id].granularity_kg,
            sum(_count(block) for block in blocks) * by_id[batch_id].granularity_kg,
        )
        for batch_id, blocks in kept.items()
    ]
    amounts = covered(reversal.lost_kg, reserves)
    moves: list[Move] = []
    for batch_id, kg in sorted(amounts.items()):
        batch = by_id[batch_id]
        ranges = _first_of(batch, kept[batch_id], kg // batch.granularity_kg)
        row = Cancellation(
            cancellation_id=uuid5(reversal.reversal_id, f"cover {batch_id}"),
            batch_id=batch_id,
            reason=Reason.REVERSAL,
            quantity_kg=kg,
            claimant="",
            document=reversal.source,
            says_zh=reversal.says_zh,
            says_en=reversal.says_en,
            reversal_id=reversal.reversal_id,
            recorded_by=actor.person_id,
            recorded_at=now,
        )
        moves += _cancel(session, batch, row, ranges, lambda block: block.kept == "reserve", now)
    if moves:
        transfer_all(
            session,
            uuid5(reversal.reversal_id, "covered"),
            moves,
            reason="credits.cancellation",
            occurred_at=now,
        )
    return sum(amounts.values())


def _cancel(
    session: Session,
    batch: Batch,
    row: Cancellation,
    ranges: Sequence[SerialRange],
    may: Callable[[Block], bool],
    now: datetime,
) -> list[Move]:
    """Write the cancellation, take its serials, and return what the ledger has to move."""
    session.add(row)
    session.flush()
    fate = {"state": "cancelled", "cancellation_id": row.cancellation_id}
    taken = carve(session, batch, ranges, may, fate)
    assert sum(taken.values()) == row.quantity_kg, (taken, row.quantity_kg)
    code = session.scalar(select(Project.code).where(Project.project_id == batch.project_id))
    said: dict[str, Value] = {
        "batch": str(batch.batch_id),
        "project": code,
        "registry": batch.registry_name,
        "serials": [str(each) for each in ranges],
        "kg": str(row.quantity_kg),
        "reason": str(row.reason),
        "document": row.document,
        "says": {"zh": row.says_zh, "en": row.says_en},
    }
    if row.reversal_id is not None:
        said["reversal"] = str(row.reversal_id)
    record(session, "credit_cancellation", str(row.cancellation_id), said, now)
    publish(session, "credits.cancelled", now, cancellation_id=str(row.cancellation_id))
    account = {"available": stock.available, "held": stock.held}
    return [
        Move(account[state](batch.batch_id), stock.cancelled(batch.batch_id), kg)
        for state, kg in sorted(taken.items())
    ]


def _judge_caps(
    session: Session, batch: Batch, draft: CancellationDraft, ranges: Sequence[SerialRange]
) -> None:
    """Refuse what an enterprise may not surrender beside all that it has for that year."""
    kind = Kind(batch.kind)
    if kind not in SURRENDERED:
        raise NotForCompliance(kind=kind.value)
    session.execute(_ONE_BY_ONE, {"name": f"credits compliance {draft.claimant}\n{draft.year}"})
    known = session.execute(
        select(Batch.kind, func.sum(Cancellation.quantity_kg))
        .join(Batch, Batch.batch_id == Cancellation.batch_id)
        .where(
            Cancellation.reason == Reason.COMPLIANCE,
            Cancellation.claimant == draft.claimant,
            Cancellation.year == draft.year,
        )
        .group_by(Batch.kind)
    )
    surrendered = [(Kind(each), int(kg)) for each, kg in known]
    surrendered.append((kind, sum(each.count for each in ranges) * batch.granularity_kg))
    assert draft.confirmed_t is not None, draft
    broken = caps_broken(draft.confirmed_t, surrendered)
    if broken:
        raise CapExceeded(caps=[str(cap) for cap in broken])


def _said(session: Session, row: Cancellation) -> tuple[object, ...]:
    spans = session.scalars(
        select(Block.serials)
        .where(Block.cancellation_id == row.cancellation_id)
        .order_by(Block.serials)
    ).all()
    return (
        row.batch_id,
        row.reason,
        row.claimant,
        row.document,
        row.says_zh,
        row.says_en,
        row.year,
        None if row.confirmed_t is None else plain(row.confirmed_t),
        _joined([(span.lower, span.upper) for span in spans]),
    )


def _asked(
    batch_id: UUID, draft: CancellationDraft, ranges: Sequence[SerialRange]
) -> tuple[object, ...]:
    return (
        batch_id,
        draft.reason,
        draft.claimant,
        draft.document,
        draft.says_zh,
        draft.says_en,
        draft.year,
        None if draft.confirmed_t is None else plain(Decimal(draft.confirmed_t)),
        _joined([(each.first, each.last + 1) for each in ranges]),
    )


def _joined(spans: Sequence[tuple[int | None, int | None]]) -> list[tuple[int, int]]:
    """Return the spans in order, neighbours as one; upper bounds are not included."""
    found: list[tuple[int, int]] = []
    for lower, upper in spans:
        assert lower is not None and upper is not None, spans
        if found and found[-1][1] == lower:
            found[-1] = found[-1][0], upper
        else:
            found.append((lower, upper))
    return found


def _first_of(batch: Batch, blocks: Sequence[Block], count: int) -> list[SerialRange]:
    """Return the first `count` serials of the blocks, which lie in ascending order."""
    whole = parse(batch.serial_text, RULES[Kind(batch.kind)].form)
    found: list[SerialRange] = []
    for block in blocks:
        part = min(count, _count(block))
        if part:
            assert block.serials.lower is not None, block.block_id
            found.append(whole.part(block.serials.lower, block.serials.lower + part - 1))
            count -= part
    assert count == 0, count
    return found


def _count(block: Block) -> int:
    assert block.serials.lower is not None and block.serials.upper is not None, block.block_id
    return block.serials.upper - block.serials.lower


def _card(session: Session, batch_id: UUID) -> BatchCard:
    found = queries.batch(session, batch_id)
    assert found is not None, batch_id
    return found
