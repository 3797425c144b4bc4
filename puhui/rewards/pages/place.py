"""Where the last page of a list ended."""

from typing import Any

from flask import request

from puhui.web.paging import read_cursor


def cursor_asked() -> tuple[Any, ...] | None:
    """Return where the last page ended, if the address says so; a made-up place is none."""
    return read_cursor(request.args.get("cursor", ""))
