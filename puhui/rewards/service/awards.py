"""Award points: by the rule in force on the day of the deed, once for each cause."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from puhui.kernel.clock import day_of
from puhui.ledger.account import POINTS_ISSUED, pending_of, wallet_of
from puhui.ledger.service import transfer
from puhui.rewards.lot import LotState, term
from puhui.rewards.planting import State
from puhui.rewards.points import Earlier, Rule, earn
from puhui.rewards.queries.rules import rule_on


@dataclass(frozen=True)
class Cause:
    """What earns points: so much of something done on a day, which is rewarded once."""

    kind: str
    """Also the key of the rule."""
    cause_id: UUID
    person_id: UUID
    quantity: int
    deed_on: date
    """The day in China of the deed; it decides the rule and the limits."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """Further identifiers, such as the product bought."""

    @property
    def award_id(self) -> UUID:
        """Return the name of the award, of its lot and of its transfer."""
        return uuid5(self.cause_id, "points")


# What every approved planting runs through is said to the database in four sentences, not built
# anew each time: a day of planting is a hundred thousand of them.
_PLANTING = text("""
    SELECT person_id, trees, planted_on, state FROM rewards_planting
     WHERE planting_id = :planting_id""")
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_EARLIER = text("""
    SELECT EXISTS (SELECT FROM rewards_award WHERE award_id = :award_id)
           OR EXISTS (SELECT FROM rewards_reversal WHERE award_id = :award_id)
           OR EXISTS (SELECT FROM identity_person
                       WHERE person_id = :person_id AND erased_at IS NOT NULL),
           coalesce(sum(points) FILTER (WHERE deed_on = :day), 0),
           coalesce(sum(points) FILTER (WHERE deed_on BETWEEN :first AND :last), 0),
           CASE WHEN :in_all THEN coalesce(sum(points), 0) ELSE 0 END
      FROM rewards_award
     WHERE person_id = :person_id AND rule_key = :key
       AND (:in_all OR deed_on BETWEEN :first AND :last)""")
_AWARD = text("""
    INSERT INTO rewards_award
           (award_id, person_id, cause_kind, cause_id, rule_key, rule_version, deed_on, quantity,
            points, full_points, earlier_that_day, earlier_that_year, earlier_in_all, capped_by,
            about, awarded_at)
    VALUES (:award_id, :person_id, :kind, :cause_id, :key, :version, :day, :quantity,
            :points, :full_points, :that_day, :that_year, :in_all, :capped_by,
            :about, :now)""").bindparams(bindparam("about", type_=JSONB))
_LOT = text("""
    INSERT INTO rewards_lot
           (lot_id, person_id, points, reversed, state, matures_on, warns_on, expires_on)
    VALUES (:lot_id, :person_id, :points, 0, :state, :matures_on, :warns_on, :expires_on)""")


def award_planting(session: Session, planting_id: UUID, now: datetime) -> None:
    """Give the points of an approved planting; once."""
    person_id, trees, planted_on, state = session.execute(
        _PLANTING, {"planting_id": planting_id}
    ).one()
    assert state == State.APPROVED, state
    award(session, Cause("planting", planting_id, person_id, trees, planted_on), now)


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
    award(session, Cause("purchase", serial_id, person_id, 1, day_of(now), about), now)


def award_recycling(
    session: Session, serial_id: UUID, person_id: UUID, now: datetime, *, label_code: str
) -> None:
    """Give the points of a labelled unit that went back for recycling; once for each serial."""
    name = uuid5(serial_id, "taken back")
    about = {"serial_id": str(serial_id), "label_code": label_code}
    award(session, Cause("recycling", name, person_id, 1, day_of(now), about), now)


def award(session: Session, cause: Cause, now: datetime) -> None:
    """Give the points of a cause by the rule of its kind and day; the same again does nothing.

    Whatever was reversed before it was awarded earns nothing.

    Raises:
        NoRule: no rule of its kind was in force on that day.
    """
    one_at_a_time(session, cause.person_id)
    rule = rule_on(session, cause.kind, cause.deed_on)
    earlier = _earlier(session, cause, rule)
    if earlier is None:
        return
    earned = earn(rule, cause.quantity, earlier)
    session.execute(
        _AWARD,
        {
            "award_id": cause.award_id,
            "person_id": cause.person_id,
            "kind": cause.kind,
            "cause_id": cause.cause_id,
            "key": rule.key,
            "version": rule.version,
            "day": cause.deed_on,
            "quantity": cause.quantity,
            "points": earned.points,
            "full_points": earned.full_points,
            "that_day": earlier.that_day,
            "that_year": earlier.that_year,
            "in_all": earlier.in_all,
            "capped_by": earned.capped_by,
            "about": cause.about,
            "now": now,
        },
    )
    if earned.points:
        give(
            session,
            cause.award_id,
            cause.person_id,
            rule,
            earned.points,
            reason=cause.kind,
            now=now,
        )


def one_at_a_time(session: Session, person_id: UUID) -> None:
    """Let a person's awards and reversals follow one another; others' go on beside them."""
    session.execute(_ONE_AT_A_TIME, {"name": f"rewards.award {person_id}"})


def give(
    session: Session,
    lot_id: UUID,
    person_id: UUID,
    rule: Rule,
    points: int,
    *,
    reason: str,
    now: datetime,
) -> None:
    """Issue points as a lot, to be spent at once or once they have matured, as the rule says."""
    days = term(rule, day_of(now))
    pending = rule.matures_after_days > 0
    session.execute(
        _LOT,
        {
            "lot_id": lot_id,
            "person_id": person_id,
            "points": points,
            "state": LotState.PENDING if pending else LotState.MATURED,
            **asdict(days),
        },
    )
    transfer(
        session,
        lot_id,
        source=POINTS_ISSUED,
        destination=(pending_of if pending else wallet_of)(person_id),
        amount=points,
        reason=reason,
        occurred_at=now,
    )


def _earlier(session: Session, cause: Cause, rule: Rule) -> Earlier | None:
    """Return what the person has earned by this key that day, that year and in all.

    Returns None when there is nothing more to give: it was awarded before, or taken back, or the
    person was erased and there is nobody to give it to.
    """
    day = cause.deed_on
    settled, *earlier = session.execute(
        _EARLIER,
        {
            "award_id": cause.award_id,
            "person_id": cause.person_id,
            "key": rule.key,
            "day": day,
            "first": date(day.year, 1, 1),
            "last": date(day.year, 12, 31),
            # Only a rule with a limit in all needs to look further back than the year.
            "in_all": rule.most_in_all is not None,
        },
    ).one()
    return None if settled else Earlier(*map(int, earlier))
