"""Taking credits out without retiring them here: why, and what it may not exceed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from puhui.credits.compliance import Cap, Surrender, exceeded
from puhui.credits.kind import Kind
from puhui.kernel.text import N_


class Reason(StrEnum):
    """Why serials are cancelled. It is final, as retirement is."""

    CORRECTION = "correction"
    """The issuer has taken them back."""
    MIGRATED = "migrated"
    """They live on in another registry."""
    COMPLIANCE = "compliance"
    """Surrendered for an enterprise's emissions."""
    JUDICIAL = "judicial"
    """Used elsewhere as restitution that a court or procurator has decided or accepted."""
    ELSEWHERE = "elsewhere"
    """Used in another way outside this platform."""
    REVERSAL = "reversal"
    """Out of a reserve, for what a project has lost."""


REASONS = {
    Reason.CORRECTION: N_("签发方更正"),
    Reason.MIGRATED: N_("转入其他登记系统"),
    Reason.COMPLIANCE: N_("已用于履约"),
    Reason.JUDICIAL: N_("已用于司法修复"),
    Reason.ELSEWHERE: N_("已在别处使用"),
    Reason.REVERSAL: N_("以储备补足逆转"),
}


class OwnReason(StrEnum):
    """Reasons that an operator gives; a reserve is drawn on by a reversal alone."""

    CORRECTION = "correction"
    MIGRATED = "migrated"
    COMPLIANCE = "compliance"
    JUDICIAL = "judicial"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class CancellationDraft:
    """What an operator cancels of a batch, and what it follows from."""

    serials: tuple[str, ...]
    """Ranges of the batch, in its form."""
    reason: OwnReason
    claimant: str
    document: str
    says_zh: str
    says_en: str
    year: int | None = None
    confirmed_t: Decimal | None = None
    """For compliance: the emissions confirmed for `year`, in tonnes of CO2e."""

    def __post_init__(self) -> None:
        is_compliance = self.reason is OwnReason.COMPLIANCE
        assert is_compliance == (self.year is not None), self
        assert is_compliance == (self.confirmed_t is not None), self


SURRENDERED = {Kind.FFCER: Cap.FOREST, Kind.CCER: Cap.OTHER}
"""Kinds that an enterprise may surrender, and the cap that counts them."""

_KG_PER_T = 1000


def caps_broken(confirmed_t: Decimal, surrendered_kg: Sequence[tuple[Kind, int]]) -> list[Cap]:
    """Return the caps that all surrenders of one enterprise and year break together."""

    def tonnes(cap: Cap) -> Decimal:
        whole = sum(kg for kind, kg in surrendered_kg if SURRENDERED[kind] is cap)
        return Decimal(whole) / _KG_PER_T

    return list(exceeded(Surrender(confirmed_t, tonnes(Cap.FOREST), tonnes(Cap.OTHER))))
