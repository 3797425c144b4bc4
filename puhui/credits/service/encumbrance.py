"""Keep credits from being sold because somebody has a right to them; the history stays."""

from datetime import datetime
from uuid import UUID, uuid4, uuid5

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from puhui.credits import queries, stock
from puhui.credits.batch import Encumbrance
from puhui.credits.encumbrance import EncumbranceDraft
from puhui.credits.errors import NameTaken, UnknownEncumbrance
from puhui.credits.model import Batch, Block, EncumbranceRow
from puhui.credits.queries import BatchCard
from puhui.credits.service.blocks import carve, locked_batch, ranges_of
from puhui.kernel.actor import Actor, Permission
from puhui.ledger.account import Move
from puhui.ledger.service import transfer_all
from puhui.outbox.service import publish


def encumber(
    session: Session,
    actor: Actor,
    batch_id: UUID,
    encumbrance: Encumbrance,
    note: str,
    now: datetime,
    claimant: str = "",
    document: str = "",
) -> BatchCard:
    """Withdraw a batch from sale because somebody has a right to it, or free it again.

    What is held already stays held: its buyer came first. Saying again what was said last
    changes nothing.

    Raises:
        UnknownBatch: no such batch.
    """
    actor.require(Permission.CREDIT_IMPORT)
    row = locked_batch(session, batch_id)
    last = session.scalars(
        select(EncumbranceRow)
        .where(EncumbranceRow.batch_id == batch_id, EncumbranceRow.serials.is_(None))
        .order_by(EncumbranceRow.number.desc())
        .limit(1)
    ).first()
    said = (encumbrance, note, claimant, document)
    if last is None or said != (last.encumbrance, last.note, last.claimant, last.document):
        remember(session, row, encumbrance, note, actor.person_id, now, claimant, document)
        row.encumbrance, row.encumbrance_note = encumbrance, note
        session.flush()
        publish(session, "credits.batch_encumbered", now, batch_id=str(batch_id))
    return _card(session, batch_id)


def remember(
    session: Session,
    batch: Batch,
    encumbrance: Encumbrance,
    note: str,
    by: UUID,
    now: datetime,
    claimant: str = "",
    document: str = "",
) -> None:
    """Write down what is said of the whole batch from now on."""
    session.add(
        EncumbranceRow(
            encumbrance_id=uuid4(),
            batch_id=batch.batch_id,
            encumbrance=encumbrance,
            quantity_kg=batch.quantity_kg,
            claimant=claimant,
            note=note,
            document=document,
            recorded_by=by,
            recorded_at=now,
        )
    )


def encumber_part(
    session: Session,
    actor: Actor,
    batch_id: UUID,
    encumbrance_id: UUID,
    draft: EncumbranceDraft,
    now: datetime,
) -> BatchCard:
    """Keep a range of serials from being sold until it is freed. The same again changes nothing.

    Raises:
        UnknownBatch: no such batch.
        NameTaken: the identifier belongs to another encumbrance.
        Invalid: the range is not one of the batch.
        SerialsNotFree: some of it is held, gone, or kept already.
    """
    actor.require(Permission.CREDIT_IMPORT)
    batch = locked_batch(session, batch_id)
    (serials,) = ranges_of(batch, [draft.serials])
    known = session.get(EncumbranceRow, encumbrance_id)
    if known is not None:
        if known.lifts is not None or _said(known) != (
            batch_id, draft.encumbrance, serials.first, serials.last, draft.claimant, draft.note,
            draft.document,
        ):  # fmt: skip
            raise NameTaken(encumbrance=str(encumbrance_id))
        return _card(session, batch_id)
    kg = serials.count * batch.granularity_kg
    session.add(
        EncumbranceRow(
            encumbrance_id=encumbrance_id,
            batch_id=batch_id,
            encumbrance=draft.encumbrance,
            serials=Range(serials.first, serials.last + 1),
            quantity_kg=kg,
            claimant=draft.claimant,
            note=draft.note,
            document=draft.document,
            recorded_by=actor.person_id,
            recorded_at=now,
        )
    )
    session.flush()
    fate = {"state": "held", "kept": "encumbrance", "encumbrance_id": encumbrance_id}
    carve(session, batch, [serials], lambda block: block.state == "available", fate)
    transfer_all(
        session,
        uuid5(encumbrance_id, "encumbered"),
        [Move(stock.available(batch_id), stock.held(batch_id), kg)],
        reason="credits.encumbrance",
        occurred_at=now,
    )
    publish(session, "credits.batch_encumbered", now, batch_id=str(batch_id))
    return _card(session, batch_id)


def free_part(
    session: Session,
    actor: Actor,
    batch_id: UUID,
    encumbrance_id: UUID,
    note: str,
    document: str,
    now: datetime,
) -> BatchCard:
    """End an encumbrance: what is left of its serials goes back on sale. Twice is once.

    Raises:
        UnknownBatch, UnknownEncumbrance: no such batch, or no such part of it.
        NameTaken: it was ended before for another reason.
    """
    actor.require(Permission.CREDIT_IMPORT)
    batch = locked_batch(session, batch_id)
    row = session.get(EncumbranceRow, encumbrance_id)
    if row is None or row.batch_id != batch_id or row.serials is None or row.lifts is not None:
        raise UnknownEncumbrance(encumbrance=str(encumbrance_id))
    name = uuid5(encumbrance_id, "freed")
    known = session.get(EncumbranceRow, name)
    if known is not None:
        if (known.note, known.document) != (note, document):
            raise NameTaken(encumbrance=str(encumbrance_id))
        return _card(session, batch_id)
    session.add(
        EncumbranceRow(
            encumbrance_id=name,
            batch_id=batch_id,
            encumbrance=Encumbrance.NONE,
            serials=row.serials,
            quantity_kg=row.quantity_kg,
            claimant=row.claimant,
            note=note,
            document=document,
            lifts=encumbrance_id,
            recorded_by=actor.person_id,
            recorded_at=now,
        )
    )
    # What was cancelled out of it in the meantime is gone for good.
    left = session.scalars(
        select(Block)
        .where(Block.encumbrance_id == encumbrance_id)
        .order_by(Block.block_id)
        .with_for_update()
    ).all()
    kg = 0
    for block in left:
        assert block.serials.upper is not None and block.serials.lower is not None, block.block_id
        kg += (block.serials.upper - block.serials.lower) * batch.granularity_kg
        block.state, block.kept, block.encumbrance_id = "available", None, None
    session.flush()
    if kg:
        transfer_all(
            session,
            uuid5(encumbrance_id, "freed"),
            [Move(stock.held(batch_id), stock.available(batch_id), kg)],
            reason="credits.encumbrance",
            occurred_at=now,
        )
    publish(session, "credits.batch_encumbered", now, batch_id=str(batch_id))
    return _card(session, batch_id)


def _said(row: EncumbranceRow) -> tuple[object, ...]:
    span = row.serials
    first, last = (
        (span.lower, span.upper - 1)
        if span is not None and span.upper is not None
        else (None, None)
    )
    return row.batch_id, row.encumbrance, first, last, row.claimant, row.note, row.document


def _card(session: Session, batch_id: UUID) -> BatchCard:
    found = queries.batch(session, batch_id)
    assert found is not None, batch_id
    return found
