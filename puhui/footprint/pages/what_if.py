"""What would be if: a maker changes lines on a page, and the inventory stays as it is."""

from typing import Any
from uuid import UUID

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot
from puhui.footprint import queries, service
from puhui.footprint.errors import NoInventory
from puhui.footprint.pages.blueprint import pages
from puhui.footprint.whatif import Change
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import DomainError, Fault, Invalid
from puhui.kernel.text import N_
from puhui.web.pages import Form, render_faults, signed_in

SLOTS = (1, 2, 3)
"""How many lines can be changed on the page at once; programs may change more."""
_CELLS = ("amount", "factor")


@pages.get("/products/<uuid:product_id>/what-if")
def what_if(product_id: UUID) -> ResponseReturnValue:
    """Show a maker the form in which lines are changed for once."""
    return render_template("footprint/what_if.html", **_of(signed_in(), product_id))


@pages.post("/products/<uuid:product_id>/what-if")
def ask_what_if(product_id: UUID) -> ResponseReturnValue:
    """Show what the changes would make of the footprint. Nothing is kept, so again is the same."""
    actor = signed_in()
    shown = _of(actor, product_id)
    try:
        changes = list(_changes(len(shown["lines"])))
        with snapshot() as session:
            found = service.what_if(session, actor, product_id, changes)
    except DomainError as error:
        return render_faults("footprint/what_if.html", error, **shown)
    g.form = Form(values=request.form.to_dict())
    return render_template("footprint/what_if.html", found=found, **shown)


def _of(actor: Actor, product_id: UUID) -> dict[str, Any]:
    with snapshot() as session:
        product = queries.product_seen_by(session, actor, product_id)
        actor.require(Permission.PRODUCT_WRITE, product.organisation_id)
        row = queries.inventory_of(session, product_id)
    if row is None:
        raise NoInventory(product=str(product_id))
    return {"product": product, "lines": row.content["lines"], "slots": SLOTS}


def _changes(count: int) -> list[Change]:
    """Return the changes that the form asks about.

    Raises:
        Invalid: it asks about none, or a slot says what to change but not in which line.
    """
    changes, faults = [], []
    for slot in SLOTS:
        row = request.form.get(f"row-{slot}", "")
        cells = {name: value for name in _CELLS if (value := _said(f"{name}-{slot}"))}
        remove = request.form.get(f"remove-{slot}") == "true"
        if row.isascii() and row.isdigit() and 1 <= int(row[:6]) <= count:
            changes.append(Change(int(row), cells, remove))
        elif cells or remove:
            faults.append(Fault("which_line", N_("请选择清单行"), field=f"row-{slot}"))
    if not changes and not faults:
        faults.append(Fault("nothing_asked", N_("请至少选择一行"), field="row-1"))
    if faults:
        raise Invalid(faults)
    return changes


def _said(name: str) -> str:
    return request.form.get(name, "").strip()[:300]
