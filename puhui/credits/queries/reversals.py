"""Read what a project has lost, as parts of other reads."""

from decimal import Decimal

from sqlalchemy import ScalarSelect, func, select

from puhui.credits.model import Cancellation, Project, ReversalRow
from puhui.credits.reversal import Cause, Reversal, ReversalDraft


def covered_by_reserve() -> ScalarSelect[Decimal]:
    """Return the kilograms that reserves have given for a reversal, as part of a query of it."""
    return (
        select(func.coalesce(func.sum(Cancellation.quantity_kg), 0))
        .where(Cancellation.reversal_id == ReversalRow.reversal_id)
        .correlate(ReversalRow)
        .scalar_subquery()
    )


def reversal_of(row: ReversalRow, project: Project, covered_kg: Decimal) -> Reversal:
    """Return a reversal. The last granule of a reserve may be more than was lost."""
    made_good = min(int(covered_kg), row.lost_kg)
    return Reversal(project.code, project.name, project.name_en, draft_of_reversal(row), made_good)


def draft_of_reversal(row: ReversalRow) -> ReversalDraft:
    """Return what was reported."""
    return ReversalDraft(
        Cause(row.cause), row.happened_on, row.lost_kg, row.says_zh, row.says_en, row.source
    )
