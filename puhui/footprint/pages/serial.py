"""Single units: what a maker ships of a batch; what a shop sells, takes back, recycles."""

from collections.abc import Callable
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from puhui.db.session import transaction
from puhui.footprint import service
from puhui.footprint.api.installation import settings
from puhui.footprint.code_list import MOST_BYTES, CodeList, read_file, typed
from puhui.footprint.pages.batch import of_batch
from puhui.footprint.pages.blueprint import pages
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, Fault, Invalid
from puhui.kernel.text import N_
from puhui.web.pages import redirect_after_post, render_faults, signed_in

REPORTS: dict[str, Callable[..., int]] = {
    "sold": service.sell_serials,
    "returned": service.return_serials,
    "taken_back": service.take_back_serials,
}


@pages.get("/sales")
def sales() -> ResponseReturnValue:
    """Show a shop the form for what it has sold, and what came back."""
    signed_in().require(Permission.SERIAL_SELL)
    return render_template("footprint/sales.html", count=request.args.get("count", type=int))


@pages.post("/sales")
def report() -> ResponseReturnValue:
    """Note what was done with the units of a list or a file, all or none."""
    actor = signed_in()
    what = request.form.get("what", "sold")
    try:
        if what not in REPORTS:
            raise Invalid([Fault("missing", N_("请选择登记什么"), field="what")])
        count = _reported(REPORTS[what], actor, _codes())
    except DomainError as error:
        return render_faults("footprint/sales.html", error)
    return redirect_after_post(f"/sales?count={count}")


@pages.post("/batches/<uuid:batch_id>/units")
def ship_units(batch_id: UUID) -> ResponseReturnValue:
    """Note that the units of a list or a file have left the factory, all or none."""
    actor = signed_in()
    try:
        _reported(service.ship_serials, actor, _codes())
    except DomainError as error:
        return render_faults("footprint/batch.html", error, **of_batch(actor, batch_id))
    return redirect_after_post(f"/batches/{batch_id}")


def _codes() -> CodeList:
    file = request.files.get("file")
    data = file.read(MOST_BYTES + 1) if file else b""
    return read_file(data) if data else typed(request.form.get("codes", ""))


def _reported(report: Callable[..., int], actor: Actor, given: CodeList) -> int:
    """Report the units of a list; a refusal names the rows as they stood in it."""
    try:
        with transaction() as session:
            return report(session, actor, given.codes, settings().secret, now())
    except Invalid as refusal:
        raise Invalid(given.placed(refusal.faults)) from None
