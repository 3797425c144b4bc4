"""Serials: sold, returned, taken back, claimed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import current_app
from flask.views import MethodView
from sqlalchemy.orm import Session

from puhui.db.session import transaction
from puhui.footprint import service
from puhui.footprint.api.installation import settings
from puhui.footprint.claiming import ClaimLimits
from puhui.footprint.schema.serial import (
    ClaimedSchema,
    ClaimSchema,
    CountSchema,
    TokensSchema,
)
from puhui.footprint.service import Claimed
from puhui.kernel.clock import now
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import current_actor

ClaimLimitsAt = Callable[[Session, datetime], ClaimLimits]
"""What bounds a claim. Another package knows the numbers: `app.py` hands them over."""

serials = json_blueprint("serials", "/api/serials", "序列码")


@serials.route("/shipments")
class Shipments(MethodView):
    """Units that left the factory one by one."""

    @serials.arguments(TokensSchema)
    @serials.response(200, CountSchema)
    def post(self, given: dict[str, list[str]]) -> dict[str, int]:
        """Note that one's own units were shipped, all or none; again changes nothing."""
        with transaction() as session:
            changed = service.ship_serials(
                session, current_actor(), given["tokens"], settings().secret, now()
            )
        return {"changed": changed}


@serials.route("/sales")
class Sales(MethodView):
    """Sold units."""

    @serials.arguments(TokensSchema)
    @serials.response(200, CountSchema)
    def post(self, given: dict[str, list[str]]) -> dict[str, int]:
        """Mark units sold by one's shop, all or none; again changes nothing."""
        with transaction() as session:
            changed = service.sell_serials(
                session, current_actor(), given["tokens"], settings().secret, now()
            )
        return {"changed": changed}


@serials.route("/returns")
class Returns(MethodView):
    """Units that came back."""

    @serials.arguments(TokensSchema)
    @serials.response(200, CountSchema)
    def post(self, given: dict[str, list[str]]) -> dict[str, int]:
        """Take returned units out of use, all or none; again changes nothing."""
        with transaction() as session:
            changed = service.return_serials(
                session, current_actor(), given["tokens"], settings().secret, now()
            )
        return {"changed": changed}


@serials.route("/take-backs")
class TakeBacks(MethodView):
    """Worn-out units that came back for recycling."""

    @serials.arguments(TokensSchema)
    @serials.response(200, CountSchema)
    def post(self, given: dict[str, list[str]]) -> dict[str, int]:
        """Note claimed units that came back for recycling, all or none; again changes nothing."""
        with transaction() as session:
            changed = service.take_back_serials(
                session, current_actor(), given["tokens"], settings().secret, now()
            )
        return {"changed": changed}


@serials.route("/claims")
class Claims(MethodView):
    """Claiming what one has bought."""

    @serials.arguments(ClaimSchema)
    @serials.response(200, ClaimedSchema)
    @serials.alt_response(404, "NOT_FOUND")
    def post(self, given: dict[str, Any]) -> Claimed:
        """Claim a sold unit with its PIN, once; again gives the same answer."""
        return claim(**given)


def claim(code: str, pin: str, device_id: UUID | None) -> Claimed:
    """Claim a unit. A wrong PIN is counted before it is refused.

    Raises:
        ClaimRefused, AlreadyClaimed, NotSoldYet, TooManyTries: it cannot be claimed.
    """
    limits_at: ClaimLimitsAt = current_app.extensions["puhui.claim_limits"]
    with transaction() as session:
        outcome = service.claim_serial(
            session,
            current_actor(),
            code,
            pin,
            settings().secret,
            now(),
            device_id=device_id,
            limits=limits_at(session, now()),
        )
    if isinstance(outcome, Claimed):
        return outcome
    raise outcome
