"""Pages of what one has redeemed: code, QR, and how far it is."""

from datetime import timedelta
from uuid import UUID

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from puhui.db.session import snapshot, transaction
from puhui.kernel.clock import day_of, now
from puhui.kernel.text import N_
from puhui.rewards.pages.blueprint import pages
from puhui.rewards.pages.place import cursor_asked
from puhui.rewards.queries import redemptions as queries
from puhui.rewards.redemption import GROUND_NAMES, STATE_NAMES, RedemptionState, spaced
from puhui.rewards.service import handovers
from puhui.settings import Settings
from puhui.web import locale
from puhui.web.pages import redirect_after_post, signed_in
from puhui.web.paging import USUAL, page
from puhui.web.qr import svg_of

TONES = {
    RedemptionState.ISSUED: "wait",
    RedemptionState.SENT: "wait",
    RedemptionState.HANDED_OVER: "good",
    RedemptionState.DELIVERED: "good",
    RedemptionState.REFUNDED: "plain",
    RedemptionState.LAPSED: "bad",
}


@pages.context_processor
def _words() -> dict[str, object]:
    return {
        "redemption_states": STATE_NAMES,
        "redemption_tones": TONES,
        "refund_grounds": GROUND_NAMES,
    }


pages.add_app_template_filter(spaced, "code_spaced")


@pages.get("/shop/redemptions")
def redemption_list() -> ResponseReturnValue:
    """Show what one has redeemed, newest first."""
    actor = signed_in()
    with snapshot() as session:
        found = queries.redemptions_of(session, actor, before=cursor_asked(), most=USUAL + 1)
    shown = page(found, USUAL, lambda card: (card.redeemed_at, card.redemption_id))
    return render_template("rewards/redemptions.html", redemptions=shown)


@pages.get("/shop/redemptions/<uuid:redemption_id>")
def redemption(redemption_id: UUID) -> ResponseReturnValue:
    """Show a redemption: its code as text and QR while it can be used, and how far it is."""
    actor = signed_in()
    with snapshot() as session:
        card = queries.redemption(session, actor, redemption_id)
    drawing = None
    if card.code is not None:
        settings: Settings = current_app.extensions["puhui.settings"]
        address = f"{settings.base_url}/partners/handover?code={card.code}"
        drawing = Markup(svg_of(address, locale.said(N_("兑换码二维码"))))  # noqa: S704  our own
    # A code ends with a day: the last moment before it lies in the last day.
    last_day = day_of(card.expires_at - timedelta(microseconds=1))
    return render_template("rewards/redemption.html", card=card, qr=drawing, last_day=last_day)


@pages.post("/shop/redemptions/<uuid:redemption_id>/receipt")
def confirm_receipt(redemption_id: UUID) -> ResponseReturnValue:
    """Say that what was sent has arrived."""
    actor = signed_in()
    with transaction() as session:
        handovers.confirm_receipt(session, actor, redemption_id, now())
    return redirect_after_post(url_for("rewards_pages.redemption", redemption_id=redemption_id))
