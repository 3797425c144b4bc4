"""What a shop has sold."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from puhui.db.session import transaction
from puhui.footprint import service
from puhui.footprint.api.installation import settings
from puhui.footprint.pages.blueprint import pages
from puhui.footprint.schema.serial import fault_of_codes
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, Invalid
from puhui.web.pages import redirect_after_post, render_faults, signed_in


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
