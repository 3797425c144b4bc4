"""JSON resources of factors: the library that everybody reads, and operators' files."""

from puhui.factors.api.imports import imports
from puhui.factors.api.library import factors

blueprints = (factors, imports)

__all__ = ["blueprints"]
