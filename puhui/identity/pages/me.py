"""Pages of oneself: name, language, sessions, password."""

from typing import Any
from uuid import UUID

from flask import make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.identity import consents, door, queries
from puhui.identity.pages.blueprint import pages, speak
from puhui.identity.permission_table import ROLE_NAMES
from puhui.identity.purpose import OWN, TEXTS
from puhui.identity.schema.me import LanguageSchema, NameSchema, PasswordSchema
from puhui.identity.service import organisations, people, sessions, signing_in
from puhui.kernel.actor import Actor
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError
from puhui.web.pages import read_form, redirect_after_post, render_faults, signed_in


def _own_page(actor: Actor) -> dict[str, Any]:
    found, at = door.credential(), now()
    with snapshot() as session:
        return {
            "profile": queries.profile(session, actor.person_id),
            "organisations": queries.organisations_of(session, actor),
            "sessions": queries.sessions(session, actor.person_id, at),
            "this_session": None if found is None else found.session_id,
            "consents": [
                card for card in queries.consents(session, actor.person_id) if card.purpose in OWN
            ],
            "refusals": consents.refusals(session, actor, actor.person_id, at),
            "texts": TEXTS,
            "invitations": queries.invitations_for(session, actor.person_id, at),
            "is_minor": queries.is_minor(session, actor.person_id, at),
            "has_password": queries.has_password(session, actor.person_id),
            "role_names": ROLE_NAMES,
        }


@pages.get("/me")
def me() -> ResponseReturnValue:
    """Show people themselves: name, roles, sessions, consents, language."""
    return render_template("identity/me.html", **_own_page(signed_in()))


@pages.post("/me/name")
def rename() -> ResponseReturnValue:
    """Change one's name."""
    actor = signed_in()
    try:
        given = read_form(NameSchema)
        with transaction() as session:
            people.rename(session, actor, given["display_name"])
    except DomainError as error:
        return render_faults("identity/me.html", error, **_own_page(actor))
    return redirect_after_post("/me")


@pages.post("/me/language")
def choose_language() -> ResponseReturnValue:
    """Change the language in which one is answered."""
    actor = signed_in()
    language = read_form(LanguageSchema)["language"]
    with transaction() as session:
        people.choose_language(session, actor, language)
    response = make_response(redirect("/me", 303))
    speak(response, language)
    return response


@pages.post("/me/sessions/<uuid:session_id>/end")
def end_session(session_id: UUID) -> ResponseReturnValue:
    """End one session."""
    with transaction() as session:
        sessions.end(session, signed_in(), session_id, now())
    return redirect_after_post("/me")


@pages.post("/me/sessions/end-others")
def end_other_sessions() -> ResponseReturnValue:
    """End all sessions but this one."""
    actor, found = signed_in(), door.credential()
    with transaction() as session:
        sessions.end_all(session, actor, now(), but=None if found is None else found.session_id)
    return redirect_after_post("/me")


@pages.post("/me/invitations/<uuid:invitation_id>")
def answer_invitation(invitation_id: UUID) -> ResponseReturnValue:
    """Accept or decline an invitation."""
    with transaction() as session:
        accepts = request.form.get("answer") == "accepted"
        organisations.answer(session, signed_in(), invitation_id, accepts, now())
    return redirect_after_post("/me")


@pages.get("/me/password")
def new_password() -> ResponseReturnValue:
    """Ask staff for a new password."""
    signed_in()
    return render_template("identity/password.html")


@pages.post("/me/password")
def set_password() -> ResponseReturnValue:
    """Set a password."""
    actor, found = signed_in(), door.credential()
    if found is None:
        return redirect_after_post("/sign-in")
    try:
        given = read_form(PasswordSchema)
        with transaction() as session:
            signing_in.set_password(session, actor, found, given["password"], now())
    except DomainError as error:
        return render_faults("identity/password.html", error)
    return redirect_after_post("/me")
