"""What follows from a new entry: a number, then a signed head, each in its own transaction."""

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
