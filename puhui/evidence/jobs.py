"""What the worker does for evidence."""

from datetime import datetime

from sqlalchemy.orm import Session

from puhui.evidence import service, ticket


def sweep(session: Session, now: datetime) -> None:
    """Remove the files that failed uploads left behind, and tickets that nobody used."""
    service.sweep(session, now)
    ticket.sweep(session, now)
