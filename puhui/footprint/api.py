"""JSON resources of footprint: products, inventories, footprints, labels, serials."""

import csv
from io import StringIO
from typing import Any
from uuid import UUID

from flask import Response, current_app, request
from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.factors import queries as factors
from puhui.footprint import queries, service
from puhui.footprint.inventory import Submitted, read
from puhui.footprint.label import state_at
from puhui.footprint.model import Footprint, Label, Product
from puhui.footprint.product import ProductDraft
from puhui.footprint.schema import (
    CalculationSchema,
    ClaimedSchema,
    ClaimSchema,
    CountSchema,
    DecisionSchema,
    FootprintSchema,
    InventorySchema,
    LabelRowSchema,
    LabelSchema,
    LabelsQuery,
    NewFootprintSchema,
    NewLabelSchema,
    NewProductSchema,
    NewSerialBatchSchema,
    ProductSchema,
    QueueItemSchema,
    SerialBatchSchema,
    TokensSchema,
    UploadedSchema,
    WithdrawalSchema,
)
from puhui.footprint.service import Claimed, Printed
from puhui.footprint.workbook import MOST_BYTES, cells_of, template, with_titles
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import Invalid, NotFound
from puhui.settings import Settings
from puhui.web.blueprint import json_blueprint, takes
from puhui.web.conditional import require_version, version_is, versioned
from puhui.web.guard import current_actor, open_to_all
from puhui.web.idempotency import name_of_request, named
from puhui.web.paging import Page, PageQuery, page, page_schema
from puhui.web.qr import png_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BINARY = {"type": "string", "format": "binary"}

products = json_blueprint("products", "/api/products", "产品与清单")
footprints = json_blueprint("footprints", "/api/footprints", "产品碳足迹")
labels = json_blueprint("labels", "/api/labels", "平台自愿碳标签")
serials = json_blueprint("serials", "/api/serials", "序列码")
inventories = json_blueprint("inventories", "/api/inventories", "清单模板")

blueprints = (products, footprints, labels, serials, inventories)


def settings() -> Settings:
    """Return this installation's settings."""
    found: Settings = current_app.extensions["puhui.settings"]
    return found


# Products --------------------------------------------------------------------------------------


@products.route("")
class Products(MethodView):
    """The products of the asker's organisations."""

    @products.arguments(PageQuery, location="query")
    @products.response(200, page_schema(ProductSchema))
    def get(self, query: dict[str, Any]) -> Page[Product]:
        """List one's own products."""
        actor = current_actor()
        after = query["cursor"][0] if query["cursor"] else None
        with snapshot() as session:
            found = queries.products_of(
                session,
                sorted(actor.organisations(Permission.PRODUCT_WRITE)),
                after=after,
                most=query["limit"] + 1,
            )
        return page(found, query["limit"], lambda row: (row.product_id,))


@products.route("/<uuid:product_id>")
class OneProduct(MethodView):
    """A product."""

    @versioned
    @products.response(200, ProductSchema)
    def get(self, product_id: UUID) -> Product:
        """Show a product to its maker or to a verifier."""
        with snapshot() as session:
            found = queries.product_seen_by(session, current_actor(), product_id)
        version_is(found.version)
        return found

    @products.arguments(NewProductSchema)
    @products.response(201, ProductSchema)
    @products.alt_response(412, "PRECONDITION_FAILED")
    def put(self, given: tuple[UUID, ProductDraft], product_id: UUID) -> Product:
        """Register a product; with `If-Match`, describe it anew."""
        organisation_id, draft = given
        actor = current_actor()
        with transaction() as session:
            if "If-Match" in request.headers:
                found = service.product_for_change(session, actor, product_id)
                require_version(found.version)
                found = service.change_product(session, actor, product_id, draft, now())
            else:
                found = service.register_product(
                    session, actor, product_id, organisation_id, draft, now()
                )
        version_is(found.version)
        return found


