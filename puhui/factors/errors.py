"""What a look-up refuses."""

from puhui.kernel.errors import Conflict, NotFound
from puhui.kernel.text import N_


class UnknownFactor(NotFound):
    """No published factor matches; the product never guesses one."""

    code, title = "unknown_factor", N_("没有符合条件的排放因子")


class AmbiguousFactor(Conflict):
    """Several factors match; the asker must say which."""

    code, title = "ambiguous_factor", N_("符合条件的排放因子不止一个，请指明")
