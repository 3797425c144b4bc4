"""The blueprint of identity's pages, and what several of them do."""

from typing import Any

from flask import Blueprint, request

from puhui.kernel.errors import Fault, Forbidden, Invalid
from puhui.web import locale

pages = Blueprint("identity_pages", __name__, template_folder="../templates")


def beside(field: str, error: Forbidden) -> Invalid:
    """Return a refusal of what was typed as a fault beside its field."""
    return Invalid([Fault(error.code, error.title, field=field)])


def speak(response: Any, language: str) -> None:
    """Let the browser keep the language in which it is answered."""
    response.set_cookie(
        locale.COOKIE,
        language,
        max_age=365 * 24 * 3600,
        samesite="Lax",
        secure=request.is_secure,
    )
