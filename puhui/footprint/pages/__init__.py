"""Pages of footprint: the label that everybody sees, and the desks of makers and verifiers."""

from puhui.footprint.pages import (
    batch,
    label,
    product,
    public_list,
    renewal,
    serial,
    verification,
    what_if,
)
from puhui.footprint.pages.blueprint import pages

# Importing a noun hangs its views on the blueprint.
__all__ = [
    "batch",
    "label",
    "pages",
    "product",
    "public_list",
    "renewal",
    "serial",
    "verification",
    "what_if",
]
