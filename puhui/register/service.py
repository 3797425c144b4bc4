"""Write facts into the public register."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import rfc8785
from sqlalchemy.orm import Session

from puhui.outbox.service import publish
from puhui.register.model import RegisterEntry

ENTRIES = UUID("a4a3bb3e-2f0e-5f0a-8a55-7b3bbf0a9c11")


def record(
    session: Session, kind: str, subject_id: str, payload: dict[str, Any], now: datetime
) -> UUID:
    """Enter a fact about `subject_id`; return the entry's id. Once per kind and subject.

    `payload` holds identifiers, whole numbers, decimal strings and salted commitments, never
    personal data. The sequencer numbers the entry after the commit.
    """
    entry_id = uuid5(ENTRIES, f"{kind}\n{subject_id}")
    if session.get(RegisterEntry, entry_id) is None:
        leaf = {
            "v": 1,
            "type": kind,
            "id": subject_id,
            "at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            **payload,
        }
        session.add(
            RegisterEntry(
                entry_id=entry_id,
                kind=kind,
                subject_id=subject_id,
                leaf=rfc8785.dumps(leaf).decode(),
                recorded_at=now,
            )
        )
        publish(session, "register.recorded", now, entry_id=str(entry_id))
    return entry_id
