"""Pages of planting bases."""

from uuid import UUID

from flask import current_app, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from puhui.db.session import snapshot
from puhui.kernel.text import N_
from puhui.rewards.pages.blueprint import pages
from puhui.rewards.pages.place import cursor_asked
from puhui.rewards.queries import bases
from puhui.settings import Settings
from puhui.web import locale
from puhui.web.paging import USUAL, page
from puhui.web.qr import svg_of


@pages.get("/bases")
def base_list() -> ResponseReturnValue:
    """Show where citizens may plant."""
    cursor = cursor_asked()
    with snapshot() as session:
        found = bases.bases(session, after=cursor, most=USUAL + 1)
    shown = page(found, USUAL, lambda base: (base.county_code, base.base_id))
    return render_template("rewards/bases.html", bases=shown)


@pages.get("/bases/<uuid:base_id>/poster")
def base_poster(base_id: UUID) -> ResponseReturnValue:
    """Show a base's code to print: who scans it logs a planting with the place filled in."""
    with snapshot() as session:
        card = bases.base(session, base_id)
    settings: Settings = current_app.extensions["puhui.settings"]
    address = f"{settings.base_url}/plantings/new?base={card.base_id}"
    drawing = svg_of(address, locale.said(N_("登记植树的二维码")))
    return render_template(
        "rewards/poster.html",
        base=card,
        address=address,
        qr=Markup(drawing),  # noqa: S704  our own drawing
    )
