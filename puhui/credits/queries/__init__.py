"""Read stock, holds, retirements and certificates."""

from puhui.credits.queries.certificates import certificate_by_code
from puhui.credits.queries.holds import (
    hold,
    holds_for,
    holds_of,
    holds_of_person,
    holds_waiting_for_payment,
    is_paid_by,
    personal_holds,
    sponsors_of,
)
from puhui.credits.queries.retirements import lines_of_hold, retirement, retirement_of_hold
from puhui.credits.queries.reversals import covered_by_reserve, draft_of_reversal, reversal_of
from puhui.credits.queries.stock import BatchCard, batch, batches, batches_of_project, lots

__all__ = [
    "BatchCard",
    "batch",
    "batches",
    "batches_of_project",
    "certificate_by_code",
    "covered_by_reserve",
    "draft_of_reversal",
    "hold",
    "holds_for",
    "holds_of",
    "holds_of_person",
    "holds_waiting_for_payment",
    "is_paid_by",
    "lines_of_hold",
    "lots",
    "personal_holds",
    "retirement",
    "retirement_of_hold",
    "reversal_of",
    "sponsors_of",
]
