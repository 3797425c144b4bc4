"""What a verifier says of a planting, and in which words the person hears it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from puhui.kernel.errors import Fault
from puhui.kernel.text import N_

RULE = "planting_review@2026.1"
"""Which rules a review followed: one verifier up to 50 trees, two above; never one's own."""

MOST_WORDS = 500


class Verdict(StrEnum):
    """What a verifier decides."""

    APPROVE = "approve"
    REFUSE = "refuse"


class Reason(StrEnum):
    """Why a planting is refused."""

    PHOTO_UNCLEAR = "photo_unclear"
    NO_TREES = "no_trees"
    NUMBER_DIFFERS = "number_differs"
    SPECIES_DIFFERS = "species_differs"
    PLACE_DIFFERS = "place_differs"
    PHOTO_REUSED = "photo_reused"
    OTHER = "other"
    IMPOSSIBLE = "impossible"
    """What the rules say, never a verifier."""


SENTENCES: Mapping[Reason, str] = {
    Reason.PHOTO_UNCLEAR: N_("照片不清楚，无法核实；可以重新拍照后再登记"),
    Reason.NO_TREES: N_("照片里看不到新种的树"),
    Reason.NUMBER_DIFFERS: N_("照片里的株数与登记的不符；可以按实际株数重新登记"),
    Reason.SPECIES_DIFFERS: N_("照片里的树种与登记的不符；可以按实际树种重新登记"),
    Reason.PLACE_DIFFERS: N_("拍摄地点与所选基地不符"),
    Reason.PHOTO_REUSED: N_("照片与以前的植树记录相同或几乎相同"),
    Reason.OTHER: N_("其他原因，见核查员说明"),
    Reason.IMPOSSIBLE: N_("按核对规则，登记的内容不可能同时成立；如果属实，请申诉"),
}


@dataclass(frozen=True)
class Judgement:
    """A verdict; a refusal gives its reason, and words where the reason alone says too little."""

    verdict: Verdict
    reason: Reason | None = None
    words: str = ""


def judge(judgement: Judgement) -> list[Fault]:
    """Return what is missing from, or too much in, a judgement."""
    faults = []
    if judgement.verdict is Verdict.REFUSE and judgement.reason is None:
        faults.append(Fault("reason_missing", N_("不通过须选择原因"), field="reason"))
    if judgement.verdict is Verdict.APPROVE and judgement.reason is not None:
        faults.append(Fault("reason_unwanted", N_("通过时不填原因"), field="reason"))
    if judgement.reason is Reason.IMPOSSIBLE:
        faults.append(Fault("reason_reserved", N_("请选择您看到的原因"), field="reason"))
    if judgement.reason is Reason.OTHER and not judgement.words.strip():
        faults.append(Fault("words_missing", N_("选择其他原因时，请写明说明"), field="words"))
    return faults
