"""Long lists in pages, by key: no page is skipped or shown twice while rows are added.

A cursor says where the last page ended. It is signed and belongs to one address, so a reader
cannot make one up; a bad one is a fault of the field `cursor`.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, after_this_request, current_app, request

from puhui.kernel.text import N_
from puhui.settings import Settings
from puhui.web.schema import List, Nested, Schema, Sentences, Strict, Text, Whole

Part = int | str | UUID | datetime | date
"""What a key is made of."""

Row = TypeVar("Row")

MOST = 100
USUAL = 20


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and the address of the rows after them."""

    items: Sequence[Row]
    next: str | None


class Cursor(Strict):
    """Where the last page ended; loads to the tuple that was the key of its last row.

    A list that is ordered anew says of how many `parts` its keys are made now, so that a cursor of
    the old order is a fault like any other that is not ours.
    """

    default_error_messages: Sentences = {
        "bad_cursor": N_("这个分页位置无效，请从第一页重新开始"),
    }

    def __init__(self, *, parts: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.parts = parts

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        key = read_cursor(value) if isinstance(value, str) and len(value) <= 512 else None
        if key is None or (self.parts is not None and len(key) != self.parts):
            raise self.make_error("bad_cursor")
        return key

    def wire(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": 512, "pattern": "^[A-Za-z0-9_-]+$"}


CURSOR = "上一页给出的位置"


class PageQuery(Schema):
    """The query of a list; a list with filters subclasses it."""

    limit = Whole(minimum=1, maximum=MOST, load_default=USUAL, description="每页条数")
    cursor = Cursor(load_default=None, description=CURSOR)


def page_schema(item: type[Schema]) -> type[Schema]:
    """Return the schema of a page of `item`: `{"items": […], "next": address or null}`."""
    return type(
        item.__name__.removesuffix("Schema") + "PageSchema",
        (Schema,),
        {
            "items": List(Nested(item), most=MOST, required=True),
            "next": Text(4096, required=True, allow_none=True, description="下一页的地址"),
        },
    )


def page(rows: Sequence[Row], limit: int, key: Callable[[Row], tuple[Part, ...]]) -> Page[Row]:
    """Return the page that `rows` make, of which the caller asked for one more than `limit`.

    `key` is what the query orders by; it must be unique. The answer gets a `Link` to the next
    page, with the filters kept.
    """
    if len(rows) <= limit:
        return Page(rows, None)
    shown = rows[:limit]
    query = [(k, v) for k, v in request.args.items(multi=True) if k != "cursor"]
    query.append(("cursor", write_cursor(key(shown[-1]))))
    address = f"{request.base_url}?{urlencode(query)}"

    def add(response: Response) -> Response:
        response.headers.add("Link", f'<{address}>; rel="next"')
        return response

    after_this_request(add)
    return Page(shown, address)


def write_cursor(key: tuple[Part, ...]) -> str:
    """Return `key` as a cursor of the present address."""
    text = json.dumps([_written(part) for part in key], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_seal(text) + text).rstrip(b"=").decode()


def read_cursor(cursor: str) -> tuple[Part, ...] | None:
    """Return the key in a cursor, or None unless we wrote it for the present address."""
    try:
        found = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
    except (UnicodeEncodeError, binascii.Error):
        return None
    seal, text = found[:16], found[16:]
    if not hmac.compare_digest(seal, _seal(text)):
        return None
    return tuple(_read(*part) for part in json.loads(text))


def _seal(text: bytes) -> bytes:
    settings: Settings = current_app.extensions["puhui.settings"]
    place = request.path.encode()
    return hmac.digest(settings.secret.encode(), b"cursor\n" + place + b"\n" + text, sha256)[:16]


def _written(part: Part) -> tuple[str, str]:
    match part:
        case UUID():
            return "u", str(part)
        case datetime():
            return "t", part.isoformat()
        case date():
            return "d", part.isoformat()
        case int():
            return "i", str(part)
        case str():
            return "s", part


_READERS: dict[str, Callable[[str], Part]] = {
    "u": UUID,
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "i": int,
    "s": str,
}


def _read(kind: str, text: str) -> Part:
    return _READERS[kind](text)
