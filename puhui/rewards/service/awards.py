"""Award points: by the rule in force on the day of the deed, once for each cause."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from puhui.kernel.clock import day_of
from puhui.rewards.errors import NoRule
from puhui.rewards.planting import State


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


# One call of `rewards_award` (migration 0034): a day of planting is a hundred thousand of them.
_AWARD = text("""
    SELECT rewards_award(:award_id, :kind, :cause_id, :person_id, :quantity, :day, :about,
                         :given_on, :now, :waits)""").bindparams(bindparam("about", type_=JSONB))
_AWARD_PLANTING = text("""
    SELECT rewards_award(:award_id, 'planting', planting_id, person_id, trees, planted_on, '{}',
                         :given_on, :now, false), planted_on
      FROM rewards_planting WHERE planting_id = :planting_id AND state = :approved""")
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


def award_planting(session: Session, planting_id: UUID, now: datetime) -> None:
    """Give the points of an approved planting; once."""
    outcome, planted_on = session.execute(
        _AWARD_PLANTING,
        {
            "award_id": uuid5(planting_id, "points"),
            "planting_id": planting_id,
            "approved": State.APPROVED,
            "given_on": day_of(now),
            "now": now,
        },
    ).one()
    _judge(outcome, "planting", planted_on)


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
    # Its points wait for the rules to weigh the claim, whatever the rule of points says.
    award(session, Cause("purchase", serial_id, person_id, 1, day_of(now), about), now, waits=True)


def award_id_of_unit(serial_id: UUID) -> UUID:
    """Return the name of the award for a claimed unit."""
    return uuid5(serial_id, "points")


def award_recycling(
    session: Session, serial_id: UUID, person_id: UUID, now: datetime, *, label_code: str
) -> None:
    """Give the points of a labelled unit that went back for recycling; once for each serial."""
    name = uuid5(serial_id, "taken back")
    about = {"serial_id": str(serial_id), "label_code": label_code}
    award(session, Cause("recycling", name, person_id, 1, day_of(now), about), now)


def award(session: Session, cause: Cause, now: datetime, *, waits: bool = False) -> None:
    """Give the points of a cause by the rule of its kind and day; the same again does nothing.

    They can be spent at once or once they have matured, as the rule says; whatever `waits` goes
    through a night in any case. Whatever was reversed before it was awarded earns nothing.

    Raises:
        NoRule: no rule of its kind was in force on that day.
    """
    outcome = session.scalar(
        _AWARD,
        {
            "award_id": cause.award_id,
            "kind": cause.kind,
            "cause_id": cause.cause_id,
            "person_id": cause.person_id,
            "quantity": cause.quantity,
            "day": cause.deed_on,
            "about": cause.about,
            "given_on": day_of(now),
            "now": now,
            "waits": waits,
        },
    )
    _judge(outcome, cause.kind, cause.deed_on)


def _judge(outcome: str | None, kind: str, day: date) -> None:
    if outcome == "no_rule":
        raise NoRule(rule=kind, day=day.isoformat())
    assert outcome in {"moved", "nothing", "settled"}, outcome


def one_at_a_time(session: Session, person_id: UUID) -> None:
    """Let a person's awards and reversals follow one another; others' go on beside them."""
    session.execute(_ONE_AT_A_TIME, {"name": f"rewards.award {person_id}"})
