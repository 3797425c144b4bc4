"""Who holds what. An account name is a value; callers never hold a row."""

from dataclasses import dataclass
from uuid import UUID

POINT = "point"
"""Unit of points: one point."""
CREDIT_KG = "credit_kg"
"""Unit of credits: one kilogram of CO2e."""


@dataclass(frozen=True, order=True)
class AccountName:
    """The holder of a unit for a purpose. Only an `issued` account may be negative."""

    owner: str
    unit: str
    purpose: str

    @property
    def bounded(self) -> bool:
        """Whether the account may not fall below zero."""
        return self.purpose != "issued"


POINTS_ISSUED = AccountName("puhui", POINT, "issued")
"""Minus the points in circulation."""


def wallet_of(person_id: UUID) -> AccountName:
    """Return the account of a person's points."""
    return AccountName(f"person:{person_id}", POINT, "wallet")


def pending_of(person_id: UUID) -> AccountName:
    """Return the account of points that a person has earned and cannot spend yet."""
    return AccountName(f"person:{person_id}", POINT, "pending")


def redeemed_of(organisation_id: UUID) -> AccountName:
    """Return the account of points exchanged for what a partner gives."""
    return AccountName(f"partner:{organisation_id}", POINT, "redeemed")


def donated_to(cause_id: UUID) -> AccountName:
    """Return the account of points given to a cause."""
    return AccountName(f"cause:{cause_id}", POINT, "donated")


@dataclass(frozen=True)
class Move:
    """`amount` units, a positive whole number, from `source` to `destination`."""

    source: AccountName
    destination: AccountName
    amount: int

    def __post_init__(self) -> None:
        assert self.amount > 0, self.amount
        assert self.source.unit == self.destination.unit, (self.source, self.destination)
        assert self.source != self.destination, self.source
        assert not (
            self.source.owner.startswith("person:")
            and self.destination.owner.startswith("person:")
            and self.source.owner != self.destination.owner
        ), "points do not pass between people"
