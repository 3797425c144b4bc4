"""Versions of things: `ETag`, and what `If-Match` and `If-None-Match` ask of them.

A row's version is its strong tag. Reading: `version_is(row.version)` inside the view, and an
unchanged thing is answered 304 without a body. Writing: `require_version(row.version)` inside the
transaction, once the row is locked, so that nothing can change between the question and the act.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response, after_this_request, request
from werkzeug.exceptions import PreconditionFailed, PreconditionRequired
from werkzeug.http import quote_etag

View = TypeVar("View", bound=Callable[..., Any])


def versioned(view: View) -> View:
    """Document that this operation answers with an `ETag`, and heeds or needs one."""
    view.versioned = True  # type: ignore[attr-defined]
    return view


def version_is(version: int | str) -> None:
    """Say which version the answer shows: 304 to a reader who has it already."""
    tag = str(version)

    def add(response: Response) -> Response:
        if not 200 <= response.status_code < 300:
            return response
        response.headers["ETag"] = quote_etag(tag)
        held = request.if_none_match
        if request.method in ("GET", "HEAD") and (held.star_tag or held.contains_weak(tag)):
            response.status_code = 304
            response.set_data(b"")
            for name in ("Content-Type", "Content-Length"):
                response.headers.pop(name, None)
        return response

    after_this_request(add)


def require_version(version: int | str) -> None:
    """Let pass a write that is based on the present version of the row.

    Raises:
        PreconditionRequired: `If-Match` is missing (428).
        PreconditionFailed: it names another version (412).
    """
    if "If-Match" not in request.headers:
        raise PreconditionRequired()
    held = request.if_match
    if not held.star_tag and not held.is_strong(str(version)):
        raise PreconditionFailed()
