"""Put the whole HTTP base on an application."""

from flask import Flask
from werkzeug.routing import UnicodeConverter, ValidationError

from puhui.settings import Settings
from puhui.web import errors, guard, limits, locale, openapi, pages

MOST_BYTES = 12 * 1024 * 1024
"""The largest body that any view takes: a photograph of 10 MB in its form."""

LONGEST_SEGMENT = 200


class _Printable(UnicodeConverter):
    """A path segment without control characters: what a database refuses is not found."""

    def to_python(self, value: str) -> str:
        """Return the segment."""
        if len(value) > LONGEST_SEGMENT or not value.isprintable():
            raise ValidationError()
        return value


def install(app: Flask, settings: Settings) -> openapi.Document:
    """Give `app` its errors, guard, limits, languages and document.

    Returns the document, on which the composition root registers the JSON blueprints.
    """
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_PARTS=200,
        PROPAGATE_EXCEPTIONS=False,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.url_map.converters.update(default=_Printable, string=_Printable)
    locale.install(app)
    errors.install(app)
    guard.install(app, settings)
    limits.install(app, settings)
    pages.install(app)
    return openapi.install(app)
