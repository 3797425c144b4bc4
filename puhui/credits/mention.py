"""What a retirement says in words, and how those that say something are found.

Read row by row, or looked up in the index of runs of characters (migration 0040). Both find the
same: the index only leaves fewer rows to read.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Uuid,
    any_,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from puhui.credits.model import Beneficiary, CertificateRow, RetirementRow


@dataclass(frozen=True)
class Saying:
    """One way in which a retirement may say something, to be found by either of two roads."""

    condition: ColumnElement[bool]
    """Of a row that is being read."""
    identifiers: Select[Any]
    """Of all that say so, as an index finds them."""


Match = Callable[[Sequence[Saying]], ColumnElement[bool]]


def read(said: Sequence[Saying]) -> ColumnElement[bool]:
    """Return the condition that a row says any of it, to be asked row by row."""
    return or_(*(each.condition for each in said))


def looked_up(said: Sequence[Saying]) -> ColumnElement[bool]:
    """Return the same condition, by the identifiers of all that say it, found beforehand."""
    return is_one_of(union_all(*(each.identifiers.correlate(None) for each in said)))


def is_one_of(identifiers: Select[UUID] | CompoundSelect[UUID]) -> ColumnElement[bool]:
    """Return the condition that a retirement is among these, which are found before anything else.

    As an array they are looked up one by one; joined, PostgreSQL might read everything instead.
    """
    found = func.array(identifiers.scalar_subquery(), type_=ARRAY(Uuid))
    return RetirementRow.retirement_id == any_(found)


def titled(text: str) -> Saying:
    """Return: what it was for has a title, in either language, that holds the text."""
    condition = _holds_text(text, RetirementRow.title, RetirementRow.title_en)
    runs = _has_runs(text, RetirementRow.title, RetirementRow.title_en)
    return Saying(condition, select(RetirementRow.retirement_id).where(runs, condition))


def named(text: str) -> Saying:
    """Return: it names a beneficiary whose name holds the text."""
    condition = _holds_text(text, Beneficiary.name, Beneficiary.name_en)
    runs = _has_runs(text, Beneficiary.name, Beneficiary.name_en)
    of_hold = select(RetirementRow.retirement_id).join(
        Beneficiary, Beneficiary.hold_id == RetirementRow.hold_id
    )
    return Saying(condition, of_hold.where(runs, condition))


def certified(code: str) -> Saying:
    """Return: its certificate has this code."""
    condition = CertificateRow.code == code
    return Saying(condition, select(CertificateRow.retirement_id).where(condition))


def _holds_text(text: str, *columns: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return or_(*(column.icontains(text, autoescape=True) for column in columns))


def _has_runs(text: str, *columns: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Return the condition that the columns have all runs of characters that the text has.

    Whatever holds the text does; the index of migration 0040 answers it.
    """
    return func.credits_grams(*columns).op("@>")(func.credits_grams_of(text))
