"""Twice is once: the caller names the thing.

A PUT names it in the path. A POST names it with `Idempotency-Key`; the name is then derived from
who asks, where, and the key. In both cases the name and a fingerprint of the request are written
in the transaction of the effect, so there is no moment at which one exists without the other.
"""

from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid5

from flask import request
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest

from puhui.kernel.actor import Actor
from puhui.kernel.errors import Conflict
from puhui.kernel.text import N_
from puhui.web.model import RequestName

NAMES = UUID("6f1d7f43-5b0e-5d0f-9d61-0c6f4d0c9a10")


class NameTaken(Conflict):
    """The same name was used before for another request."""

    code, title = "name_taken", N_("同一编号已用于内容不同的请求")


def name_of_request(actor: Actor) -> UUID:
    """Return the name that this POST's `Idempotency-Key` gives to its effect.

    Raises:
        BadRequest: the header is missing or malformed.
    """
    key = request.headers.get("Idempotency-Key", "").strip().strip('"')
    if not 1 <= len(key) <= 128 or not key.isascii() or not key.isprintable():
        raise BadRequest("Idempotency-Key")
    return uuid5(NAMES, f"{actor.person_id}\n{request.method} {request.path}\n{key}")


def give_name(session: Session, name: UUID, actor: Actor, now: datetime) -> bool:
    """Record in the caller's transaction that this request was made under `name`.

    Returns True the first time, False on a repetition of the same request. A second caller with
    the same name waits here until the first has committed.

    Raises:
        NameTaken: the name was used for a request with another content.
    """
    fingerprint = sha256(
        b"\n".join(
            [
                str(actor.person_id).encode(),
                request.method.encode(),
                request.full_path.encode(),
                request.get_data(cache=True),
            ]
        )
    ).hexdigest()
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
