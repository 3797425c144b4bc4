"""Points put right by hand: one operator proposes, another decides, everybody can count them."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from puhui.kernel.errors import Fault
from puhui.kernel.text import N_
from puhui.rewards.points import Rule

MOST_WORDS = 500
LONGEST_DOCUMENT = 100


class AdjustmentState(StrEnum):
    """Where an adjustment stands. Approved and refused are final."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True)
class AdjustmentDraft:
    """Points to give, or to take when negative, and on what ground."""

    person_id: UUID
    points: int
    ground: str
    document: str
    """Number of the file that shows it."""


def judge(draft: AdjustmentDraft, rule: Rule, that_day: int, that_year: int) -> list[Fault]:
    """Return everything that cannot be right with an adjustment.

    `that_day` and `that_year` are the points already moved by hand for this person, whichever
    way: the rule's limits hold for both ways together.
    """
    faults = []
    if draft.points == 0:
        faults.append(Fault("no_points", N_("请填写要更正的积分"), field="points"))
    for most, moved in ((rule.most_per_day, that_day), (rule.most_per_year, that_year)):
        if most is not None and abs(draft.points) > most - moved:
            message = N_("对一个人的人工更正最多 %(most)s 积分，此前已有 %(moved)s")
            faults.append(
                Fault(
                    "adjustment_too_large", message, None, "points", {"most": most, "moved": moved}
                )
            )
            break
    if not draft.ground.strip():
        faults.append(Fault("ground_missing", N_("请写明更正的依据"), field="ground"))
    if not draft.document.strip():
        faults.append(Fault("document_missing", N_("请填写依据的文件编号"), field="document"))
    return faults
