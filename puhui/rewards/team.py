"""Teams: a village, a school, a company whose people plant together.

Who joins is seen by name within the team only, and who may be under 18 by the lead and the
guardian alone. What somebody has done is shown to others only if they agree; a total that would
give one silent member away is not shown either.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from puhui.kernel.code import LETTERS
from puhui.kernel.county import counties
from puhui.kernel.errors import Fault
from puhui.kernel.text import N_

LONGEST_NAME = 30
MOST_MEMBERS = 2_000
CODE_LENGTH = 10
"""Letters of an invitation: 32 to the power of 10 cannot be tried out."""


class TeamKind(StrEnum):
    """What holds a team together. A person belongs to one of each kind at a time."""

    VILLAGE = "village"
    SCHOOL = "school"
    COMPANY = "company"


KIND_NAMES: dict[TeamKind, str] = {
    TeamKind.VILLAGE: N_("村社"),
    TeamKind.SCHOOL: N_("学校"),
    TeamKind.COMPANY: N_("公司"),
}


class MemberState(StrEnum):
    """Where somebody stands in a team."""

    ASKED = "asked"
    """The lead has not answered yet."""
    MEMBER = "member"
    LEFT = "left"


class Ended(StrEnum):
    """How a membership ended, or was never begun."""

    SELF = "self"
    LEAD = "lead"
    DECLINED = "declined"


@dataclass(frozen=True)
class TeamDraft:
    """A team as whoever makes it describes it."""

    kind: TeamKind
    name: str
    county_code: str
    """Never finer than a county."""
    organisation_id: UUID | None = None
    asks_first: bool = True
    """Whether the lead answers each who wants to join."""
    ranked: bool = False
    """Whether the team may stand in public rankings."""


@dataclass(frozen=True)
class Contribution:
    """What one person has added to a team while a member, of verified records alone."""

    person_id: UUID
    trees: int
    hours: int
    points: int


def judge(draft: TeamDraft) -> list[Fault]:
    """Return everything that cannot be right with a team."""
    faults = []
    if not 2 <= len(draft.name) <= LONGEST_NAME:
        message = N_("队名应有 2 到 %(most)s 个字")
        faults.append(Fault("name_length", message, None, "name", {"most": LONGEST_NAME}))
    if draft.county_code not in counties():
        message = N_("没有这个县级行政区划代码")
        faults.append(Fault("unknown_county", message, field="county_code"))
    return faults


def invitation_code(drawn: bytes) -> str:
    """Return the invitation that ten random bytes make."""
    assert len(drawn) == CODE_LENGTH, len(drawn)
    return "".join(LETTERS[byte % len(LETTERS)] for byte in drawn)


def total_is_safe(contributors: Collection[UUID], shown: Collection[UUID], viewer: UUID) -> bool:
    """Whether a total gives nobody away: not one alone in it is hidden from the viewer.

    With one hidden, the total less all that is shown would be what that person did.
    """
    hidden = set(contributors) - set(shown) - {viewer}
    return len(hidden) != 1
