"""Lots of points, and the names of the transfers that follow from them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, Uuid, cast, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from puhui.rewards.claim import ClaimState
from puhui.rewards.lot import LotState, left_by_day
from puhui.rewards.model.claim import Claim
from puhui.rewards.model.points import Lot, Reversal


@dataclass(frozen=True)
class LotCard:
    """What became of points that were given together."""

    lot_id: UUID
    points: int
    state: LotState
    matures_on: date
    expires_on: date


@dataclass(frozen=True)
class ReversalCard:
    """Points taken back: how many should have been, and how many were still there."""

    reversal_id: UUID
    award_id: UUID
    reason: str
    points: int
    taken: int
    reversed_at: datetime

    @property
    def uncovered(self) -> int:
        """Return what had been spent already, and is not asked for again."""
        return self.points - self.taken


def lots(session: Session, lot_ids: Collection[UUID]) -> Mapping[UUID, LotCard]:
    """Return these lots; unknown ones are left out."""
    return {
        row.lot_id: LotCard(
            row.lot_id, row.points, LotState(row.state), row.matures_on, row.expires_on
        )
        for row in session.scalars(select(Lot).where(Lot.lot_id.in_(lot_ids)))
    }


def reversals(session: Session, which: ColumnElement[bool]) -> Sequence[ReversalCard]:
    """Return reversals in the order in which they were made."""
    query = select(Reversal).where(which).order_by(Reversal.reversed_at, Reversal.reversal_id)
    return [
        ReversalCard(
            row.reversal_id, row.award_id, row.reason, row.points, row.taken, row.reversed_at
        )
        for row in session.scalars(query)
    ]


def maturing(session: Session, person_id: UUID) -> list[tuple[date, int]]:
    """Return what waits, by the day on which it can be spent, earliest first."""
    rows = session.execute(
        select(Lot.matures_on, func.sum(Lot.points - Lot.reversed))
        .where(Lot.person_id == person_id, Lot.state == LotState.PENDING, ~is_held(Lot.lot_id))
        .group_by(Lot.matures_on)
        .order_by(Lot.matures_on)
    )
    return [(day, int(points)) for day, points in rows]


def by_last_day(session: Session, person_id: UUID) -> list[tuple[date, int]]:
    """Return the points of the lots that have matured, by last day, earliest first."""
    rows = session.execute(
        select(Lot.expires_on, func.sum(Lot.points - Lot.reversed))
        .where(Lot.person_id == person_id, Lot.state == LotState.MATURED)
        .group_by(Lot.expires_on)
        .order_by(Lot.expires_on)
    )
    return [(day, int(points)) for day, points in rows]


def held(session: Session, person_id: UUID) -> int:
    """Return the points that wait for somebody to look at what they were given for."""
    found = session.scalar(
        select(func.sum(Lot.points - Lot.reversed)).where(
            Lot.person_id == person_id, Lot.state == LotState.PENDING, is_held(Lot.lot_id)
        )
    )
    return int(found or 0)


def is_held(lot_id: ColumnElement[UUID] | InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """Return whether a lot was given for a claim that somebody still has to look at."""
    return exists().where(Claim.award_id == lot_id, Claim.state == ClaimState.HELD)


def expiring(
    session: Session, person_id: UUID, balance: int, today: date
) -> list[tuple[date, int]]:
    """Return what expires soon, by its last day: as much as is still there, earliest first."""
    rows = session.execute(
        select(Lot.expires_on, func.min(Lot.warns_on), func.sum(Lot.points - Lot.reversed))
        .where(Lot.person_id == person_id, Lot.state == LotState.MATURED)
        .group_by(Lot.expires_on)
        .order_by(Lot.expires_on)
    ).all()
    warned = {day for day, warns_on, _ in rows if warns_on <= today}
    left = left_by_day(balance, [(day, int(points)) for day, _, points in rows])
    return [(day, points) for day, points in left if day in warned]


def maturity_of(lot_id: ColumnElement[UUID]) -> ColumnElement[UUID]:
    """Return the name of the transfer by which a lot matures: its own, as a version 8.

    The database can derive it for a whole night at once, and back again for a statement.
    """
    return _as_version(lot_id, "8")


def lot_of(maturity_id: UUID) -> UUID:
    """Return the lot that matured by a transfer of this name."""
    text = str(maturity_id)
    return UUID(text[:14] + "5" + text[15:])


def expiry_of(night: ColumnElement[Any], person_id: ColumnElement[UUID]) -> ColumnElement[UUID]:
    """Return the name of the transfer that takes what is left of a person's ended lots."""
    return cast(func.md5(cast(night, String) + cast(person_id, String)), Uuid)


def _as_version(name: ColumnElement[UUID], version: str) -> ColumnElement[UUID]:
    text = cast(name, String)
    return cast(func.concat(func.left(text, 14), version, func.substr(text, 16)), Uuid)
