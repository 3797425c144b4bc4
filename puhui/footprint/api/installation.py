"""This installation's settings, as a view sees them."""

from flask import current_app

from puhui.settings import Settings


def settings() -> Settings:
    """Return this installation's settings."""
    found: Settings = current_app.extensions["puhui.settings"]
    return found
