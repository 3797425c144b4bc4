"""Cut ranges of serials out of a batch's blocks, to give them another fate."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from puhui.credits.errors import SerialsNotFree, UnknownBatch
from puhui.credits.kind import RULES, Kind
from puhui.credits.model import Batch, Block
from puhui.credits.serial import MalformedSerial, SerialRange, parse
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_


def locked_batch(session: Session, batch_id: UUID) -> Batch:
    """Return the batch once nobody is taking from it; takers then wait for us.

    Raises:
        UnknownBatch: no such batch.
    """
    # Takers lock it FOR SHARE before its blocks; new blocks that refer to it need not wait.
    row = session.get(Batch, batch_id, with_for_update={"key_share": True}, populate_existing=True)
    if row is None:
        raise UnknownBatch(batch=str(batch_id))
    return row


def ranges_of(batch: Batch, written: Sequence[str]) -> list[SerialRange]:
    """Return the ranges that an operator has written, in ascending order.

    Raises:
        Invalid: one is not in the batch's form, lies outside of it, or overlaps another.
    """
    form = RULES[Kind(batch.kind)].form
    whole = parse(batch.serial_text, form)
    found: list[tuple[SerialRange, int]] = []
    faults: list[Fault] = []
    for place, text in enumerate(written, start=1):
        try:
            read = parse(text, form)
        except MalformedSerial:
            message = N_("序列号不符合此类碳信用的格式")
            faults.append(Fault("malformed_serials", message, place, "serials"))
            continue
        if read.block != whole.block or read.first < whole.first or read.last > whole.last:
            faults.append(Fault("outside_batch", N_("序列号不在这个批次之内"), place, "serials"))
            continue
        found.append((read, place))
    found.sort()
    for (former, _), (later, place) in pairwise(found):
        if later.first <= former.last:
            faults.append(Fault("serials_overlap_here", N_("序列号重复"), place, "serials"))
    if faults:
        raise Invalid(faults)
    return [read for read, _ in found]


def carve(
    session: Session,
    batch: Batch,
    ranges: Sequence[SerialRange],
    may: Callable[[Block], bool],
    fate: dict[str, Any],
) -> dict[str, int]:
    """Give the serials of ascending `ranges` the columns in `fate`; the batch is locked.

    Returns the kilograms that came from each former state.

    Raises:
        SerialsNotFree: not all of them lie in blocks of which `may` is true; nothing is changed.
    """
    touching = [
        Block.serials.op("&&")(Range(each.first, each.last + 1, bounds="[)")) for each in ranges
    ]
    blocks = session.scalars(
        select(Block)
        .where(Block.batch_id == batch.batch_id, or_(*touching))
        .order_by(Block.block_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    wanted = sum(each.count for each in ranges)
    taken: dict[str, int] = {}
    pieces: list[tuple[Block, list[tuple[int, int, bool]]]] = []
    for block in blocks:
        if not may(block):
            continue
        segments = _segments(block, ranges)
        pieces.append((block, segments))
        count = sum(last - first + 1 for first, last, is_taken in segments if is_taken)
        taken[block.state] = taken.get(block.state, 0) + count
    if sum(taken.values()) != wanted:
        raise SerialsNotFree(batch=str(batch.batch_id))
    new: list[Block] = []
    for block, segments in pieces:
        former = {"state": block.state, "kept": block.kept, "encumbrance_id": block.encumbrance_id}
        # First what stays, so that the old row shrinks before others are put beside it.
        segments.sort(key=lambda segment: segment[2])
        (first, last, is_taken), *others = segments
        block.serials = Range(first, last + 1)
        if is_taken:
            _give(block, fate)
        for first, last, is_taken in others:
            piece = Block(batch_id=batch.batch_id, serials=Range(first, last + 1), **former)
            if is_taken:
                _give(piece, fate)
            new.append(piece)
    session.flush()
    session.add_all(new)
    session.flush()
    return {state: count * batch.granularity_kg for state, count in taken.items()}


def _give(block: Block, fate: dict[str, Any]) -> None:
    block.kept = block.encumbrance_id = None
    for name, value in fate.items():
        setattr(block, name, value)


def _segments(block: Block, ranges: Sequence[SerialRange]) -> list[tuple[int, int, bool]]:
    """Return the block as pieces from end to end, each with whether it is taken."""
    assert block.serials.lower is not None and block.serials.upper is not None, block.block_id
    at, end = block.serials.lower, block.serials.upper - 1
    found: list[tuple[int, int, bool]] = []
    for each in ranges:
        first, last = max(each.first, at), min(each.last, end)
        if first > last:
            continue
        if first > at:
            found.append((at, first - 1, False))
        found.append((first, last, True))
        at = last + 1
    if at <= end:
        found.append((at, end, False))
    return found
