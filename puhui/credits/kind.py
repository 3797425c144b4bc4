"""Kinds of credit: how finely each divides, and how its serials are written."""

from dataclasses import dataclass
from enum import StrEnum

from puhui.kernel.text import N_


class Kind(StrEnum):
    """What was issued, and so under whose rules."""

    FFCER = "ffcer"
    """福建林业碳汇项目, Fujian's forestry offset credits."""
    CCER = "ccer"
    VCS = "vcs"
    FOREST_TICKET = "forest_ticket"
    """林业碳票, a village's ticket over the net removal of its forest."""
    SINGLE_TREE = "single_tree"
    """单株碳汇, the removal of one tree of one household."""
    ONE_YUAN = "one_yuan"
    """一元碳汇, one yuan for ten kilograms."""


@dataclass(frozen=True)
class KindRule:
    """What holds for every batch of a kind. One serial number stands for one granule."""

    kind: Kind
    name: str
    granularity_kg: int
    form: str
    """Name of the serial form in `serial.FORMS`."""
    supports_households: bool
    """Whether the money reaches households rather than a state farm or a company."""


RULES: dict[Kind, KindRule] = {
    rule.kind: rule
    for rule in (
        KindRule(Kind.FFCER, N_("福建林业碳汇（FFCER）"), 1000, "ffcer", False),
        KindRule(Kind.CCER, N_("国家核证自愿减排量（CCER）"), 1000, "ccer", False),
        KindRule(Kind.VCS, N_("核证碳标准（VCS）"), 1000, "vcs", False),
        KindRule(Kind.FOREST_TICKET, N_("林业碳票"), 1, "forest_ticket", True),
        KindRule(Kind.SINGLE_TREE, N_("单株碳汇"), 1, "single_tree", True),
        KindRule(Kind.ONE_YUAN, N_("一元碳汇"), 10, "one_yuan", True),
    )
}
