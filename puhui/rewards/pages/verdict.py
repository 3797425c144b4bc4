"""What a verifier's two buttons say: confirm, or refuse with a reason."""

from collections.abc import Callable
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from puhui.db.session import transaction
from puhui.kernel.actor import Actor
from puhui.kernel.errors import DomainError, Forbidden
from puhui.rewards.api.duty import reason_of
from puhui.web.pages import redirect_after_post, render_faults, signed_in


def take_verdict(
    decide: Callable[[Session, Actor, str | None], object],
    template: str,
    waiting: Callable[[Actor], dict[str, Any]],
    after: str,
) -> ResponseReturnValue:
    """Let `decide` have the reason for a refusal, or None for a confirmation, and go `after`.

    What is refused stands on the page of what is `waiting`.

    Raises:
        Forbidden: the actor may not decide.
    """
    actor = signed_in()
    confirmed = request.form.get("verdict") == "confirm"
    written = request.form.get("reason", "").strip()[:300] or None
    try:
        # The reason's field stands beside both buttons; confirming needs none.
        reason = reason_of(confirmed=confirmed, reason=None if confirmed else written)
        with transaction() as session:
            decide(session, actor, reason)
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults(template, error, **waiting(actor))
    return redirect_after_post(after)
