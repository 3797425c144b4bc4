"""Twice is once: the caller names the thing.

A PUT names it in the path. A POST names it with `Idempotency-Key`; the name is then derived from
who asks, where, and the key. In both cases the name and a fingerprint of the request are written
in the transaction of the effect, so there is no moment at which one exists without the other.

The fingerprint is of what the request means: the same JSON with its keys in another order, or the
same photograph behind another multipart boundary, is the same request.
"""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID, uuid5

from flask import g, request
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.kernel.actor import Actor
from puhui.kernel.errors import Conflict
from puhui.kernel.quantity import plain
from puhui.kernel.text import N_
from puhui.web.errors import Malformed
from puhui.web.locale import COOKIE as LANGUAGE
from puhui.web.model import RequestName

NAMES = UUID("6f1d7f43-5b0e-5d0f-9d61-0c6f4d0c9a10")

View = TypeVar("View", bound=Callable[..., Any])

_KEY: dict[str, Any] = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "description": "The caller's name for this request; sent again, nothing happens again.",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": 128,
        "pattern": "^[!-~]+$",
        "examples": ["8e03978e-40d5-43e8-bc93-6894a57f9324"],
    },
}


class NameTaken(Conflict):
    """The same name was used before for another request."""

    code, title = "name_taken", N_("同一编号已用于内容不同的请求")


def named(view: View) -> View:
    """Document that this POST needs an `Idempotency-Key`."""
    view.named = _KEY  # type: ignore[attr-defined]
    return view


def name_of_request(actor: Actor) -> UUID:
    """Return the name that this POST's `Idempotency-Key` gives to its effect.

    Raises:
        Malformed: the header is missing or malformed.
    """
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) >= 2 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not 1 <= len(key) <= 128 or not key.isascii() or not key.isprintable() or " " in key:
        raise Malformed("idempotency_key_required", N_("请求应当带有有效的 Idempotency-Key"))
    return uuid5(NAMES, f"{actor.person_id}\n{request.method} {request.path}\n{key}")


def give_name(session: Session, name: UUID, actor: Actor, now: datetime) -> bool:
    """Record in the caller's transaction that this request was made under `name`.

    Returns True the first time, False on a repetition of the same request. A second caller with
    the same name waits here until the first has committed.

    Raises:
        NameTaken: the name was used for a request with another content.
    """
    fingerprint = sha256(f"{actor.person_id}\n{meaning()}".encode()).hexdigest()
    stored = uuid5(NAMES, f"{name}\n{request.method} {request.path}")
    first = session.scalar(
        insert(RequestName)
        .values(name=stored, fingerprint=fingerprint, given_at=now)
        .on_conflict_do_nothing()
        .returning(RequestName.name)
    )
    if first is not None:
        return True
    if session.get_one(RequestName, stored).fingerprint != fingerprint:
        raise NameTaken(name=str(name))
    return False


def meaning() -> str:
    """Return what the present request asks for, the same however it was written down."""
    query = sorted((k, v) for k, v in request.args.items(multi=True) if k != LANGUAGE)
    return _canonical([request.method, request.path, query, _body()])


def _body() -> Any:
    if "meaning" in g:
        return g.meaning
    if request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data"):
        files = []
        for field, file in request.files.items(multi=True):
            digest = sha256()
            while part := file.stream.read(65536):
                digest.update(part)
            file.stream.seek(0)
            files.append((field, digest.hexdigest()))
        return [sorted(request.form.items(multi=True)), sorted(files)]
    return sha256(request.get_data(cache=True)).hexdigest()


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_number)


def _number(value: object) -> str:
    assert isinstance(value, Decimal), type(value)
    return plain(value)
