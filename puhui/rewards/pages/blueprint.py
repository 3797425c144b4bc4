"""The blueprint of the pages of rewards, and how they name things."""

from typing import Any

from flask import Blueprint

from puhui.web import locale

pages = Blueprint("rewards_pages", "puhui.rewards", template_folder="templates")


@pages.app_template_filter("named")
def named(thing: Any) -> str:
    """Return a thing's name in the reader's language."""
    return str(thing.name_en if locale.tag() == "en" else thing.name_zh)


@pages.app_template_filter("spoken")
def spoken(said: Any) -> str:
    """Return a sentence of the domain in the reader's language."""
    return locale.said(said.message, **said.values)
