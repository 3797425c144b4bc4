"""The maker's desk: products, inventory, result, versions, labels."""

from typing import Any
from uuid import UUID, uuid4

from flask import render_template, request
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.footprint import queries, service
from puhui.footprint.api.installation import settings
from puhui.footprint.api.inventory import upload
from puhui.footprint.pages.blueprint import pages
from puhui.footprint.queries.renewals import renewal_of
from puhui.footprint.schema.inventory import fault_of_file
from puhui.footprint.schema.label import WithdrawalSchema
from puhui.footprint.schema.product import NewProductSchema
from puhui.footprint.service import importing
from puhui.footprint.validity import GROUND_WORDS, Basis, Change, Ground
from puhui.identity.queries import organisation
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, Invalid
from puhui.kernel.unit import UNITS
from puhui.web.guard import actor_or_none
from puhui.web.locale import called
from puhui.web.pages import form_name, read_form, redirect_after_post, render_faults, signed_in
from puhui.web.workbook import MOST_BYTES, dangers, lines_in

MOST_AT_ONCE = 500
"""Lines of a workbook that are read while its sender waits; more are read by a task."""


@pages.get("/products")
def products() -> ResponseReturnValue:
    """Show a maker their products; show everybody else the public list."""
    actor = actor_or_none()
    if actor is None or not actor.may(Permission.PRODUCT_WRITE):
        return redirect_after_post("/labels")
    with snapshot() as session:
        found = queries.products_of(
            session, sorted(actor.organisations(Permission.PRODUCT_WRITE)), most=200
        )
    return render_template("footprint/products.html", products=found)


@pages.get("/products/new")
def new_product() -> ResponseReturnValue:
    """Show the form for a new product."""
    return render_template("footprint/new_product.html", **_for_product(signed_in()))


def _for_product(actor: Actor) -> dict[str, Any]:
    actor.require(Permission.PRODUCT_WRITE)
    with snapshot() as session:
        found = [
            organisation(session, where)
            for where in sorted(actor.organisations(Permission.PRODUCT_WRITE))
        ]
    return {
        "makers": [(card.organisation_id, called(card)) for card in found if card],
        "units": sorted(UNITS),
    }


@pages.post("/products/new")
def register_product() -> ResponseReturnValue:
    """Register a product."""
    actor = signed_in()
    try:
        organisation_id, draft = read_form(NewProductSchema)
        with transaction() as session:
            found = service.register_product(
                session, actor, form_name(), organisation_id, draft, now()
            )
    except DomainError as error:
        return render_faults("footprint/new_product.html", error, **_for_product(actor))
    return redirect_after_post(f"/products/{found.product_id}")


@pages.get("/products/<uuid:product_id>")
def product(product_id: UUID) -> ResponseReturnValue:
    """Show a product to its maker: inventory, result, versions, labels, serials."""
    return render_template("footprint/product.html", **of_product(signed_in(), product_id))


def of_product(actor: Actor, product_id: UUID) -> dict[str, Any]:
    """Return everything that a product's page shows."""
    with transaction() as session:
        of = queries.product_seen_by(session, actor, product_id)
        row = queries.inventory_of(session, product_id)
        mine = actor.may(Permission.PRODUCT_WRITE, of.organisation_id)
        preview, stale = None, None
        if row is not None and mine:
            try:
                preview = service.preview(session, actor, product_id)
            except Invalid as error:
                stale = error
        made = queries.footprints_of(session, product_id)
        labels = {f.footprint_id: queries.label_of_footprint(session, f.footprint_id) for f in made}
        batches = {
            found.label_id: queries.batches_of(session, found.label_id)
            for found in labels.values()
            if found is not None
        }
        maker = organisation(session, of.organisation_id)
        changes = queries.changes_of(session, product_id)
        due = {
            found.label_id: renewal
            for found in labels.values()
            if found is not None and (renewal := renewal_of(session, found.label_id)) is not None
        }
    return {
        "product": of,
        "maker": maker,
        "mine": mine,
        "inventory": row,
        "preview": preview,
        "result": preview.document["result"] if preview else None,
        "stale": stale,
        "footprints": made,
        "labels": labels,
        "batches": batches,
        "changes": changes,
        "due": due,
        "change_kinds": [(str(kind), GROUND_WORDS[Ground(kind)]) for kind in Change],
        "now": now(),
    }


