"""Why points were given."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.kernel.actor import Actor, Permission
from puhui.rewards.errors import NoSuchAward
from puhui.rewards.model.points import Award, Reversal
from puhui.rewards.model.rule import RuleRow
from puhui.rewards.points import Cap, Earlier, Earned, Rule, Said, explain
from puhui.rewards.queries import lots as queries
from puhui.rewards.queries.lots import LotCard, ReversalCard


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
    lot: LotCard | None
    """What became of the points; None where a limit left nothing to give."""
    reversals: tuple[ReversalCard, ...]

    @property
    def points(self) -> int:
        """Return the points given."""
        return self.earned.points

    @property
    def explanation(self) -> list[Said]:
        """Return how the points came about, in sentences."""
        return explain(self.rule, self.quantity, self.earlier, self.earned)


def _card(
    row: Award, rule: Rule, lot: LotCard | None, reversals: Sequence[ReversalCard]
) -> AwardCard:
    return AwardCard(
        row.award_id,
        row.person_id,
        row.cause_kind,
        row.cause_id,
        rule,
        row.deed_on,
        row.quantity,
        Earlier(row.earlier_that_day, row.earlier_that_year, row.earlier_in_all),
        Earned(row.points, row.full_points, Cap(row.capped_by) if row.capped_by else None),
        row.about,
        row.awarded_at,
        lot,
        tuple(one for one in reversals if one.award_id == row.award_id),
    )


def by_id(session: Session, award_ids: Collection[UUID]) -> Mapping[UUID, AwardCard]:
    """Return these awards; unknown ones are left out."""
    found = session.execute(
        select(Award, RuleRow)
        .join(RuleRow, (RuleRow.key == Award.rule_key) & (RuleRow.version == Award.rule_version))
        .where(Award.award_id.in_(award_ids))
    ).all()
    if not found:
        return {}
    lots = queries.lots(session, award_ids)
    reversals = queries.reversals(session, Reversal.award_id.in_(award_ids))
    return {
        award.award_id: _card(award, rule.value, lots.get(award.award_id), reversals)
        for award, rule in found
    }


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
