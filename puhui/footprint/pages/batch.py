"""A batch of serials: printing, the file that leaves once, shipping, voiding."""

from typing import Any
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.footprint import queries, service
from puhui.footprint.api.batch import Change, secrets_file
from puhui.footprint.envelope import LONGEST_CERTIFICATE, printed_fingerprint
from puhui.footprint.pages.blueprint import pages
from puhui.footprint.pages.product import _product_of_label, of_product
from puhui.footprint.schema.batch import NewSerialBatchSchema, SecretsSchema
from puhui.identity.queries import display_names
from puhui.kernel.actor import Actor
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError
from puhui.web.pages import form_name, read_form, redirect_after_post, render_faults, signed_in


@pages.post("/labels/<uuid:label_id>/batches")
def print_batch(label_id: UUID) -> ResponseReturnValue:
    """Begin to print serials."""
    actor, batch_id = signed_in(), form_name()
    product_id = _product_of_label(label_id)
    try:
        given = read_form(NewSerialBatchSchema)
        with transaction() as session:
            service.begin_batch(session, actor, batch_id, label_id, given["count"], now())
    except DomainError as error:
        return render_faults("footprint/product.html", error, **of_product(actor, product_id))
    return redirect_after_post(f"/batches/{batch_id}")


@pages.get("/batches/<uuid:batch_id>")
def batch(batch_id: UUID) -> ResponseReturnValue:
    """Show a batch to its maker: how far it is, and what can be done with it."""
    return render_template("footprint/batch.html", **of_batch(signed_in(), batch_id))


def of_batch(actor: Actor, batch_id: UUID) -> dict[str, Any]:
    """Return what the page of a batch shows."""
    with snapshot() as session:
        card = queries.batch_card(session, actor, batch_id)
        by, to = card.batch.left_by, card.batch.left_for
        return {
            "card": card,
            "taken_by": display_names(session, [by]).get(by, "") if by is not None else "",
            "fingerprint": printed_fingerprint(to) if to is not None else "",
        }


@pages.post("/batches/<uuid:batch_id>/secrets")
def take_secrets(batch_id: UUID) -> ResponseReturnValue:
    """Hand over the batch's secrets, this once."""
    actor = signed_in()
    try:
        given = read_form(SecretsSchema)
        return secrets_file(actor, batch_id, **{**given, "certificate": _certificate()})
    except DomainError as error:
        return render_faults("footprint/batch.html", error, **of_batch(actor, batch_id))


def _certificate() -> str | None:
    """Return the text of the file that was chosen, if one was: an empty one is refused later."""
    file = request.files.get("certificate")
    if file is None or not file.filename:
        return None
    return str(file.read(LONGEST_CERTIFICATE), "ascii", "replace")


@pages.post("/batches/<uuid:batch_id>/stop")
def stop_batch(batch_id: UUID) -> ResponseReturnValue:
    """Stop printing."""
    return _done(service.stop_batch, batch_id)


@pages.post("/batches/<uuid:batch_id>/resumption")
def resume_batch(batch_id: UUID) -> ResponseReturnValue:
    """Go on printing."""
    return _done(service.resume_batch, batch_id)


@pages.post("/batches/<uuid:batch_id>/shipment")
def ship(batch_id: UUID) -> ResponseReturnValue:
    """Note that a batch has left the factory."""
    return _done(service.ship_batch, batch_id)


@pages.post("/batches/<uuid:batch_id>/voiding")
def void(batch_id: UUID) -> ResponseReturnValue:
    """Give up what has not been shipped."""
    return _done(service.void_batch, batch_id)


def _done(change: Change, batch_id: UUID) -> ResponseReturnValue:
    actor = signed_in()
    try:
        with transaction() as session:
            change(session, actor, batch_id, now())
    except DomainError as error:
        return render_faults("footprint/batch.html", error, **of_batch(actor, batch_id))
    return redirect_after_post(f"/batches/{batch_id}")