@pages.post("/products/<uuid:product_id>/inventory")
def upload_inventory(product_id: UUID) -> ResponseReturnValue:
    """Take a filled-in workbook; show every fault by its row."""
    actor = signed_in()
    file = request.files.get("file")
    data = file.read(MOST_BYTES + 1) if file else b""
    try:
        faults = fault_of_file(len(data), MOST_BYTES)
        faults = faults or dangers(data)
        if faults:
            raise Invalid(faults)
        if lines_in(data) > MOST_AT_ONCE:
            with transaction() as session:
                begun = importing.begin_import(
                    session, actor, uuid4(), product_id, "inventory.xlsx", data, now()
                )
            return redirect_after_post(f"/products/{product_id}/imports/{begun.task_id}")
        upload(product_id, data)
    except DomainError as error:
        return render_faults("footprint/product.html", error, **of_product(actor, product_id))
    return redirect_after_post(f"/products/{product_id}#result")


@pages.get("/products/<uuid:product_id>/imports/<uuid:import_id>")
def workbook_import(product_id: UUID, import_id: UUID) -> ResponseReturnValue:
    """Show how far an import is."""
    with snapshot() as session:
        seen = importing.import_seen_by(session, signed_in(), product_id, import_id)
    return render_template("footprint/import.html", run=seen, product_id=product_id)


@pages.post("/products/<uuid:product_id>/imports/<uuid:import_id>/stop")
def stop_import(product_id: UUID, import_id: UUID) -> ResponseReturnValue:
    """Stop an import; the inventory stays as it was."""
    with transaction() as session:
        importing.stop_import(session, signed_in(), product_id, import_id, now())
    return redirect_after_post(f"/products/{product_id}/imports/{import_id}")


@pages.post("/products/<uuid:product_id>/imports/<uuid:import_id>/resumption")
def resume_import(product_id: UUID, import_id: UUID) -> ResponseReturnValue:
    """Let a stopped import go on."""
    with transaction() as session:
        importing.resume_import(session, signed_in(), product_id, import_id, now())
    return redirect_after_post(f"/products/{product_id}/imports/{import_id}")


@pages.post("/products/<uuid:product_id>/footprints")
def declare_and_submit(product_id: UUID) -> ResponseReturnValue:
    """Keep the present result as a version; hand it to verifiers unless it is to wait."""
    actor = signed_in()
    try:
        with transaction() as session:
            made = service.declare_footprint(session, actor, form_name(), product_id, now())
            if request.form.get("then") != "keep":
                service.submit_footprint(session, actor, made.footprint_id, now())
    except DomainError as error:
        return render_faults("footprint/product.html", error, **of_product(actor, product_id))
    return redirect_after_post(f"/products/{product_id}#versions")


@pages.post("/footprints/<uuid:footprint_id>/label")
def issue_label(footprint_id: UUID) -> ResponseReturnValue:
    """Issue the label of a verified version, or of one that its maker alone declares."""
    actor = signed_in()
    declared = request.form.get("basis") == str(Basis.SELF_DECLARED)
    basis = Basis.SELF_DECLARED if declared else Basis.VERIFIED
    with transaction() as session:
        service.issue_label(
            session, actor, form_name(), footprint_id, settings().base_url, now(), basis
        )
        product_id = queries.footprint(session, footprint_id).product_id
    return redirect_after_post(f"/products/{product_id}#labels")


@pages.post("/labels/<uuid:label_id>/withdrawal")
def withdraw_label(label_id: UUID) -> ResponseReturnValue:
    """End a label before its time."""
    actor = signed_in()
    product_id = _product_of_label(label_id)
    try:
        given = read_form(WithdrawalSchema)
        with transaction() as session:
            service.withdraw_label(session, actor, label_id, given["reason"], now())
    except DomainError as error:
        return render_faults("footprint/product.html", error, **of_product(actor, product_id))
    return redirect_after_post(f"/products/{product_id}#labels")


def _product_of_label(label_id: UUID) -> UUID:
    with snapshot() as session:
        found = queries.label(session, label_id)
        return queries.footprint(session, found.footprint_id).product_id
