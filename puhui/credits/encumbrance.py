"""Somebody's right to a part of a batch, which keeps that part from being sold."""

from dataclasses import dataclass
from enum import StrEnum


class PartEncumbrance(StrEnum):
    """What can end again. What was used is cancelled instead, for good."""

    PLEDGED = "pledged"
    DISPUTED = "disputed"


@dataclass(frozen=True)
class EncumbranceDraft:
    """A right to a range of serials, written in the batch's form."""

    encumbrance: PartEncumbrance
    serials: str
    claimant: str
    note: str
    document: str
