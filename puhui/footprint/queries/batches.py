"""Read batches of serials."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from puhui.footprint.model import Batch, Serial


@dataclass(frozen=True)
class BatchRow:
    """A batch with how many of its serials are sold, claimed, void."""

    batch_id: UUID
    count: int
    printed_at: datetime
    shipped_at: datetime | None
    sold: int
    claimed: int
    void: int


def batches_of(session: Session, label_id: UUID) -> Sequence[BatchRow]:
    """Return the label's batches with how many of their serials are in each state."""
    rows = session.execute(
        select(
            Batch.batch_id,
            Batch.count,
            Batch.printed_at,
            Batch.shipped_at,
            func.count().filter(Serial.state == "sold"),
            func.count().filter(Serial.state == "claimed"),
            func.count().filter(Serial.state == "void"),
        )
        .join(Serial, Serial.batch_id == Batch.batch_id)
        .where(Batch.label_id == label_id)
        .group_by(Batch.batch_id)
        .order_by(Batch.printed_at, Batch.batch_id)
    )
    return [BatchRow(*row) for row in rows]
