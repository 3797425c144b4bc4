"""What pages and JSON share at the door: where somebody comes from, and the slow password."""

from uuid import UUID

from flask import Response, current_app, request

from puhui.db.session import transaction
from puhui.identity import password, queries
from puhui.identity.address import network
from puhui.identity.device import described
from puhui.identity.errors import PasswordWrong
from puhui.identity.installation import password_cost
from puhui.identity.service import signing_in
from puhui.identity.service.sessions import Door, Signed
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError
from puhui.settings import Settings
from puhui.web import guard


def door() -> Door:
    """Return where this request comes from."""
    return Door(
        network(request.remote_addr or ""),
        described(request.headers.get("User-Agent", "")),
        guard.token(),
    )


def credential() -> queries.Credential | None:
    """Return what the request's token proves, a waiting child's included."""
    token = guard.token()
    return None if token is None else queries.credential_of_token(token, now())


def sign_in_with_code(code_id: UUID, code: str) -> Signed | signing_in.MayRegister:
    """Sign in with a code.

    Raises:
        CodeWrong: with the wrong try already counted.
    """
    with transaction() as session:
        outcome = signing_in.sign_in_with_code(session, code_id, code, door(), now())
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


def sign_in_with_password(phone: str, written: str) -> Signed:
    """Sign in with a password: count the try, compare outside any transaction, settle.

    Comparing takes long on purpose, and as long when nobody has the number; no connection is
    held meanwhile.

    Raises:
        PasswordWrong: with the try already counted.
    """
    cost = password_cost()
    with transaction() as session:
        tried = signing_in.begin_password(session, phone, door(), now())
    if not password.fits(tried.stored, written, cost):
        raise PasswordWrong()
    assert tried.stored is not None
    renewed = None
    if password.is_outdated(tried.stored, cost):
        renewed = password.hash_as_is(written, cost)
    with transaction() as session:
        return signing_in.finish_password(session, tried, renewed, door(), now())


def _is_secure() -> bool:
    settings: Settings = current_app.extensions["puhui.settings"]
    return settings.secure_cookies


def cookie_name() -> str:
    """Return the name of the session cookie: over TLS the browser itself guards its origin."""
    return f"__Host-{guard.COOKIE}" if _is_secure() else guard.COOKIE


def keep_signed_in(response: Response, signed: Signed) -> None:
    """Let the browser keep the session."""
    response.set_cookie(
        cookie_name(),
        signed.token,
        expires=signed.expires_at,
        secure=_is_secure(),
        httponly=True,
        samesite="Lax",
        path="/",
    )


def forget(response: Response) -> None:
    """Let the browser drop the session."""
    response.delete_cookie(
        cookie_name(), secure=_is_secure(), httponly=True, samesite="Lax", path="/"
    )


TICKET = "puhui_ticket"


def keep_ticket(response: Response, ticket: signing_in.MayRegister) -> None:
    """Let the browser keep the right to register; it never stands in an address."""
    response.set_cookie(
        TICKET,
        ticket.ticket,
        expires=ticket.until,
        secure=_is_secure(),
        httponly=True,
        samesite="Lax",
        path="/sign-in",
    )


def forget_ticket(response: Response) -> None:
    """Let the browser drop it."""
    response.delete_cookie(
        TICKET, secure=_is_secure(), httponly=True, samesite="Lax", path="/sign-in"
    )
