"""Pages of money: what the gateway tells, odd money, invoices, sellers."""

from puhui.credits.paying.pages import invoice, money, notification, seller

# Importing a noun hangs its views on the blueprint of credits.
__all__ = ["invoice", "money", "notification", "seller"]