@products.route("/<uuid:product_id>/inventory")
class ProductInventory(MethodView):
    """The present inventory of a product."""

    @versioned
    @products.response(200, InventorySchema)
    def get(self, product_id: UUID) -> dict[str, Any]:
        """Show the inventory to its maker or to a verifier."""
        with snapshot() as session:
            queries.product_seen_by(session, current_actor(), product_id)
            found = queries.inventory_of(session, product_id)
            if found is None:
                raise NotFound(inventory=str(product_id))
        version_is(found.version)
        return found.content

    @products.arguments(InventorySchema)
    @products.response(201, InventorySchema)
    def put(self, submitted: Submitted, product_id: UUID) -> dict[str, Any]:
        """Put an inventory in place of the present one; every faulty line is named at once."""
        with transaction() as session:
            found = service.put_inventory(session, current_actor(), product_id, submitted, now())
        version_is(found.version)
        return found.content


@products.route("/<uuid:product_id>/inventory.xlsx")
class InventoryWorkbook(MethodView):
    """The present inventory as a workbook."""

    @products.response(200, BINARY, content_type=XLSX)
    def get(self, product_id: UUID) -> Response:
        """Download the inventory as a workbook that can be uploaded again."""
        with snapshot() as session:
            queries.product_seen_by(session, current_actor(), product_id)
            found = queries.inventory_of(session, product_id)
            if found is None:
                raise NotFound(inventory=str(product_id))
            library = [published.factor for published in factors.page(session, most=10_000)]
        inventory, faults = read(Submitted.of_json(found.content))
        assert inventory is not None, faults
        return _workbook(template(library, inventory), "inventory.xlsx")

    @takes(XLSX, "application/octet-stream", most_bytes=MOST_BYTES)
    @products.response(201, UploadedSchema)
    def post(self, product_id: UUID) -> dict[str, Any]:
        """Upload a workbook in place of the present inventory; again changes nothing."""
        return upload(product_id, request.get_data(cache=True))


def upload(product_id: UUID, data: bytes) -> dict[str, Any]:
    """Put the inventory that a workbook holds.

    Raises:
        Invalid: every fault at once, by row of the sheet.
    """
    actor = current_actor()
    with snapshot() as session:
        # Whoever may not change the product gets no file of theirs parsed.
        actor.require(
            Permission.PRODUCT_WRITE,
            queries.product(session, product_id).organisation_id,
        )
    submitted, faults = cells_of(data)
    if faults:
        raise Invalid(faults)
    try:
        with transaction() as session:
            before = queries.inventory_of(session, product_id)
            version = before.version if before else 0
            found = service.put_inventory(session, actor, product_id, submitted, now())
    except Invalid as refusal:
        raise Invalid(with_titles(refusal.faults)) from None
    return {
        "version": found.version,
        "lines": len(submitted.lines),
        "changed": found.version != version,
    }


@products.route("/<uuid:product_id>/preview")
class Preview(MethodView):
    """What the present inventory comes to."""

    @products.response(200, CalculationSchema)
    def get(self, product_id: UUID) -> dict[str, Any]:
        """Compute the footprint of the present inventory, without keeping it."""
        with transaction() as session:
            found = service.preview(session, current_actor(), product_id)
        return {"sha256": found.sha256, "document": found.document}


@inventories.route("/template.xlsx")
class Template(MethodView):
    """An empty workbook."""

    @open_to_all
    @inventories.response(200, BINARY, content_type=XLSX)
    def get(self) -> Response:
        """Download an empty workbook with drop-downs."""
        with snapshot() as session:
            library = [published.factor for published in factors.page(session, most=10_000)]
        return _workbook(template(library), "inventory-template.xlsx")


