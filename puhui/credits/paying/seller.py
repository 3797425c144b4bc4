"""What a seller is owed: sales, less the platform's fee, less what was paid out. Whole fen."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

SELLERS = UUID("5b3c9a52-4e1d-5a7f-8d26-1f0b7c6e9d40")


def seller_id_of(name: str) -> UUID:
    """Return the identifier that follows from a seller's name, as batches carry it."""
    return uuid5(SELLERS, name)


@dataclass(frozen=True)
class SellerCard:
    """A seller, and how the account with them stands."""

    seller_id: UUID
    name: str
    organisation_id: UUID | None
    fee_bp: int
    """What the platform keeps of sales from now on, in hundredths of a per cent."""
    gross_fen: int
    fee_fen: int
    paid_out_fen: int

    @property
    def owed_fen(self) -> int:
        """What is open."""
        return self.gross_fen - self.fee_fen - self.paid_out_fen


@dataclass(frozen=True)
class PayoutDraft:
    """Money that was sent to a seller; below zero, one that was not sent after all."""

    amount_fen: int
    paid_on: date
    reference: str


@dataclass(frozen=True)
class SaleLine:
    """One line of one retirement."""

    sold_at: datetime
    certificate: str
    project_code: str
    project_name: str
    project_name_en: str
    kind: str
    quantity_kg: int
    price_fen_per_t: int
    gross_fen: int
    fee_fen: int

    @property
    def net_fen(self) -> int:
        """What the seller gets of it."""
        return self.gross_fen - self.fee_fen


@dataclass(frozen=True)
class PayoutLine:
    """One payout, or one taken back (below zero)."""

    payout_id: UUID
    recorded_at: datetime
    paid_on: date
    reference: str
    amount_fen: int
    cancelled: bool


@dataclass(frozen=True)
class Statement:
    """A seller's account over a period of whole days in China, both included."""

    seller: SellerCard
    starts: date
    ends: date
    opening_fen: int
    """What was open before the period."""
    sales: tuple[SaleLine, ...]
    payouts: tuple[PayoutLine, ...]

    @property
    def gross_fen(self) -> int:
        """What buyers paid for what was retired in the period."""
        return sum(line.gross_fen for line in self.sales)

    @property
    def fee_fen(self) -> int:
        """What the platform kept of it."""
        return sum(line.fee_fen for line in self.sales)

    @property
    def paid_out_fen(self) -> int:
        """What was paid out in the period."""
        return sum(line.amount_fen for line in self.payouts)

    @property
    def closing_fen(self) -> int:
        """What is open at the end of the period."""
        return self.opening_fen + self.gross_fen - self.fee_fen - self.paid_out_fen


@dataclass(frozen=True)
class Reckoning:
    """Where all money that ever came (in yuan) is now: the parts are the whole, to the fen."""

    received_fen: int
    sold_fen: int
    """Paid for what is retired: the sellers', and the fee."""
    kept_fen: int
    """Paid for what is not retired yet."""
    waiting_fen: int
    """Pays for nothing, and nobody has decided."""
    returning_fen: int
    """On its way back."""
    returned_fen: int
    set_aside_fen: int

    @property
    def adds_up(self) -> bool:
        """Whether the parts are the whole."""
        return self.received_fen == (
            self.sold_fen
            + self.kept_fen
            + self.waiting_fen
            + self.returning_fen
            + self.returned_fen
            + self.set_aside_fen
        )
