"""Pages of signing in and registering."""

from urllib.parse import urlencode
from uuid import UUID

from flask import make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.identity import door, queries
from puhui.identity.errors import CodeWrong, PasswordWrong, TicketWrong
from puhui.identity.pages.blueprint import beside, pages, speak
from puhui.identity.schema.sign_in import CodeAskSchema, CodeSchema, PasswordSignInSchema, WhoSchema
from puhui.identity.service import people, sessions, signing_in
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, NotFound
from puhui.web import guard
from puhui.web.pages import form_name, next_address, read_form, redirect_after_post, render_faults


def _enter(signed: sessions.Signed, otherwise: str = "/me") -> ResponseReturnValue:
    """Give the browser its session and send it where it wanted to go."""
    address = "/sign-in/waiting" if signed.waits_for_guardian else next_address(otherwise)
    response = make_response(redirect(address, 303))
    door.keep_signed_in(response, signed)
    door.forget_ticket(response)
    with snapshot() as session:
        profile = queries.profile(session, signed.person_id)
    if profile is not None and profile.language is not None:
        speak(response, profile.language)
    return response


@pages.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Ask for a phone number."""
    found = door.credential()
    if found is not None:
        return redirect(
            "/sign-in/waiting" if found.waits_for_guardian else next_address("/me"), 303
        )
    return render_template("identity/sign_in.html", next=next_address(""))


@pages.post("/sign-in")
def ask_code() -> ResponseReturnValue:
    """Let a code be sent; a second click sends nothing."""
    try:
        asked = read_form(CodeAskSchema)
        with transaction() as session:
            signing_in.ask_code(session, form_name(), asked["phone"], door.door(), now())
    except DomainError as error:
        return render_faults("identity/sign_in.html", error, next=next_address(""))
    return redirect_after_post(_with_next(f"/sign-in/code/{form_name()}"))


def _with_next(path: str) -> str:
    wanted = next_address("")
    return f"{path}?{urlencode({'next': wanted})}" if wanted else path


def _phone_of(code_id: UUID) -> str:
    with snapshot() as session:
        phone = queries.phone_of_code(session, code_id)
    if phone is None:
        raise NotFound()
    return phone


@pages.get("/sign-in/code/<uuid:code_id>")
def code(code_id: UUID) -> ResponseReturnValue:
    """Ask for the code that has arrived."""
    return render_template("identity/code.html", phone=_phone_of(code_id), next=next_address(""))


@pages.post("/sign-in/code/<uuid:code_id>")
def enter_code(code_id: UUID) -> ResponseReturnValue:
    """Sign in with the code, or go on to register."""
    try:
        outcome = door.sign_in_with_code(code_id, read_form(CodeSchema)["code"])
    except DomainError as error:
        shown = beside("code", error) if isinstance(error, CodeWrong) else error
        return render_faults(
            "identity/code.html", shown, phone=_phone_of(code_id), next=next_address("")
        )
    if isinstance(outcome, sessions.Signed):
        return _enter(outcome)
    response = make_response(redirect(_with_next("/sign-in/new"), 303))
    door.keep_ticket(response, outcome)
    return response


@pages.get("/sign-in/new")
def who() -> ResponseReturnValue:
    """Ask a new person for a name and a birth year."""
    if door.TICKET not in request.cookies:
        return redirect("/sign-in", 303)
    return render_template("identity/new.html", next=next_address(""))


@pages.post("/sign-in/new")
def register() -> ResponseReturnValue:
    """Register the person and sign them in."""
    try:
        given = read_form(WhoSchema)
        with transaction() as session:
            signed = signing_in.register(
                session,
                request.cookies.get(door.TICKET, ""),
                given["display_name"],
                given["birth_year"],
                door.door(),
                now(),
            )
    except TicketWrong:
        return redirect_after_post("/sign-in")
    except DomainError as error:
        return render_faults("identity/new.html", error, next=next_address(""))
    return _enter(signed)


@pages.get("/sign-in/password")
def password_form() -> ResponseReturnValue:
    """Ask staff for number and password."""
    return render_template("identity/sign_in_password.html", next=next_address(""))


@pages.post("/sign-in/password")
def enter_password() -> ResponseReturnValue:
    """Sign in with a password."""
    try:
        given = read_form(PasswordSignInSchema)
        signed = door.sign_in_with_password(given["phone"], given["password"])
    except DomainError as error:
        shown = beside("password", error) if isinstance(error, PasswordWrong) else error
        return render_faults("identity/sign_in_password.html", shown, next=next_address(""))
    return _enter(signed)


@pages.get("/sign-in/waiting")
def waiting() -> ResponseReturnValue:
    """Show a waiting child the code that the guardian needs."""
    found = door.credential()
    if found is None or not found.waits_for_guardian:
        return redirect("/me", 303)
    digits = people.guardian_code(found.actor.person_id, now())
    return render_template("identity/waiting.html", digits=digits)


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End this session."""
    token = guard.token()
    if token is not None:
        with transaction() as session:
            sessions.end_token(session, token, now())
    response = make_response(redirect("/", 303))
    door.forget(response)
    return response
