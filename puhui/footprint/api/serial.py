"""Serials: printed, shipped, sold, returned, claimed."""

import csv
from io import StringIO
from typing import Any
from uuid import UUID

from flask import Response
from flask.views import MethodView

from puhui.db.session import transaction
from puhui.footprint import service
from puhui.footprint.api.installation import settings
from puhui.footprint.api.label import labels
from puhui.footprint.schema.serial import (
    ClaimedSchema,
    ClaimSchema,
    CountSchema,
    NewSerialBatchSchema,
    SerialBatchSchema,
    TokensSchema,
)
from puhui.footprint.service import Claimed, Printed
from puhui.kernel.clock import now
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import current_actor
from puhui.web.idempotency import name_of_request, named

serials = json_blueprint("serials", "/api/serials", "序列码")


@labels.route("/<uuid:label_id>/batches")
class Batches(MethodView):
    """Printing serials."""

    @named
    @labels.arguments(NewSerialBatchSchema)
    @labels.response(201, {"type": "string"}, content_type="text/csv")
    def post(self, given: dict[str, int], label_id: UUID) -> tuple[Response, int]:
        """Print serials and get their secrets, this once, as CSV."""
        actor = current_actor()
        batch_id = name_of_request(actor)
        with transaction() as session:
            printed = service.print_serials(
                session,
                actor,
                batch_id,
                label_id,
                given["count"],
                settings().base_url,
                settings().secret,
                now(),
            )
        return secrets_file(batch_id, printed), 201


def secrets_file(batch_id: UUID, printed: list[Printed]) -> Response:
    """Return the secrets of a batch as the CSV that leaves once."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("number", "url", "code", "pin"))
    for serial in printed:
        pin = f"{serial.pin[:4]}-{serial.pin[4:]}"
        writer.writerow((serial.number, serial.url, serial.token, pin))
    response = Response("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="serials-{batch_id}.csv"'
    response.headers["Cache-Control"] = "no-store"
    response.headers["Location"] = f"/api/serials/batches/{batch_id}"
    return response


@serials.route("/batches/<uuid:batch_id>/shipment")
class Shipment(MethodView):
    """Leaving the factory."""

    @serials.response(201, SerialBatchSchema)
    def put(self, batch_id: UUID) -> Any:
        """Note that a batch has left the factory; twice is once."""
        with transaction() as session:
            return service.ship_batch(session, current_actor(), batch_id, now())


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
    def post(self, given: dict[str, str]) -> Claimed:
        """Claim a sold unit with its PIN, once; again gives the same answer."""
        return claim(given["code"], given["pin"])


def claim(code: str, pin: str) -> Claimed:
    """Claim a unit. A wrong PIN is counted before it is refused.

    Raises:
        ClaimRefused, AlreadyClaimed, NotSoldYet, TooManyTries: it cannot be claimed.
    """
    with transaction() as session:
        outcome = service.claim_serial(
            session, current_actor(), code, pin, settings().secret, now()
        )
    if isinstance(outcome, Claimed):
        return outcome
    raise outcome
