"""Files of factors: brought by an operator, published or quarantined."""

from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.factors import queries, service
from puhui.factors.model import Import
from puhui.factors.schema import FactorFileQuery, FactorImportSchema, FactorImportsQuery
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.web.blueprint import json_blueprint, takes
from puhui.web.guard import current_actor
from puhui.web.limits import limited
from puhui.web.locale import said
from puhui.web.paging import Page, page, page_schema
from puhui.web.workbook import MOST_BYTES, XLSX

CSV = "text/csv"

imports = json_blueprint("factor-imports", "/api/factor-imports", "因子文件的导入、隔离和发布")


@imports.route("")
class Imports(MethodView):
    """Files that were brought."""

    @imports.arguments(FactorImportsQuery, location="query")
    @imports.response(200, page_schema(FactorImportSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List the files, the newest first; `state=quarantined` lists what was kept out."""
        current_actor().require(Permission.FACTOR_PUBLISH)
        with snapshot() as session:
            found = queries.imports(
                session,
                state=query["state"],
                after=query["cursor"],
                most=query["limit"] + 1,
            )
            rows = [as_wire(one) for one in found]
        return page(rows, query["limit"], lambda row: (row["imported_at"], row["import_id"]))


@imports.route("/<uuid:import_id>")
class OneImport(MethodView):
    """One file."""

    @takes(CSV, XLSX, "application/octet-stream", most_bytes=MOST_BYTES)
    @limited("60/hour", "upload")
    @imports.arguments(FactorFileQuery, location="query")
    @imports.response(201, FactorImportSchema)
    def put(self, query: dict[str, Any], import_id: UUID) -> dict[str, Any]:
        """Bring a file, CSV or xlsx: a draft, or quarantined with every fault by its row."""
        data = request.get_data(cache=True)
        with transaction() as session:
            return as_wire(
                service.import_file(session, current_actor(), import_id, query["file"], data, now())
            )

    @imports.response(200, FactorImportSchema)
    def get(self, import_id: UUID) -> dict[str, Any]:
        """Show what has become of a file."""
        current_actor().require(Permission.FACTOR_PUBLISH)
        with snapshot() as session:
            return as_wire(queries.import_called(session, import_id))


@imports.route("/<uuid:import_id>/publication")
class Publication(MethodView):
    """The act of publishing."""

    @imports.response(200, FactorImportSchema)
    def put(self, import_id: UUID) -> dict[str, Any]:
        """Publish a draft; the public register says so."""
        with transaction() as session:
            return as_wire(service.publish_import(session, current_actor(), import_id, now()))


def as_wire(found: Import) -> dict[str, Any]:
    """Return a file with its faults in the reader's language."""
    return {
        "import_id": found.import_id,
        "file": found.file,
        "sha256": found.sha256,
        "state": found.state,
        "rows": found.rows,
        "faults": told(found),
        "imported_at": found.imported_at,
        "published_at": found.published_at,
    }


def told(found: Import) -> list[dict[str, Any]]:
    """Return the faults of a file in the reader's language."""
    return [
        {
            "row": fault["row"],
            "field": fault["field"],
            "code": fault["code"],
            "message": said(fault["message"], **fault["values"]),
        }
        for fault in found.faults
    ]
