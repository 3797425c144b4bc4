"""Pages of identity: sign in, oneself, organisations. All of them work without JavaScript."""

from puhui.identity.pages import (
    child,
    client,
    consent,
    invitation,
    me,
    organisation,
    permission,
    sign_in,
)
from puhui.identity.pages.blueprint import pages

# Importing a noun hangs its views on the blueprint.
__all__ = [
    "child",
    "client",
    "consent",
    "invitation",
    "me",
    "organisation",
    "pages",
    "permission",
    "sign_in",
]
