"""Award points: by the rule in force on the day of the deed, once for each cause."""

from datetime import date, datetime
from uuid import UUID, uuid5

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from puhui.kernel.clock import day_of
from puhui.ledger.account import POINTS_ISSUED, wallet_of
from puhui.ledger.service import transfer
from puhui.rewards.model.planting import Planting
from puhui.rewards.model.points import Award
from puhui.rewards.planting import State
from puhui.rewards.points import Earlier, earn
from puhui.rewards.queries.rules import rule_on


def award_planting(session: Session, planting_id: UUID, now: datetime) -> None:
    """Give the points of an approved planting; once."""
    planting = session.get_one(Planting, planting_id)
    assert planting.state == State.APPROVED, planting.state
    _award(
        session,
        "planting",
        planting_id,
        planting.person_id,
        quantity=planting.trees,
        deed_on=planting.planted_on,
        about={},
        now=now,
    )


def award_purchase(
    session: Session,
    serial_id: UUID,
    product_id: UUID,
    person_id: UUID,
    now: datetime,
    *,
    label_code: str | None = None,
) -> None:
    """Give the points of a labelled unit that its buyer has claimed; once for each serial.

    `label_code` names the public page of the product's label, if the teller knows it.
    """
    about = {"product_id": str(product_id)}
    if label_code is not None:
        about["label_code"] = label_code
    _award(
        session,
        "purchase",
        serial_id,
        person_id,
        quantity=1,
        deed_on=day_of(now),
        about=about,
        now=now,
    )


def _award(
    session: Session,
    kind: str,
    cause_id: UUID,
    person_id: UUID,
    *,
    quantity: int,
    deed_on: date,
    about: dict[str, str],
    now: datetime,
) -> None:
    # Limits are a person's: that person's awards follow one another, others' go on beside them.
    name = func.hashtextextended(f"rewards.award {person_id}", 0)
    session.execute(select(func.pg_advisory_xact_lock(name)))
    award_id = uuid5(cause_id, "points")
    if session.get(Award, award_id) is not None:
        return
    rule = rule_on(session, kind, deed_on)
    earlier = _earlier(session, person_id, rule.key, deed_on)
    earned = earn(rule, quantity, earlier)
    session.add(
        Award(
            award_id=award_id,
            person_id=person_id,
            cause_kind=kind,
            cause_id=cause_id,
            rule_key=rule.key,
            rule_version=rule.version,
            deed_on=deed_on,
            quantity=quantity,
            points=earned.points,
            full_points=earned.full_points,
            earlier_that_day=earlier.that_day,
            earlier_that_year=earlier.that_year,
            capped_by=earned.capped_by,
            about=about,
            awarded_at=now,
        )
    )
    session.flush()
    if earned.points:
        transfer(
            session,
            award_id,
            source=POINTS_ISSUED,
            destination=wallet_of(person_id),
            amount=earned.points,
            reason=kind,
            occurred_at=now,
        )


def _earlier(session: Session, person_id: UUID, key: str, deed_on: date) -> Earlier:
    """Return what the person has earned by this key for that day and that calendar year."""
    same_day = func.coalesce(func.sum(Award.points).filter(Award.deed_on == deed_on), 0)
    day, year = session.execute(
        select(same_day, func.coalesce(func.sum(Award.points), 0)).where(
            Award.person_id == person_id,
            Award.rule_key == key,
            Award.deed_on.between(date(deed_on.year, 1, 1), date(deed_on.year, 12, 31)),
        )
    ).one()
    return Earlier(int(day), int(year))
