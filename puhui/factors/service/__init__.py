"""Use cases: a library published, a file brought in, a factor withdrawn."""

from puhui.factors.service.imports import bring, import_file, publish_import
from puhui.factors.service.library import load_library, publish_library, shipped
from puhui.factors.service.withdrawal import uses_of, withdraw

__all__ = [
    "bring",
    "import_file",
    "load_library",
    "publish_import",
    "publish_library",
    "shipped",
    "uses_of",
    "withdraw",
]
