"""What follows from a new entry: a number, then a checkpoint, each in its own transaction.

Also what the register hears of packages at its own height, which cannot call it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from puhui.register import service
from puhui.register.signer import current_signer


def number(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Number what was recorded."""
    service.number(session, now)


def sign(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Sign what was numbered."""
    sign_due(session, now)


def number_due(session: Session, now: datetime) -> None:
    """Number whatever has been recorded; for the clock, should a message have been parked."""
    service.number(session, now)


def sign_due(session: Session, now: datetime) -> None:
    """Sign whatever has been numbered; for the clock, should a message have been parked."""
    signer = current_signer()
    assert signer is not None, "the worker has not said who signs"
    service.sign(session, signer, now)


def record_factors_published(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Enter that a library of factors was published: its digest and how many there were."""
    service.record(
        session,
        "factors_published",
        payload["library"],
        {"factors": payload["factors"]},
        datetime.fromisoformat(payload["at"]),
    )


def record_factor_withdrawn(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Enter that a factor was withdrawn, and why."""
    service.record(
        session,
        "factor_withdrawn",
        payload["citation"],
        {"reason": payload["reason"]},
        datetime.fromisoformat(payload["at"]),
    )
