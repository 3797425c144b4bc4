"""Consents on the wire."""

from typing import Any

from puhui.identity.purpose import TEXTS, Purpose
from puhui.web import locale
from puhui.web.paging import page_schema
from puhui.web.schema import Code, Enum, Instant, Schema, Strict, Uuid


class Sentence(Strict):
    """A sentence of ours, in the language of the answer."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:
        return locale.said(value)

    def wire(self) -> dict[str, Any]:
        """Return what stands on the wire."""
        return {"type": "string"}


class ConsentSchema(Schema):
    """One purpose, today's wording of it, and whether the person agrees."""

    purpose = Enum(Purpose, required=True)
    title = Sentence(required=True)
    sentence = Sentence(required=True)
    text_hash = Code("[0-9a-f]{64}", required=True)
    given_at = Instant(required=True, allow_none=True)
    given_by = Uuid(required=True, allow_none=True)


class ConsentGivenSchema(Schema):
    """Agreement to the wording with this hash."""

    text_hash = Code(
        "[0-9a-f]{64}", required=True, example=TEXTS[Purpose.LOCATION].hash, description="所读文字"
    )


ConsentPageSchema = page_schema(ConsentSchema)
