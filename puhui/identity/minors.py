"""What a year's audit of minors' data counts: numbers, never names.

Regulation on the protection of minors online (2023), art. 37: processors of minors' personal
information audit every year how they keep to the law. Counted are people who may be under 14.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from puhui.identity.age import YOUNG_UNTIL
from puhui.identity.model import Consent, Person, Withdrawal
from puhui.identity.purpose import FOR_MINORS, Purpose

_CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class MinorsYear:
    """How it stood with minors in one year of China's calendar."""

    year: int
    registered: int
    """Minors that came in the year."""
    here_at_end: int
    """Minors at its end, whenever they came."""
    guarded_at_end: int
    """Of these, those whose guardian agreed."""
    guardian_consents: int
    guardian_withdrawals: int
    place_consents: int
    """Guardians' consents in the year to the use of a place."""
    public_consents: int
    """Consents of minors to anything public or commercial: there may be none."""


def minors_of_year(session: Session, year: int) -> MinorsYear:
    """Return the counts of one year."""
    first = datetime(year, 1, 1, tzinfo=_CHINA).astimezone(UTC)
    last = datetime(year + 1, 1, 1, tzinfo=_CHINA).astimezone(UTC)
    # The doubt of one year goes to the child, as everywhere.
    young = Person.birth_year >= year - YOUNG_UNTIL
    here = young & (Person.created_at < last)
    live = (
        select(Consent.person_id)
        .outerjoin(Withdrawal, Withdrawal.consent_id == Consent.consent_id)
        .where(
            Consent.purpose == Purpose.GUARDIAN,
            Consent.given_at < last,
            Withdrawal.withdrawn_at.is_(None) | (Withdrawal.withdrawn_at >= last),
        )
    )
    given = (
        select(func.count())
        .select_from(Consent)
        .join(Person, Person.person_id == Consent.person_id)
        .where(young, Consent.given_at >= first, Consent.given_at < last)
    )
    withdrawn = (
        select(func.count())
        .select_from(Withdrawal)
        .join(Consent, Consent.consent_id == Withdrawal.consent_id)
        .where(
            Consent.purpose == Purpose.GUARDIAN,
            Withdrawal.withdrawn_at >= first,
            Withdrawal.withdrawn_at < last,
        )
    )
    allowed = {Purpose.GUARDIAN, *FOR_MINORS}
    count = select(func.count()).select_from(Person)
    return MinorsYear(
        year,
        session.scalar(count.where(here, Person.created_at >= first)) or 0,
        session.scalar(count.where(here)) or 0,
        session.scalar(count.where(here, Person.person_id.in_(live))) or 0,
        session.scalar(given.where(Consent.purpose == Purpose.GUARDIAN)) or 0,
        session.scalar(withdrawn) or 0,
        session.scalar(given.where(Consent.purpose.in_(FOR_MINORS))) or 0,
        session.scalar(given.where(Consent.purpose.not_in(allowed))) or 0,
    )
