"""Operators' files of factors: brought, quarantined, published."""

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.factors import queries, service
from puhui.factors.api.imports import told
from puhui.factors.factor import IMPORT_STATE_NAMES, ImportState
from puhui.factors.library import CERTIFICATE, JUDGEMENT, read
from puhui.factors.pages.blueprint import pages
from puhui.factors.schema import FactorImportsQuery
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, Fault, Forbidden, Invalid
from puhui.kernel.text import N_
from puhui.web.pages import (
    form_name,
    read_query,
    redirect_after_post,
    render_faults,
    signed_in,
)
from puhui.web.paging import page
from puhui.web.workbook import MOST_BYTES

TONES = {
    ImportState.DRAFT: "wait",
    ImportState.PUBLISHED: "good",
    ImportState.QUARANTINED: "bad",
}


@pages.get("/factors/imports")
def imports() -> ResponseReturnValue:
    """Show the files that were brought, and the form for another."""
    signed_in().require(Permission.FACTOR_PUBLISH)
    return render_template("factors/imports.html", **_all())


@pages.post("/factors/imports")
def bring() -> ResponseReturnValue:
    """Take in a file, or keep it out whole and show every fault."""
    actor = signed_in()
    try:
        actor.require(Permission.FACTOR_PUBLISH)
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            raise Invalid([Fault("missing", N_("请选择文件"), None, "file")])
        data = sent.stream.read(MOST_BYTES + 1)
        with transaction() as session:
            found = service.import_file(
                session, actor, form_name(), _printable(sent.filename), data, now()
            )
            address = f"/factors/imports/{found.import_id}"
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("factors/imports.html", error, **_all())
    return redirect_after_post(address)


@pages.get("/factors/imports/<uuid:import_id>")
def one_import(import_id: UUID) -> ResponseReturnValue:
    """Show a file: its faults, or its factors and the button that publishes them."""
    signed_in().require(Permission.FACTOR_PUBLISH)
    with snapshot() as session:
        found = queries.import_called(session, import_id)
        rows, _ = read(found.file, found.content) if found.content else ([], [])
    return render_template(
        "factors/import.html",
        found=found,
        faults=told(found),
        rows=rows,
        names=IMPORT_STATE_NAMES,
        tones=TONES,
    )


@pages.post("/factors/imports/<uuid:import_id>/publication")
def publish(import_id: UUID) -> ResponseReturnValue:
    """Publish a draft."""
    actor = signed_in()
    with transaction() as session:
        service.publish_import(session, actor, import_id, now())
    return redirect_after_post(f"/factors/imports/{import_id}")


def _all() -> dict[str, object]:
    query = read_query(FactorImportsQuery)
    with snapshot() as session:
        found = queries.imports(
            session, state=query["state"], after=query["cursor"], most=query["limit"] + 1
        )
    return {
        "shown": page(found, query["limit"], lambda one: (one.imported_at, one.import_id)),
        "names": IMPORT_STATE_NAMES,
        "tones": TONES,
        "certificate": CERTIFICATE,
        "judgement": JUDGEMENT,
    }


def _printable(name: str) -> str:
    return "".join(c for c in name if c.isprintable())[:200] or "factors"
