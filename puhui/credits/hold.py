"""Values of holds and retirements, and the rules on time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from puhui.credits.bundle import Line
from puhui.credits.purpose import Purpose
from puhui.credits.serial import SerialRange

OFFER_LASTS = timedelta(minutes=30)
"""How long credits are kept for someone who has not said how they will pay."""
TRANSFER_MAY_TAKE = timedelta(days=5)
"""How long they are kept for a bank transfer that has been announced."""


class HoldState(StrEnum):
    """Held and paid are live; of the other three a hold ends in exactly one."""

    HELD = "held"
    PAID = "paid"
    RETIRED = "retired"
    RELEASED = "released"
    EXPIRED = "expired"


@dataclass(frozen=True)
class BankTransfer:
    """Money that has arrived, as the bank tells it. Amounts are whole fen."""

    reference: str
    amount_fen: int
    paid_on: date

    def __post_init__(self) -> None:
        assert self.reference, "a transfer has a reference"
        assert self.amount_fen > 0, self.amount_fen


@dataclass(frozen=True)
class Hold:
    """Credits kept for a purpose at a frozen price. Who pays is told `reference`."""

    hold_id: UUID
    organisation_id: UUID | None
    """None for a person who buys in their own name."""
    made_by: UUID
    purpose: Purpose
    state: HoldState
    need_kg: int
    total_kg: int
    total_fen: int
    greedy_fen: int
    reference: str
    made_at: datetime
    expires_at: datetime
    lines: tuple[Line, ...]

    @property
    def surplus_kg(self) -> int:
        """What is bought beyond the need."""
        return self.total_kg - self.need_kg


@dataclass(frozen=True)
class RetiredLine:
    """Serials of one project and vintage that are retired, of one batch or several."""

    batch_id: UUID
    """The first of them."""
    kind: str
    project_code: str
    project_name: str
    project_name_en: str
    place: str
    place_en: str
    beneficiaries: str
    beneficiaries_en: str
    period_starts: date
    period_ends: date
    registry: str
    ours: bool
    """Whether the serials are written in a form of this platform."""
    serials: tuple[SerialRange, ...]
    quantity_kg: int
    details: Mapping[str, str] = field(default_factory=dict)
    """What batches of the kind have besides, by name."""


def one_for_each_vintage(lines: Sequence[RetiredLine]) -> list[RetiredLine]:
    """Return one line for each project, kind, period and registry, in the order of the first.

    Batches that say different things of themselves, such as another ticket, stay apart.
    """
    joined: dict[tuple[object, ...], RetiredLine] = {}
    for line in lines:
        vintage = (
            line.kind,
            line.project_code,
            line.period_starts,
            line.period_ends,
            line.registry,
            tuple(sorted(line.details.items())),
        )
        known = joined.get(vintage)
        joined[vintage] = (
            line
            if known is None
            else replace(
                known,
                serials=tuple(sorted((*known.serials, *line.serials))),
                quantity_kg=known.quantity_kg + line.quantity_kg,
            )
        )
    return list(joined.values())


@dataclass(frozen=True)
class Retirement:
    """Credits taken out of use for good, for one purpose."""

    retirement_id: UUID
    hold_id: UUID
    certificate_code: str
    purpose: Purpose
    quantity_kg: int
    required_kg: int
    retired_at: datetime
    register_entry_id: UUID
    lines: tuple[RetiredLine, ...]

    @property
    def surplus_kg(self) -> int:
        """What was retired beyond the need."""
        return self.quantity_kg - self.required_kg
