"""Pages of credits: certificates, the public list, what is on sale, purchases, payments."""

from puhui.credits.pages import certificate, market, payment, project, purchase, register, stock
from puhui.credits.pages.blueprint import pages

# Importing a noun hangs its views on the blueprint.
__all__ = [
    "certificate",
    "market",
    "pages",
    "payment",
    "project",
    "purchase",
    "register",
    "stock",
]
