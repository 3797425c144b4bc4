"""The wallet: what a person has, what is on its way to them, and every line of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from puhui.kernel.actor import Actor
from puhui.kernel.clock import day_of
from puhui.ledger import queries as ledger
from puhui.ledger.account import pending_of, wallet_of
from puhui.ledger.queries import Line
from puhui.rewards.model.offer import OfferVersion
from puhui.rewards.model.planting import Planting
from puhui.rewards.model.points import Reversal
from puhui.rewards.model.redemption import Redemption
from puhui.rewards.planting import State
from puhui.rewards.queries import awards, lots
from puhui.rewards.queries import causes as causes_of
from puhui.rewards.queries.awards import AwardCard
from puhui.rewards.queries.lots import ReversalCard, lot_of


@dataclass(frozen=True)
class Due:
    """Points of a day: the first on which they can be spent, or the last."""

    day: date
    points: int


@dataclass(frozen=True)
class Wallet:
    """What a person has, in points, and how many plantings still wait for a verifier."""

    balance: int
    pending: int
    held: int
    """Of what is pending, what waits for somebody to look at the claim it was given for."""
    maturing: tuple[Due, ...]
    expiring: tuple[Due, ...]
    plantings_waiting: int

    @property
    def expiring_points(self) -> int:
        """Return what expires soon, in all."""
        return sum(due.points for due in self.expiring)


@dataclass(frozen=True)
class Bought:
    """What points were redeemed for, or came back from."""

    redemption_id: UUID
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Gift:
    """Which cause points were given to, and the code of the certificate."""

    donation_id: UUID
    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class StatementLine:
    """A line of a wallet: what moved, what was left, and why."""

    entry_id: int
    transfer_id: UUID
    amount: int
    balance_after: int
    reason: str
    occurred_at: datetime
    pending: bool
    """Whether it is a line of what cannot be spent yet."""
    award: AwardCard | None
    reversal: ReversalCard | None
    redemption: Bought | None = None
    donation: Gift | None = None


def wallet(session: Session, actor: Actor, now: datetime) -> Wallet:
    """Return what the actor has."""
    person_id = actor.person_id
    balance = ledger.balance(session, wallet_of(person_id))
    waiting = session.scalar(
        select(func.count()).where(Planting.person_id == person_id, Planting.state == State.LOGGED)
    )
    return Wallet(
        balance,
        ledger.balance(session, pending_of(person_id)),
        lots.held(session, person_id),
        tuple(Due(*one) for one in lots.maturing(session, person_id)),
        tuple(Due(*one) for one in lots.expiring(session, person_id, balance, day_of(now))),
        waiting or 0,
    )


def statement(
    session: Session, actor: Actor, *, before: int | None = None, most: int = 50
) -> Sequence[StatementLine]:
    """Return the actor's lines, newest first, each with what explains it."""
    person_id = actor.person_id
    lines = ledger.statement(
        session, wallet_of(person_id), pending_of(person_id), before=before, most=most
    )
    names = [line.transfer_id for line in lines]
    taken = {
        one.reversal_id: one for one in lots.reversals(session, Reversal.reversal_id.in_(names))
    }
    causes = {line.transfer_id: _cause(line, taken) for line in lines}
    given = awards.by_id(session, set(causes.values()))
    bought, gifts = _bought(session, lines), _gifts(session, lines)
    return [
        StatementLine(
            line.entry_id,
            line.transfer_id,
            line.amount,
            line.balance_after or 0,
            line.reason,
            line.occurred_at,
            line.purpose == "pending",
            given.get(causes[line.transfer_id]),
            taken.get(line.transfer_id),
            bought.get(line.transfer_id),
            gifts.get(line.transfer_id),
        )
        for line in lines
    ]


def _cause(line: Line, taken: dict[UUID, ReversalCard]) -> UUID:
    """Return the award that a line speaks of, if it speaks of one."""
    if line.transfer_id in taken:
        return taken[line.transfer_id].award_id
    return lot_of(line.transfer_id) if line.reason == "matured" else line.transfer_id


def _bought(session: Session, lines: Sequence[Line]) -> Mapping[UUID, Bought]:
    """Return what the lines of redemptions and refunds are about, by transfer."""
    names = [line.transfer_id for line in lines if line.reason in ("redeemed", "refunded")]
    if not names:
        return {}
    rows = session.execute(
        select(Redemption, OfferVersion)
        .join(OfferVersion, OfferVersion.version_id == Redemption.version_id)
        .where(Redemption.redemption_id.in_(names) | Redemption.refund_id.in_(names))
    )
    found = {}
    for row, terms in rows:
        bought = Bought(row.redemption_id, terms.name_zh, terms.name_en)
        found[row.redemption_id] = bought
        if row.refund_id is not None:
            found[row.refund_id] = bought
    return found


def _gifts(session: Session, lines: Sequence[Line]) -> Mapping[UUID, Gift]:
    """Return what the lines of donations are about, by transfer."""
    names = [line.transfer_id for line in lines if line.reason == "donated"]
    if not names:
        return {}
    return {
        donation_id: Gift(donation_id, code, cause.name_zh, cause.name_en)
        for donation_id, (code, cause) in causes_of.by_id(session, names).items()
    }
