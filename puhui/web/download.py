"""Files that are given out under a name."""

from collections.abc import Iterable

from flask import Response


def as_file(
    body: bytes | str | Iterable[str] | Iterable[bytes],
    kind: str,
    name: str,
    *,
    inline: bool = False,
) -> Response:
    """Return a file of this media type, to be kept under a name, or looked at if `inline`.

    The name is one that we made: ASCII, without quotes.
    """
    response = Response(body, content_type=kind)
    shown = "inline" if inline else "attachment"
    response.headers["Content-Disposition"] = f'{shown}; filename="{name}"'
    return response
