"""Who is asking.

`web` knows no identities: `app.py` hands over the function that turns a token into an actor.
"""

from collections.abc import Callable

from flask import current_app, g, request
from werkzeug.exceptions import Unauthorized

from puhui.kernel.actor import Actor

Identify = Callable[[str], Actor | None]
"""Turns the token of a session into its actor; None when it is unknown, ended or expired."""

COOKIE = "puhui_session"
"""Name of the session cookie; over TLS it carries the `__Host-` prefix as well."""


def token() -> str | None:
    """Return the session token that came with the request, as a bearer or in the cookie."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and value:
        return value.strip()
    return request.cookies.get("__Host-" + COOKIE) or request.cookies.get(COOKIE)


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
