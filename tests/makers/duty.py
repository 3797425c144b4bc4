"""Duty trees for tests: recorded, confirmed, certified."""

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

from puhui.db.session import transaction
from puhui.kernel import clock
from puhui.rewards.duty import Category, Document, DutyDraft, Parameter, Unit
from puhui.rewards.service import duties, duty_certificates
from tests.makers.identity import SignedIn

BEIJING, FUJIAN = "110000", "350000"
PAPER = Document(
    "福建省义务植树尽责折算办法", "闽绿委〔2026〕1号", "https://example.org/1", b"\x01" * 32
)


def donation(cny: str, province: str = BEIJING, *, child: SignedIn | None = None) -> DutyDraft:
    """Say that money was given today."""
    return DutyDraft(
        Category.DONATION,
        province,
        Unit.CNY,
        Decimal(cny),
        clock.day_of(clock.now()),
        "绿化基金会，票据 0001",
        person_id=child.person_id if child else None,
    )


def fujian(cny: str = "12", since: date = date(2026, 1, 1)) -> Parameter:
    """Say how Fujian counts a donation, by a document that is made up for the test."""
    return Parameter(
        FUJIAN, Category.DONATION, Unit.CNY, Decimal(cny), since, "福建省绿化委员会", PAPER
    )


def recorded(by: SignedIn, cny: str = "60", **options) -> UUID:
    """Let the person record a donation; return its id."""
    duty_id = uuid4()
    with transaction() as session:
        duties.record_duty(session, by.actor, duty_id, donation(cny, **options), clock.now())
    return duty_id


def decided(by: SignedIn, duty_id: UUID, reason: str | None = None):
    """Let a verifier confirm a recorded duty, or refuse it for a reason."""
    with transaction() as session:
        return duties.decide_duty(session, by.actor, duty_id, reason, clock.now())


def certified(holder: SignedIn, verifier: SignedIn, cny: str = "60") -> str:
    """Let the person give enough money for a certificate; return its code."""
    decided(verifier, recorded(holder, cny))
    with transaction() as session:
        return duty_certificates.issue_certificate(
            session,
            holder.actor,
            clock.now().year,
            None,
            shows_categories=False,
            now=clock.now(),
        ).code
