"""Sentences of the domain on the wire."""

from typing import Any

from puhui.web import locale
from puhui.web.schema import (
    Strict,
)


class Sentence(Strict):
    """Something with `message` and `values`, said in the reader's language."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:
        return None if value is None else locale.said(value.message, **value.values)

    def wire(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": 1000}
