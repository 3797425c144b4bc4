"""The monthly draw: chosen by a seed that nobody knows beforehand and everybody afterwards."""

from datetime import date, datetime
from hashlib import sha256

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.kernel.clock import day_of
from puhui.register.service import record
from puhui.rewards.model.decision import Draw

SEED_BYTES = 32


def seed_of_month(session: Session, now: datetime, fresh: bytes) -> bytes:
    """Return the seed of the month of `now`, which is `fresh` if this is the month's first use.

    Its digest enters the public register at once, so that it cannot be chosen with hindsight.
    """
    assert len(fresh) == SEED_BYTES, len(fresh)
    month = month_of(now)
    commitment = sha256(fresh).digest()
    made = session.scalar(
        insert(Draw)
        .values(month=month, seed=fresh, commitment=commitment, opened_at=now)
        .on_conflict_do_nothing()
        .returning(Draw.month)
    )
    if made is not None:
        record(session, "draw_opened", month.isoformat(), {"sha256_of_seed": commitment.hex()}, now)
    return session.get_one(Draw, month).seed


def month_of(now: datetime) -> date:
    """Return the first day of the month in China."""
    return day_of(now).replace(day=1)
