"""Read stock, holds, retirements and certificates."""

from uuid import UUID

from sqlalchemy.orm import Session

from puhui.credits.hold import Hold, Retirement


def hold(session: Session, hold_id: UUID) -> Hold | None:
    """Return the hold, or None for an unknown one."""
    raise NotImplementedError


def retirement(session: Session, retirement_id: UUID) -> Retirement | None:
    """Return the retirement, or None for an unknown one."""
    raise NotImplementedError


def certificate_by_code(session: Session, code: str) -> Retirement | None:
    """Return the retirement that the certificate of this code is about, or None."""
    raise NotImplementedError
