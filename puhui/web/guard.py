"""Who is asking, from where, and what a browser may do with the answer.

`web` knows no identities: `app.py` hands over the function that turns a token into an actor.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import LengthRequired, Unauthorized

from puhui.kernel.actor import Actor
from puhui.kernel.errors import Forbidden
from puhui.kernel.text import N_
from puhui.settings import Settings

Identify = Callable[[str], Actor | None]
"""Turns the token of a session into its actor; None when it is unknown, ended or expired."""

View = TypeVar("View", bound=Callable[..., Any])

COOKIE = "puhui_session"
"""Name of the session cookie; over TLS it carries the `__Host-` prefix as well."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class ForeignOrigin(Forbidden):
    """Another site's page sent this request with the asker's cookie."""

    code, title = "foreign_origin", N_("请求来自别的网站，已被拒绝")


def bearer() -> str | None:
    """Return the token of the `Authorization` header."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() or None if scheme.lower() == "bearer" else None


def token() -> str | None:
    """Return the session token that came with the request, as a bearer or in the cookie."""
    return (
        bearer() or request.cookies.get("__Host-" + COOKIE) or request.cookies.get(COOKIE) or None
    )


def actor_or_none() -> Actor | None:
    """Return who is asking, or None for the public."""
    if "actor" not in g:
        found = token()
        identify: Identify = current_app.extensions["puhui.identify"]
        g.actor = identify(found) if found else None
    actor: Actor | None = g.actor
    return actor


def current_actor() -> Actor:
    """Return who is asking.

    Raises:
        Unauthorized: nobody has signed in (401).
    """
    actor = actor_or_none()
    if actor is None:
        raise Unauthorized()
    return actor


def open_to_all(view: View) -> View:
    """Let people who have not signed in use this JSON operation; all others are closed to them."""
    view.open_to_all = True  # type: ignore[attr-defined]
    return view


def embeddable(view: View) -> View:
    """Let other sites show what this view answers inside a frame: a badge."""
    view.embeddable = True  # type: ignore[attr-defined]
    return view


def mark(name: str) -> Any:
    """Return what a decorator has written on the view that answers this request, or None.

    For a class of methods it stands on the method, or on the class for all of them.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    of_class = getattr(view, "view_class", None)
    if of_class is None:
        return getattr(view, name, None)
    method = "get" if request.method == "HEAD" else request.method.lower()
    return getattr(getattr(of_class, method, None), name, None) or getattr(of_class, name, None)


def install(app: Flask, settings: Settings) -> None:
    """Put the guard before and behind every view of `app`."""

    def send_with_care(response: Response) -> Response:
        return _headers(response, secure=settings.secure_cookies)

    app.before_request(_refuse_foreign_origin)
    app.before_request(_ask_for_the_length)
    app.after_request(send_with_care)


def _refuse_foreign_origin() -> None:
    # A program that shows its own token was not tricked into sending it. A request that says
    # neither whence it comes nor how is not a browser's: every browser says one on a write.
    if request.method in SAFE or bearer():
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise ForeignOrigin()
        return
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise ForeignOrigin()


def _ask_for_the_length() -> None:
    # Of a body of unknown length werkzeug keeps what fits and drops the rest in silence: half a
    # photograph would look whole.
    if request.method not in SAFE and request.headers.get("Transfer-Encoding"):
        raise LengthRequired()


_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'"
)


def _headers(response: Response, *, secure: bool) -> Response:
    ancestors = "*" if mark("embeddable") else "'none'"
    headers = response.headers
    headers.setdefault("Content-Security-Policy", f"{_POLICY}; frame-ancestors {ancestors}")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
    if secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint != "static":
        if token() is not None or "Set-Cookie" in headers:
            headers["Cache-Control"] = "no-store"
            response.vary.update(["Authorization", "Cookie"])
        else:
            headers.setdefault("Cache-Control", "no-cache")
    return response
