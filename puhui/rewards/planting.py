"""What a planting is, and what of it can be judged without looking at the picture."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from puhui.evidence.geodesy import Datum as Datum
from puhui.kernel.errors import Fault
from puhui.kernel.text import N_
from puhui.rewards.species import Species

MOST_TREES = 1000
MOST_PHOTOS = 5


class State(StrEnum):
    """Where a planting stands. Approved and refused are final."""

    LOGGED = "logged"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True)
class Point:
    """A place in degrees of its datum, and how sure the phone was, in metres."""

    latitude: Decimal
    longitude: Decimal
    datum: Datum
    accuracy_m: int | None = None


@dataclass(frozen=True)
class PlantingDraft:
    """What a person says they planted."""

    base_id: UUID
    species: str
    trees: int
    planted_on: date
    photo_ids: tuple[UUID, ...]
    point: Point | None = None
    ticket_id: UUID | None = field(default=None, compare=False)
    """A capture ticket for the base; it supports the claim and is no part of it."""
    device_id: UUID | None = field(default=None, compare=False)
    """What an installation of an app, or a browser, calls itself."""


def judge(
    draft: PlantingDraft, today: date, species: Mapping[str, Species], days_back: int
) -> list[Fault]:
    """Return everything that cannot be right with what was submitted.

    After `days_back` days a planting can no longer be logged: nobody could look at it fresh.
    """
    faults = []
    if draft.species not in species:
        faults.append(
            Fault("unknown_species", N_("树种目录里没有这个树种，请从目录中选择"), field="species")
        )
    if not 1 <= draft.trees <= MOST_TREES:
        faults.append(
            Fault(
                "trees_out_of_range",
                N_("株数应在 1 到 %(most)s 之间"),
                field="trees",
                values={"most": MOST_TREES},
            )
        )
    if draft.planted_on > today:
        faults.append(Fault("planted_in_future", N_("植树日期不能晚于今天"), field="planted_on"))
    if draft.planted_on < today - timedelta(days=days_back):
        faults.append(
            Fault(
                "planted_too_long_ago",
                N_("只能登记 %(days)s 天以内的植树"),
                field="planted_on",
                values={"days": days_back},
            )
        )
    if not 1 <= len(draft.photo_ids) <= MOST_PHOTOS or len(set(draft.photo_ids)) < len(
        draft.photo_ids
    ):
        faults.append(
            Fault(
                "photos_out_of_range",
                N_("请提供 1 到 %(most)s 张不同的照片"),
                field="photo_ids",
                values={"most": MOST_PHOTOS},
            )
        )
    return faults


def approvals_needed(trees: int, second_above: int) -> int:
    """Return how many verifiers must agree: two above `second_above` trees."""
    return 1 if trees <= second_above else 2


def in_season(month: int, first: int, last: int) -> bool:
    """Whether a month lies between two others, over New Year if the last comes first."""
    return first <= month <= last if first <= last else month >= first or month <= last
