"""Agreeing to a purpose, and withdrawing."""

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as NoSuchPage

from puhui.db.session import transaction
from puhui.identity import consents
from puhui.identity.pages.blueprint import pages
from puhui.identity.purpose import Purpose
from puhui.kernel.actor import Actor
from puhui.kernel.clock import now
from puhui.web.pages import next_address, redirect_after_post, signed_in


def purpose_of(name: str) -> Purpose:
    """Return the purpose of this name.

    Raises:
        NoSuchPage: nobody is asked for that.
    """
    if name not in set(Purpose):
        raise NoSuchPage()
    return Purpose(name)


@pages.post("/me/consents/<purpose>")
def decide_consent(purpose: str) -> ResponseReturnValue:
    """Agree to a purpose, or withdraw."""
    actor = signed_in()
    give_or_withdraw(actor, actor.person_id, purpose_of(purpose))
    return redirect_after_post(next_address("/me#consents"))


def give_or_withdraw(actor: Actor, person_id: UUID, purpose: Purpose) -> None:
    """Do what the form says about a purpose, for oneself or for a child."""
    with transaction() as session:
        if request.form.get("act") == "withdraw":
            consents.withdraw(session, actor, person_id, purpose, "page", now())
        else:
            shown = request.form.get("text_hash", "")
            consents.give(session, actor, person_id, purpose, shown, "page", now())
