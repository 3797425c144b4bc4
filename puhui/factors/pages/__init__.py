"""Pages of factors: the library that everybody reads, and operators' files."""

from puhui.factors.pages import imports, library
from puhui.factors.pages.blueprint import pages

# Importing a noun hangs its views on the blueprint.
__all__ = ["imports", "library", "pages"]
