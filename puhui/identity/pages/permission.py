"""Page of who may do what."""

from flask import render_template
from flask.typing import ResponseReturnValue

from puhui.identity.pages.blueprint import pages
from puhui.identity.permission_table import ROLE_NAMES
from puhui.identity.permission_table import rows as permission_rows


@pages.get("/permissions")
def permissions() -> ResponseReturnValue:
    """Show who may do what."""
    return render_template(
        "identity/permissions.html", rows=permission_rows(), role_names=ROLE_NAMES
    )
