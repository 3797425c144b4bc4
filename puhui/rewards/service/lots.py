"""The night's work on points: what has waited matures, what has lasted expires.

Each step takes so many lots, in the order of their days, in a transaction of its own. Killed and
run again it goes on where the last commit left it: what has matured is pending no more.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    String,
    Uuid,
    and_,
    any_,
    cast,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session

from puhui.kernel.clock import day_of
from puhui.ledger.account import POINT, POINTS_ISSUED
from puhui.ledger.queries import holding
from puhui.ledger.service import hold_still, transfer_each, wire
from puhui.outbox.task import Step, begin
from puhui.rewards.lot import LotState
from puhui.rewards.model.points import Lot
from puhui.rewards.queries.lots import expiry_of, is_held, maturity_of

NIGHTS = UUID("0d8c1a52-6f0e-5c40-9a55-3e2c56a1f7d4")
MOST = 10_000
"""Lots in one step: about a second's work."""


def begin_night(session: Session, now: datetime) -> None:
    """Begin the work of the day that has begun in China, if there is any; once a day."""
    day = day_of(now)
    due = sum(
        session.scalar(select(func.count()).where(waiting)) or 0
        for waiting in (_to_mature(day), _to_end(day))
    )
    if due:
        begin(
            session,
            uuid5(NIGHTS, day.isoformat()),
            "rewards.night",
            owner="puhui",
            total=due,
            payload={"day": day.isoformat()},
            now=now,
        )


def night(
    session: Session, payload: Mapping[str, Any], cursor: Mapping[str, Any], now: datetime
) -> Step:
    """Do one step of a night: what is due matures, and when all has, what is over expires."""
    day = date.fromisoformat(payload["day"])
    matured, ended = cursor.get("matured", 0), cursor.get("ended", 0)
    step = mature(session, day, now)
    matured += step
    if not step:
        step = end(session, uuid5(NIGHTS, f"{day} after {ended}"), day, now)
        ended += step
    counted = {"matured": matured, "ended": ended}
    return Step(matured + ended, counted, None if step else counted)


def mature(session: Session, day: date, now: datetime, most: int = MOST) -> int:
    """Let up to `most` lots mature whose day has come; return how many did."""
    moved = (
        update(Lot)
        .where(Lot.lot_id == any_(_first(_to_mature(day), Lot.matures_on, most)))
        .values(state=LotState.MATURED)
        .returning(Lot.lot_id, Lot.person_id, Lot.points - Lot.reversed)
        .cte("moved")
    )
    lot_id, person_id, points = moved.c
    moves = select(
        maturity_of(lot_id), _account(person_id, "pending"), _account(person_id, "wallet"), points
    )
    return transfer_each(session, moves, reason="matured", occurred_at=now)


def end(session: Session, name: UUID, day: date, now: datetime, most: int = MOST) -> int:
    """Let up to `most` lots end whose last day is past; return how many did.

    `name` is this piece of work's. From each wallet goes what is in no other lot of it: points
    that were spent, were spent from the lots that ended first.
    """
    over = (
        update(Lot)
        .where(Lot.lot_id == any_(_first(_to_end(day), Lot.expires_on, most)))
        .values(state=LotState.ENDED, ended_by=name)
        .returning(Lot.lot_id)
        .cte("over")
    )
    ended = session.scalar(select(func.count()).select_from(over)) or 0
    if not ended:
        return 0
    people = select(Lot.person_id).where(Lot.ended_by == name).distinct().subquery()
    owner = literal("person:") + cast(people.c.person_id, String)
    hold_still(session, select(owner), POINT, "wallet")
    left = (
        select(func.coalesce(func.sum(Lot.points - Lot.reversed), 0))
        .where(Lot.person_id == people.c.person_id, Lot.state == LotState.MATURED)
        .scalar_subquery()
    )
    gone = (
        select(
            people.c.person_id,
            cast(holding(owner, POINT, "wallet") - left, BigInteger).label("points"),
        )
        .cte("gone")
        .prefix_with("MATERIALIZED")  # else what is gone is looked up twice
    )
    moves = select(
        expiry_of(literal(name), gone.c.person_id),
        _account(gone.c.person_id, "wallet"),
        literal(wire(POINTS_ISSUED)),
        gone.c.points,
    ).where(gone.c.points > 0)
    transfer_each(session, moves, reason="expired", occurred_at=now)
    return ended


def _to_mature(day: date) -> ColumnElement[bool]:
    return and_(Lot.state == LotState.PENDING, Lot.matures_on <= day, ~is_held(Lot.lot_id))


def _to_end(day: date) -> ColumnElement[bool]:
    return and_(Lot.state == LotState.MATURED, Lot.expires_on < day)


def _first(
    which: ColumnElement[bool], by: InstrumentedAttribute[date], most: int
) -> ColumnElement[Any]:
    """Return the first lots by day; those that somebody is just reversing are left for later.

    As an array, so that each is then looked up: joined, every lot there is would be read.
    """
    query = select(Lot.lot_id).where(which).order_by(by, Lot.lot_id).limit(most)
    return func.array(query.with_for_update(skip_locked=True).scalar_subquery(), type_=ARRAY(Uuid))


def _account(person_id: ColumnElement[UUID], purpose: str) -> ColumnElement[str]:
    return literal("person:") + cast(person_id, String) + f"|{POINT}|{purpose}"
