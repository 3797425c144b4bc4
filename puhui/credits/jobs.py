"""What follows from payment and from time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.credits import service
from puhui.identity.purpose import Purpose
from puhui.register.signer import current_signer


def retire_paid(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Retire what has been paid for."""
    service.retire(session, UUID(payload["hold_id"]), now)


def seal(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Sign the certificate of what was retired."""
    signer = current_signer()
    assert signer is not None, "the worker has not said who signs"
    service.seal(session, UUID(payload["retirement_id"]), signer.key, now)


def forget_name(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Forget who bought, once they no longer agree to be named on certificates."""
    if payload["purpose"] == Purpose.CERTIFICATE_NAME:
        service.forget_person(session, UUID(payload["person_id"]))


def expire_due(session: Session, now: datetime) -> None:
    """Give back what unpaid holds keep whose time is over."""
    service.expire_holds(session, now)
