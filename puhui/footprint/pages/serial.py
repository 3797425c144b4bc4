"""Printing and shipping serials; the shop."""

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from puhui.db.session import transaction
from puhui.footprint import service
from puhui.footprint.api.installation import settings
from puhui.footprint.api.serial import secrets_file
from puhui.footprint.pages.blueprint import pages
from puhui.footprint.pages.product import _of_product, _product_of_label
from puhui.footprint.schema.serial import NewSerialBatchSchema, fault_of_codes
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, Invalid
from puhui.web.pages import form_name, read_form, redirect_after_post, render_faults, signed_in


@pages.post("/labels/<uuid:label_id>/batches")
def print_batch(label_id: UUID) -> ResponseReturnValue:
    """Print serials; the answer is the file of their secrets, this once."""
    actor = signed_in()
    product_id = _product_of_label(label_id)
    try:
        given = read_form(NewSerialBatchSchema)
        with transaction() as session:
            printed = service.print_serials(
                session,
                actor,
                form_name(),
                label_id,
                given["count"],
                settings().base_url,
                settings().secret,
                now(),
            )
    except DomainError as error:
        return render_faults("footprint/product.html", error, **_of_product(actor, product_id))
    return secrets_file(form_name(), printed)


@pages.post("/batches/<uuid:batch_id>/shipment")
def ship(batch_id: UUID) -> ResponseReturnValue:
    """Note that a batch has left the factory."""
    actor = signed_in()
    with transaction() as session:
        batch = service.ship_batch(session, actor, batch_id, now())
    return redirect_after_post(f"/products/{_product_of_label(batch.label_id)}#labels")


@pages.get("/sales")
def sales() -> ResponseReturnValue:
    """Show a shop the form for what it has sold."""
    signed_in().require(Permission.SERIAL_SELL)
    return render_template("footprint/sales.html", sold=request.args.get("sold", type=int))


@pages.post("/sales")
def sell() -> ResponseReturnValue:
    """Mark the typed or scanned codes sold, all or none."""
    actor = signed_in()
    tokens = [line.rstrip("/").rpartition("/")[2] for line in request.form.get("codes", "").split()]
    try:
        faults = fault_of_codes(len(tokens))
        if faults:
            raise Invalid(faults)
        with transaction() as session:
            sold = service.sell_serials(session, actor, tokens, settings().secret, now())
    except DomainError as error:
        return render_faults("footprint/sales.html", error)
    return redirect_after_post(f"/sales?sold={sold}")
