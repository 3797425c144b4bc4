"""Read what people have agreed to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.identity.model import Consent, Withdrawal
from puhui.identity.purpose import TEXTS, WORDINGS, Purpose


@dataclass(frozen=True)
class ConsentCard:
    """One purpose, and whether the person agrees to today's wording."""

    purpose: Purpose
    text_hash: str
    given_at: datetime | None
    given_by: UUID | None


def live_consent(session: Session, person_id: UUID, purpose: Purpose) -> Consent | None:
    """Return the person's consent to today's wording that nobody has withdrawn, or None."""
    return session.scalar(
        select(Consent)
        .outerjoin(Withdrawal, Withdrawal.consent_id == Consent.consent_id)
        .where(
            Consent.person_id == person_id,
            Consent.purpose == purpose,
            Consent.text_hash == TEXTS[purpose].hash,
            Withdrawal.consent_id.is_(None),
        )
        .order_by(Consent.consent_id.desc())
        .limit(1)
    )


def consents(session: Session, person_id: UUID) -> Sequence[ConsentCard]:
    """Return every purpose with the person's consent to it, if there is one."""
    found = {purpose: live_consent(session, person_id, purpose) for purpose in TEXTS}
    return [
        ConsentCard(
            purpose,
            TEXTS[purpose].hash,
            None if consent is None else consent.given_at,
            None if consent is None else consent.given_by,
        )
        for purpose, consent in found.items()
    ]


@dataclass(frozen=True)
class ConsentPast:
    """A consent as it was given once, in the words of then, and what became of it."""

    consent_id: int
    purpose: Purpose
    text_hash: str
    sentence: str | None
    """None if the wording is of another version of this program."""
    is_current: bool
    """Whether the wording is today's."""
    channel: str
    by_guardian: bool
    given_at: datetime
    withdrawn_at: datetime | None
    withdrawn_channel: str | None


def consent_history(session: Session, person_id: UUID) -> Sequence[ConsentPast]:
    """Return every consent that was ever given for this person, the newest first."""
    rows = session.execute(
        select(Consent, Withdrawal)
        .outerjoin(Withdrawal, Withdrawal.consent_id == Consent.consent_id)
        .where(Consent.person_id == person_id)
        .order_by(Consent.consent_id.desc())
        .limit(100)
    )
    return [
        ConsentPast(
            given.consent_id,
            Purpose(given.purpose),
            given.text_hash,
            WORDINGS.get(given.text_hash),
            TEXTS[Purpose(given.purpose)].hash == given.text_hash,
            given.channel,
            given.given_by != person_id,
            given.given_at,
            None if gone is None else gone.withdrawn_at,
            None if gone is None else gone.channel,
        )
        for given, gone in rows
    ]
