"""Batches of serials: printed by a job, their secrets handed over once, shipped, voided."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response
from flask.views import MethodView
from sqlalchemy.orm import Session

from puhui.db.session import snapshot, transaction
from puhui.footprint import queries, service
from puhui.footprint.api.installation import settings
from puhui.footprint.api.inventory import BINARY
from puhui.footprint.api.label import labels
from puhui.footprint.api.serial import serials
from puhui.footprint.envelope import recipient
from puhui.footprint.parcel import Form, parcel, sealed_name, sealed_parcel
from puhui.footprint.schema.batch import (
    NewSerialBatchSchema,
    SecretsSchema,
    SerialBatchSchema,
    faults_of_wish,
)
from puhui.kernel.actor import Actor
from puhui.kernel.clock import now
from puhui.kernel.errors import Invalid
from puhui.web.download import as_file
from puhui.web.guard import current_actor
from puhui.web.idempotency import name_of_request, named


@labels.route("/<uuid:label_id>/batches")
class Batches(MethodView):
    """Printing serials."""

    @named
    @labels.arguments(NewSerialBatchSchema)
    @labels.response(201, SerialBatchSchema)
    def post(
        self, given: dict[str, int], label_id: UUID
    ) -> tuple[dict[str, Any], int, dict[str, str]]:
        """Begin to print serials of a label; a job makes them, their secrets leave afterwards."""
        actor = current_actor()
        batch_id = name_of_request(actor)
        with transaction() as session:
            service.begin_batch(session, actor, batch_id, label_id, given["count"], now())
            body = wire(queries.batch_card(session, actor, batch_id))
        return body, 201, {"Location": f"/api/serials/batches/{batch_id}"}


@serials.route("/batches/<uuid:batch_id>")
class OneBatch(MethodView):
    """A batch."""

    @serials.response(200, SerialBatchSchema)
    def get(self, batch_id: UUID) -> dict[str, Any]:
        """Show how far a batch is, and how many of it are where."""
        with snapshot() as session:
            return wire(queries.batch_card(session, current_actor(), batch_id))


@serials.route("/batches/<uuid:batch_id>/secrets")
class SecretsFile(MethodView):
    """The file that leaves once."""

    @serials.arguments(SecretsSchema)
    @serials.response(200, BINARY, content_type="application/octet-stream")
    def post(self, given: dict[str, Any], batch_id: UUID) -> Response:
        """Take the tokens and PINs of a batch, as a list or ready to print. Once, for ever.

        With the print shop's certificate the file is encrypted, and it alone can open it.
        """
        return secrets_file(current_actor(), batch_id, **given)


def secrets_file(
    actor: Actor, batch_id: UUID, form: Form, confirmed: bool, certificate: str | None
) -> Response:
    """Return the file of a batch's secrets, made while it is sent.

    They have left when the transaction has committed, before the first byte: a file that breaks
    off is lost, and nobody can make a second one with an excuse.

    Raises:
        Forbidden, NotFound: the batch is not the actor's.
        Invalid: it was not confirmed, there are too many units for a picture of each, or nothing
            can be encrypted for the certificate.
        NotPrinted, SecretsLeft, BatchVoid: there is nothing to take.
    """
    with transaction() as session:
        card = queries.batch_card(session, actor, batch_id)
        faults = faults_of_wish(form, confirmed, card.batch.count)
        if faults:
            raise Invalid(faults)
        to = recipient(certificate, now()) if certificate is not None else None
        secrets = service.take_secrets(session, actor, batch_id, form, now(), to=to)
    title, name = f"{secrets.label_code} {batch_id.hex[:8]}", f"serials-{batch_id}"
    seed, count, base_url = secrets.seed, secrets.count, settings().base_url
    if to is None:
        body, name = parcel(seed, count, base_url, form, title), f"{name}.{form.ending}"
    else:
        body = sealed_parcel(seed, count, base_url, form, title, to)
        name = sealed_name(count, form, name)
    response = as_file(body, _KINDS[name.rpartition(".")[2]], name)
    response.headers["Cache-Control"] = "no-store"
    return response


_KINDS = {
    "csv": "text/csv; charset=utf-8",
    "zip": "application/zip",
    "p7m": "application/pkcs7-mime; smime-type=enveloped-data",
}


@serials.route("/batches/<uuid:batch_id>/stop")
class Stop(MethodView):
    """Stopping the job."""

    @serials.response(201, SerialBatchSchema)
    def put(self, batch_id: UUID) -> dict[str, Any]:
        """Stop printing after the step that is being done."""
        return done(service.stop_batch, batch_id)


@serials.route("/batches/<uuid:batch_id>/resumption")
class Resumption(MethodView):
    """Going on."""

    @serials.response(201, SerialBatchSchema)
    def put(self, batch_id: UUID) -> dict[str, Any]:
        """Let a batch that was stopped go on where it was."""
        return done(service.resume_batch, batch_id)


@serials.route("/batches/<uuid:batch_id>/shipment")
class Shipment(MethodView):
    """Leaving the factory."""

    @serials.response(201, SerialBatchSchema)
    def put(self, batch_id: UUID) -> dict[str, Any]:
        """Note that all of a batch has left the factory; twice is once."""
        return done(service.ship_batch, batch_id)


@serials.route("/batches/<uuid:batch_id>/voiding")
class Voiding(MethodView):
    """Giving up what has not been shipped."""

    @serials.response(201, SerialBatchSchema)
    def put(self, batch_id: UUID) -> dict[str, Any]:
        """Void what of a batch has not been shipped: its file was lost. Twice is once."""
        return done(service.void_batch, batch_id)


Change = Callable[[Session, Actor, UUID, datetime], object]


def done(change: Change, batch_id: UUID) -> dict[str, Any]:
    """Do a change to a batch and return the batch as it then is."""
    actor = current_actor()
    with transaction() as session:
        change(session, actor, batch_id, now())
        return wire(queries.batch_card(session, actor, batch_id))


def wire(card: queries.BatchCard) -> dict[str, Any]:
    """Return a batch without its seed."""
    batch = card.batch
    return {
        "batch_id": batch.batch_id,
        "label_id": batch.label_id,
        "count": batch.count,
        "made": batch.made,
        "job": card.printing.state if card.printing else "finished",
        "printed_at": batch.printed_at,
        "left_at": batch.left_at,
        "left_by": batch.left_by,
        "left_as": batch.left_as,
        "left_for": batch.left_for.hex() if batch.left_for is not None else None,
        "shipped_at": batch.shipped_at,
        "voided_at": batch.voided_at,
        "states": {str(state): number for state, number in card.states.items()},
    }
