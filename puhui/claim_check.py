"""Where a claim of footprint meets the rules of rewards. Neither knows the other."""

from datetime import datetime
from secrets import token_bytes
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.footprint import queries as footprint
from puhui.footprint.claiming import USUAL, Circumstances, ClaimLimits
from puhui.identity.queries import organisation
from puhui.kernel.clock import day_of
from puhui.rewards.claim_signal import ClaimFacts
from puhui.rewards.queries.thresholds import all_thresholds
from puhui.rewards.scan_place import away
from puhui.rewards.service import claims
from puhui.rewards.service.claims import Unit
from puhui.rewards.service.draws import SEED_BYTES
from puhui.rewards.threshold import in_force


def claim_limits(session: Session, now: datetime) -> ClaimLimits:
    """Return what bounds a claim today, by the thresholds in force."""
    limits = in_force(all_thresholds(session), day_of(now))
    if limits is None:
        return USUAL
    return ClaimLimits(
        tries_of_label=limits["F2.tries"],
        tries_hours=limits["F2.hours"],
        tries_of_person=limits["F2.person_tries"],
        claims_of_person=limits["F6.refuse_day"],
        days_without_shop=limits["F3.days"],
        fast_minutes=limits["F9.fast_min"],
        closed_from=limits["F9.closed_from"],
        closed_until=limits["F9.closed_until"],
    )


def weigh_claim(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A unit was claimed: gather what lies beside the claim, and let the rules weigh it."""
    found = footprint.circumstances(session, UUID(payload["serial_id"]), claim_limits(session, now))
    # Whatever was returned meanwhile earns nothing: there is nothing to be weighed.
    if found is not None:
        claims.weigh_claim(
            session, _unit(found), _facts(session, found), now, token_bytes(SEED_BYTES)
        )


def look_at_tries(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Somebody tried a unit in vain: let the rules see how many have."""
    serial_id = UUID(payload["serial_id"])
    claims.look_at_tries(
        session,
        serial_id,
        UUID(payload["person_id"]),
        footprint.shop_of(session, serial_id),
        footprint.people_trying(session, serial_id, now),
        now,
    )


def _unit(found: Circumstances) -> Unit:
    return Unit(
        found.serial_id,
        found.person_id,
        found.product_id,
        found.shop_id,
        found.label_code,
        found.claimed_at,
    )


def _facts(session: Session, found: Circumstances) -> ClaimFacts:
    shop = organisation(session, found.shop_id) if found.shop_id is not None else None
    return ClaimFacts(
        at=found.claimed_at,
        tries=found.tries,
        sold_at=found.sold_at,
        first_scan_at=found.first_scan_at,
        first_scan_away=away(
            found.first_scan_at is not None,
            found.first_scan_city,
            shop.county_code if shop is not None else None,
        ),
        buyer_day=found.buyer_day,
        buyer_product_hour=found.buyer_product_hour,
        device_day=found.device_day,
        device_people=found.device_people,
        label_people=found.label_people,
        shop_sold=found.shop_sold,
        shop_claimed=found.shop_claimed,
        shop_claimed_by_buyer=found.shop_claimed_by_buyer,
        shop_claimed_fast=found.shop_claimed_fast,
        shop_claimed_closed=found.shop_claimed_closed,
    )
