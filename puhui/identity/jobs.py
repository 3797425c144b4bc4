"""What follows from identity's messages, and what its clock does."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from puhui.db.session import transaction
from puhui.identity.model import Code, SignedInSession
from puhui.identity.sender import sender
from puhui.identity.service import counting
from puhui.identity.vault import vault

KEEP = timedelta(days=1)
"""Codes and counted tries are deleted after a day."""
KEEP_SESSIONS = timedelta(days=180)
"""Ended sessions are kept as long as the law asks of access records: six months."""


def send_code(payload: dict[str, Any], now: datetime) -> None:
    """Send a code to its phone; then erase what was sent.

    The call lies between two transactions. A crash after it sends the code again, under the same
    id. A code that has ended or grown old is not sent at all.
    """
    code_id = UUID(payload["code_id"])
    with transaction() as session:
        code = session.get(Code, code_id)
        if code is None or code.code_sealed is None or code.expires_at <= now:
            return
        phone = vault().open(code.phone_sealed, f"phone of {code_id}")
        digits = vault().open(code.code_sealed, f"code of {code_id}")
    sender().send(phone, digits, code_id)
    with transaction() as session:
        session.execute(
            update(Code).where(Code.code_id == code_id).values(code_sealed=None, sent_at=now)
        )


def forget(session: Session, now: datetime) -> None:
    """Delete codes and counted tries of yesterday, and sessions that ended half a year ago."""
    session.execute(delete(Code).where(Code.asked_at < now - KEEP))
    counting.forget(session, now - KEEP)
    session.execute(delete(SignedInSession).where(SignedInSession.expires_at < now - KEEP_SESSIONS))
