"""Workbooks that are read by a task, and the example."""

import json
from pathlib import Path
from uuid import UUID

from flask import Response, request
from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.footprint.api.inventory import BINARY, inventories, workbook_of
from puhui.footprint.api.product import products
from puhui.footprint.schema.inventory import ImportSchema
from puhui.footprint.service import importing
from puhui.footprint.submission import Submitted, read
from puhui.kernel.clock import now
from puhui.outbox.queries import TaskSeen
from puhui.web.blueprint import takes
from puhui.web.guard import current_actor, open_to_all
from puhui.web.workbook import MOST_BYTES, XLSX

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "bamboo-board.json"


@products.route("/<uuid:product_id>/imports/<uuid:import_id>")
class OneImport(MethodView):
    """A workbook on its way to becoming the inventory."""

    @takes(XLSX, "application/octet-stream", most_bytes=MOST_BYTES)
    @products.response(202, ImportSchema)
    def put(self, product_id: UUID, import_id: UUID) -> TaskSeen:
        """Take a workbook in and read it by a task to follow; twice is once."""
        data = request.get_data(cache=True)
        with transaction() as session:
            return importing.begin_import(
                session, current_actor(), import_id, product_id, "inventory.xlsx", data, now()
            )

    @products.response(200, ImportSchema)
    def get(self, product_id: UUID, import_id: UUID) -> TaskSeen:
        """Show how far an import is, and in the end every fault or the new version."""
        with snapshot() as session:
            return importing.import_seen_by(session, current_actor(), product_id, import_id)


@inventories.route("/example.xlsx")
class Example(MethodView):
    """A filled-in workbook."""

    @open_to_all
    @inventories.response(200, BINARY, content_type=XLSX)
    def get(self) -> Response:
        """Download the example: a bamboo board, ready to be changed and uploaded."""
        content = json.loads(EXAMPLE.read_text(encoding="utf-8"))
        inventory, faults = read(Submitted.of_json(content))
        assert inventory is not None, faults
        with snapshot() as session:
            return workbook_of(session, "inventory-example.xlsx", inventory)
