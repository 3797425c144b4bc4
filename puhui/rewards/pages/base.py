"""Pages of planting bases."""

from flask import render_template
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot
from puhui.rewards.pages.blueprint import pages
from puhui.rewards.pages.place import cursor_asked
from puhui.rewards.queries import bases
from puhui.web.paging import USUAL, page


@pages.get("/bases")
def base_list() -> ResponseReturnValue:
    """Show where citizens may plant."""
    cursor = cursor_asked()
    with snapshot() as session:
        found = bases.bases(session, after=cursor, most=USUAL + 1)
    shown = page(found, USUAL, lambda base: (base.county_code, base.base_id))
    return render_template("rewards/bases.html", bases=shown)
