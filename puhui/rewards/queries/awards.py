"""Awards, and the wallet that they fill."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from puhui.kernel.actor import Actor, Permission
from puhui.ledger import queries as ledger
from puhui.ledger.account import wallet_of
from puhui.rewards.errors import NoSuchAward
from puhui.rewards.model.planting import Planting
from puhui.rewards.model.points import Award
from puhui.rewards.model.rule import RuleRow
from puhui.rewards.planting import State
from puhui.rewards.points import Cap, Earlier, Earned, Rule, Said, explain


@dataclass(frozen=True)
class AwardCard:
    """Why points were given: cause, rule, and how the number came about."""

    award_id: UUID
    person_id: UUID
    cause_kind: str
    cause_id: UUID
    rule: Rule
    deed_on: date
    quantity: int
    earlier: Earlier
    earned: Earned
    about: Mapping[str, Any]
    awarded_at: datetime

    @property
    def points(self) -> int:
        """Return the points given."""
        return self.earned.points

    @property
    def explanation(self) -> list[Said]:
        """Return how the points came about, in sentences."""
        return explain(self.rule, self.quantity, self.earlier, self.earned)


@dataclass(frozen=True)
class StatementLine:
    """A line of a wallet: what moved, what was left, and why."""

    entry_id: int
    transfer_id: UUID
    amount: int
    balance_after: int
    reason: str
    occurred_at: datetime
    award: AwardCard | None


@dataclass(frozen=True)
class Wallet:
    """What a person has, in points, and how many plantings still wait for a verifier."""

    balance: int
    plantings_waiting: int


def _card(row: Award, rule: Rule) -> AwardCard:
    return AwardCard(
        row.award_id,
        row.person_id,
        row.cause_kind,
        row.cause_id,
        rule,
        row.deed_on,
        row.quantity,
        Earlier(row.earlier_that_day, row.earlier_that_year),
        Earned(row.points, row.full_points, Cap(row.capped_by) if row.capped_by else None),
        row.about,
        row.awarded_at,
    )


def by_id(session: Session, award_ids: Collection[UUID]) -> Mapping[UUID, AwardCard]:
    """Return these awards; unknown ones are left out."""
    found = session.execute(
        select(Award, RuleRow)
        .join(RuleRow, (RuleRow.key == Award.rule_key) & (RuleRow.version == Award.rule_version))
        .where(Award.award_id.in_(award_ids))
    )
    return {award.award_id: _card(award, rule.value) for award, rule in found}


def award(session: Session, actor: Actor, award_id: UUID) -> AwardCard:
    """Return an award to its owner or an auditor.

    Raises:
        NoSuchAward: there is none, or it is not theirs to see.
    """
    found = by_id(session, [award_id]).get(award_id)
    if found is None or not (
        found.person_id == actor.person_id or actor.may(Permission.AUDIT_READ)
    ):
        raise NoSuchAward(award=str(award_id))
    return found


def wallet(session: Session, actor: Actor) -> Wallet:
    """Return what the actor has."""
    waiting = session.scalar(
        select(func.count()).where(
            Planting.person_id == actor.person_id, Planting.state == State.LOGGED
        )
    )
    return Wallet(ledger.balance(session, wallet_of(actor.person_id)), waiting or 0)


def statement(
    session: Session, actor: Actor, *, before: int | None = None, most: int = 50
) -> Sequence[StatementLine]:
    """Return the actor's lines, newest first, each with the award that explains it."""
    lines = ledger.statement(session, wallet_of(actor.person_id), before=before, most=most)
    awards = by_id(session, [line.transfer_id for line in lines])
    return [
        StatementLine(
            line.entry_id,
            line.transfer_id,
            line.amount,
            line.balance_after or 0,
            line.reason,
            line.occurred_at,
            awards.get(line.transfer_id),
        )
        for line in lines
    ]
