"""A partner's statement: what was redeemed, handed over and refunded in a period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from puhui.kernel.actor import Actor, Permission
from puhui.ledger import queries as ledger
from puhui.ledger.account import redeemed_of
from puhui.rewards.model.offer import OfferVersion
from puhui.rewards.model.redemption import Redemption
from puhui.rewards.redemption import RedemptionState, begin_of


@dataclass(frozen=True)
class Counted:
    """How many redemptions, and of how many points."""

    number: int
    points: int


@dataclass(frozen=True)
class StatementRow:
    """One thing that happened in the period."""

    redemption_id: UUID
    happened_at: datetime
    what: str
    """`redeemed`, `handed_over`, `delivered`, `lapsed` or `refunded`."""
    name_zh: str
    name_en: str
    points: int
    moved: int
    """By how much the partner's account changed."""


@dataclass(frozen=True)
class PartnerStatement:
    """A partner's period: `opening + redeemed - refunded = closing`, as the ledger has it."""

    organisation_id: UUID
    first_day: date
    end_day: date
    """The first day after the period."""
    opening: int
    redeemed: Counted
    handed_over: Counted
    """Handed over, or arrived."""
    refunded: Counted
    lapsed: Counted
    closing: int
    rows: Sequence[StatementRow]


def statement(
    session: Session, actor: Actor, organisation_id: UUID, first_day: date, end_day: date
) -> PartnerStatement:
    """Return what happened from `first_day` up to but not on `end_day`, by China's clock.

    Opening and closing come from the ledger, the sums from the redemptions: that they fit is what
    the audit (H4) and a partner can check.

    Raises:
        Forbidden, NotFound: the actor offers nothing for that organisation.
    """
    actor.require(Permission.OFFER_WRITE, organisation_id)
    begin, end = begin_of(first_day), begin_of(end_day)
    mine = Redemption.organisation_id == organisation_id
    rows = [
        *_redeemed(session, mine, begin, end),
        *_ended(session, mine, begin, end),
    ]
    rows.sort(key=lambda row: (row.happened_at, row.redemption_id, -row.moved))
    account = redeemed_of(organisation_id)
    return PartnerStatement(
        organisation_id,
        first_day,
        end_day,
        ledger.balance_before(session, account, begin),
        _count(rows, "redeemed"),
        _count(rows, "handed_over", "delivered"),
        _count(rows, "refunded"),
        _count(rows, "lapsed"),
        ledger.balance_before(session, account, end),
        rows,
    )


def _count(rows: Sequence[StatementRow], *what: str) -> Counted:
    found = [row.points for row in rows if row.what in what]
    return Counted(len(found), sum(found))


def _redeemed(
    session: Session, mine: ColumnElement[bool], begin: datetime, end: datetime
) -> list[StatementRow]:
    found = _within(session, mine, Redemption.redeemed_at, begin, end)
    return [
        StatementRow(row.redemption_id, row.redeemed_at, "redeemed", zh, en, row.points, row.points)
        for row, zh, en in found
    ]


def _ended(
    session: Session, mine: ColumnElement[bool], begin: datetime, end: datetime
) -> list[StatementRow]:
    found = []
    for row, zh, en in _within(session, mine, Redemption.ended_at, begin, end):
        assert row.ended_at is not None
        moved = -row.points if row.state == RedemptionState.REFUNDED else 0
        found.append(
            StatementRow(row.redemption_id, row.ended_at, row.state, zh, en, row.points, moved)
        )
    return found


def _within(
    session: Session,
    mine: ColumnElement[bool],
    moment: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
    begin: datetime,
    end: datetime,
) -> Sequence[Row[Redemption, str, str]]:
    return session.execute(
        select(Redemption, OfferVersion.name_zh, OfferVersion.name_en)
        .join(OfferVersion, OfferVersion.version_id == Redemption.version_id)
        .where(mine, moment >= begin, moment < end)
    ).all()


def balance(session: Session, actor: Actor, organisation_id: UUID) -> Counted:
    """Return what a partner's account holds today, and by how many redemptions.

    Raises:
        Forbidden, NotFound: the actor offers nothing for that organisation.
    """
    actor.require(Permission.OFFER_WRITE, organisation_id)
    live = session.scalar(
        select(func.count()).where(
            Redemption.organisation_id == organisation_id,
            Redemption.state != RedemptionState.REFUNDED,
        )
    )
    return Counted(live or 0, ledger.balance(session, redeemed_of(organisation_id)))
