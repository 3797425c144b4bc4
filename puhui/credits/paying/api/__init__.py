"""JSON resources of money, by noun."""

from puhui.credits.paying.api import invoice, money, order, refund, seller
from puhui.credits.paying.api.blueprint import blueprint

# Importing a noun hangs its views on the blueprint.
__all__ = ["blueprint", "invoice", "money", "order", "refund", "seller"]
