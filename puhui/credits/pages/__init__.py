"""Pages of credits: certificates, the public list, what is on sale, purchases, payments, money."""

from puhui.credits.pages import certificate, market, payment, project, purchase, register, stock
from puhui.credits.pages.blueprint import pages
from puhui.credits.paying import pages as money

# Importing a noun hangs its views on the blueprint.
__all__ = [
    "certificate",
    "market",
    "money",
    "pages",
    "payment",
    "project",
    "purchase",
    "register",
    "stock",
]
