"""A unit is claimed, once, by whoever bought it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from puhui.footprint.claiming import USUAL, WINDOW, ClaimLimits, digest_of
from puhui.footprint.errors import AlreadyClaimed, ClaimRefused, NotSoldYet, TooManyTries
from puhui.footprint.label import hash_of_pin, hash_of_token, read_code
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import DomainError
from puhui.outbox.service import published

_CLAIM = text("""
    SELECT outcome, serial_id, product_id, claimed_at, free_at
      FROM footprint_claim(:token, :pin, :person, :device, :now, :since,
                           :of_token, :of_person, :claims, :without_shop, :since_of_token)""")


@dataclass(frozen=True)
class Claimed:
    """A serial that belongs to its buyer now."""

    serial_id: UUID
    product_id: UUID
    claimed_at: datetime


def claim_serial(
    session: Session,
    actor: Actor,
    token: str,
    pin: str,
    pepper: str,
    now: datetime,
    *,
    device_id: UUID | None = None,
    limits: ClaimLimits = USUAL,
) -> Claimed | DomainError:
    """Give a sold unit to whoever holds its PIN, once; or return why not.

    The refusal is returned, not raised, because a wrong PIN must be counted: the edge commits
    first and raises it then. Whoever has the wrong PIN learns nothing else, not even whether
    the token exists. All of it is one call of `footprint_claim` (migration 0041).

    Raises:
        Forbidden: the actor may claim nothing.
    """
    actor.require(Permission.SERIAL_CLAIM)
    code, secret = read_code(token) or "", read_code(pin) or ""
    found = session.execute(
        _CLAIM,
        {
            "token": hash_of_token(pepper, code),
            "pin": hash_of_pin(pepper, code, secret),
            "person": actor.person_id,
            "device": digest_of(device_id) if device_id is not None else None,
            "now": now,
            "since": WINDOW,
            "of_token": limits.tries_of_label,
            "of_person": limits.tries_of_person,
            "claims": limits.claims_of_person,
            "without_shop": timedelta(days=limits.days_without_shop),
            "since_of_token": timedelta(hours=limits.tries_hours),
        },
    ).one()
    if found.outcome == "too_many":
        return TooManyTries(retry_after_s=max(1, int((found.free_at - now).total_seconds())))
    # Whether there was anything to tell is the function's business: one doorbell too many is cheap.
    published(session)
    if found.outcome == "claimed":
        return Claimed(found.serial_id, found.product_id, found.claimed_at)
    return _REFUSALS[found.outcome]()


_REFUSALS: dict[str, type[DomainError]] = {
    "refused": ClaimRefused,
    "already": AlreadyClaimed,
    "not_sold": NotSoldYet,
}
