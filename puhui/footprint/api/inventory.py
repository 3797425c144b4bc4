"""Inventories and their workbooks."""

from typing import Any
from uuid import UUID

from flask import Response, request
from flask.views import MethodView
from sqlalchemy.orm import Session

from puhui.db.session import snapshot, transaction
from puhui.factors import queries as factors
from puhui.footprint import queries, service
from puhui.footprint.api.product import products
from puhui.footprint.inventory import Inventory
from puhui.footprint.ruleset import GWP
from puhui.footprint.schema.footprint import GwpQuery
from puhui.footprint.schema.inventory import CalculationSchema, InventorySchema, UploadedSchema
from puhui.footprint.schema.what_if import DifferenceSchema, WhatIfSchema, difference_wire
from puhui.footprint.submission import Submitted, read
from puhui.footprint.whatif import Change
from puhui.footprint.workbook import cells_of, template, with_titles
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import Invalid, NotFound
from puhui.web.blueprint import json_blueprint, takes
from puhui.web.conditional import version_is, versioned
from puhui.web.download import as_file
from puhui.web.guard import current_actor, open_to_all
from puhui.web.locale import translations
from puhui.web.workbook import MOST_BYTES, XLSX

BINARY = {"type": "string", "format": "binary"}

inventories = json_blueprint("inventories", "/api/inventories", "清单模板")


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
            inventory, faults = read(Submitted.of_json(found.content))
            assert inventory is not None, faults
            return workbook_of(session, "inventory.xlsx", inventory)

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

    @products.arguments(GwpQuery, location="query")
    @products.response(200, CalculationSchema)
    def get(self, query: dict[str, str], product_id: UUID) -> dict[str, Any]:
        """Compute the footprint of the present inventory, without keeping it."""
        with transaction() as session:
            found = service.preview(session, current_actor(), product_id, GWP[query["gwp"]])
        return {"sha256": found.sha256, "document": found.document}


@products.route("/<uuid:product_id>/what-if")
class WhatIf(MethodView):
    """What other lines would come to."""

    @products.arguments(WhatIfSchema)
    @products.response(200, DifferenceSchema)
    def post(self, given: dict[str, list[Change]], product_id: UUID) -> dict[str, Any]:
        """Compute what some changes would make of the footprint; the inventory is kept as it is."""
        with snapshot() as session:
            found = service.what_if(session, current_actor(), product_id, given["changes"])
        return difference_wire(found)


@inventories.route("/template.xlsx")
class Template(MethodView):
    """An empty workbook."""

    @open_to_all
    @inventories.response(200, BINARY, content_type=XLSX)
    def get(self) -> Response:
        """Download an empty workbook with drop-downs."""
        with snapshot() as session:
            return workbook_of(session, "inventory-template.xlsx")


def workbook_of(session: Session, name: str, filled: Inventory | None = None) -> Response:
    """Return a workbook in both languages, empty or filled in, as a download."""
    library = [published.factor for published in factors.page(session, most=10_000)]
    data = template(library, filled, translations("en").gettext)
    return as_file(data, XLSX, name)