def _workbook(data: bytes, name: str) -> Response:
    response = Response(data, content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# Footprints ------------------------------------------------------------------------------------


@footprints.route("/queue")
class Queue(MethodView):
    """What waits for a verifier."""

    @footprints.arguments(PageQuery, location="query")
    @footprints.response(200, page_schema(QueueItemSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List what waits, longest first, without one's own organisation's."""
        actor = current_actor()
        actor.require(Permission.FOOTPRINT_VERIFY)
        with snapshot() as session:
            found = queries.queue(
                session,
                not_of=sorted({member.organisation_id for member in actor.memberships}),
                after=query["cursor"],
                most=query["limit"] + 1,
            )
        rows = [
            {**footprint_wire(made), **_names(of), "submitted_at": made.submitted_at}
            for made, of in found
        ]
        return page(rows, query["limit"], lambda row: (row["submitted_at"], row["footprint_id"]))


def _names(of: Product) -> dict[str, Any]:
    return {
        "name_zh": of.name_zh,
        "name_en": of.name_en,
        "category": of.category,
        "declared_unit": of.declared_unit,
    }


@footprints.route("/<uuid:footprint_id>")
class OneFootprint(MethodView):
    """A version of a footprint."""

    @footprints.response(200, FootprintSchema)
    def get(self, footprint_id: UUID) -> dict[str, Any]:
        """Show a version to its maker or to a verifier."""
        with snapshot() as session:
            return footprint_wire(queries.footprint_seen_by(session, current_actor(), footprint_id))

    @footprints.arguments(NewFootprintSchema)
    @footprints.response(201, FootprintSchema)
    def put(self, given: dict[str, UUID], footprint_id: UUID) -> dict[str, Any]:
        """Declare a version, computed from the product's present inventory."""
        with transaction() as session:
            found = service.declare_footprint(
                session, current_actor(), footprint_id, given["product_id"], now()
            )
            return footprint_wire(found)


@footprints.route("/<uuid:footprint_id>/calculation")
class FootprintCalculation(MethodView):
    """The bytes of a calculation."""

    @open_to_all
    @footprints.response(200, {"type": "object"}, content_type="application/json")
    def get(self, footprint_id: UUID) -> Response:
        """Download a verified calculation; one not verified only for its maker or a verifier."""
        return calculation_of(footprint_id)


def calculation_of(footprint_id: UUID) -> Response:
    """Return the exact bytes of a calculation as a download."""
    with snapshot() as session:
        found = queries.footprint(session, footprint_id)
        if found.state != "verified":
            queries.footprint_seen_by(session, current_actor(), footprint_id)
    response = Response(found.document, content_type="application/json")
    name = f"footprint-{found.sha256[:12]}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    version_is(found.sha256)
    return response


@footprints.route("/<uuid:footprint_id>/submission")
class Submission(MethodView):
    """Handing in."""

    @footprints.response(201, FootprintSchema)
    def put(self, footprint_id: UUID) -> dict[str, Any]:
        """Hand a version to verifiers; twice is once."""
        with transaction() as session:
            return footprint_wire(
                service.submit_footprint(session, current_actor(), footprint_id, now())
            )


@footprints.route("/<uuid:footprint_id>/decision")
class Decision(MethodView):
    """What a verifier says."""

    @footprints.arguments(DecisionSchema)
    @footprints.response(201, FootprintSchema)
    def put(self, given: dict[str, Any], footprint_id: UUID) -> dict[str, Any]:
        """Verify a version, or refuse it with reasons by line."""
        with transaction() as session:
            found = service.decide_footprint(
                session, current_actor(), footprint_id, given["verdict"], given["reasons"], now()
            )
            return footprint_wire(found)


def footprint_wire(found: Footprint) -> dict[str, Any]:
    """Return a footprint without its document."""
    names = FootprintSchema().fields
    return {name: getattr(found, name) for name in names}


# Labels ----------------------------------------------------------------------------------------


@labels.route("")
class Labels(MethodView):
    """The public list."""

    @open_to_all
    @labels.arguments(LabelsQuery, location="query")
    @labels.response(200, page_schema(LabelRowSchema))
    def get(self, query: dict[str, Any]) -> Page[queries.LabelRow]:
        """List the labels that hold now, newest first."""
        with snapshot() as session:
            found = queries.labels(
                session,
                now(),
                text=query["q"],
                category=query["category"],
                county_code=query["county_code"],
                after=query["cursor"],
                most=query["limit"] + 1,
            )
        return page(found, query["limit"], lambda row: (row.issued_at, row.label_id))


@labels.route("/<uuid:label_id>")
class OneLabel(MethodView):
    """A label."""

    @open_to_all
    @labels.response(200, LabelSchema)
    def get(self, label_id: UUID) -> dict[str, Any]:
        """Show a label, holding or not."""
        with snapshot() as session:
            return _label_wire(queries.view_of(session, queries.label(session, label_id), now()))

    @labels.arguments(NewLabelSchema)
    @labels.response(201, LabelSchema)
    def put(self, given: dict[str, UUID], label_id: UUID) -> dict[str, Any]:
        """Issue the label of a verified footprint, valid for three years."""
        with transaction() as session:
            found = service.issue_label(
                session,
                current_actor(),
                label_id,
                given["footprint_id"],
                settings().base_url,
                now(),
            )
            return _label_wire(queries.view_of(session, found, now()))


@labels.route("/<uuid:label_id>/withdrawal")
class Withdrawal(MethodView):
    """Ending a label before its time."""

    @labels.arguments(WithdrawalSchema)
    @labels.response(201, LabelSchema)
    def put(self, given: dict[str, str], label_id: UUID) -> dict[str, Any]:
        """Withdraw a label, for everybody to see."""
        with transaction() as session:
            found = service.withdraw_label(
                session, current_actor(), label_id, given["reason"], now()
            )
            return _label_wire(queries.view_of(session, found, now()))


@labels.route("/<uuid:label_id>/qr.svg")
class LabelSvg(MethodView):
    """A label's QR code."""

    @open_to_all
    @labels.response(200, {"type": "string"}, content_type="image/svg+xml")
    def get(self, label_id: UUID) -> Response:
        """Download the QR code as SVG."""
        with snapshot() as session:
            found = queries.label(session, label_id)
        return _picture(found, found.qr_svg, "image/svg+xml", "svg")


@labels.route("/<uuid:label_id>/qr.png")
class LabelPng(MethodView):
    """A label's QR code."""

    @open_to_all
    @labels.response(200, BINARY, content_type="image/png")
    def get(self, label_id: UUID) -> Response:
        """Download the QR code as PNG."""
        with snapshot() as session:
            found = queries.label(session, label_id)
        return _picture(found, png_of(found.url), "image/png", "png")


def _picture(found: Label, data: bytes | str, kind: str, ending: str) -> Response:
    response = Response(data, content_type=kind)
    response.headers["Content-Disposition"] = f'inline; filename="{found.code}.{ending}"'
    version_is(found.code)
    return response


def _label_wire(view: queries.LabelView) -> dict[str, Any]:
    label, result = view.label, view.document["result"]
    return {
        "label_id": label.label_id,
        "footprint_id": label.footprint_id,
        "product_id": view.product.product_id,
        "code": label.code,
        "url": label.url,
        "state": state_at(now(), label.expires_at, label.withdrawn_at),
        "footprint_kg": view.footprint.footprint_kg,
        "declared_unit": result["declared_unit"],
        "carbon_held_kg": queries.held_of(view.document),
        "sha256": view.footprint.sha256,
        "issued_at": label.issued_at,
        "expires_at": label.expires_at,
        "withdrawn_at": label.withdrawn_at,
        "withdrawn_reason": label.withdrawn_reason,
    }


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


# Serials ---------------------------------------------------------------------------------------


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
            changed = service.void_serials(
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
