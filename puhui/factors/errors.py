"""What a look-up refuses."""

from puhui.kernel.errors import Conflict, NotFound
from puhui.kernel.text import N_


class UnknownFactor(NotFound):
    """No published factor matches; the product never guesses one."""

    code, title = "unknown_factor", N_("没有符合条件的排放因子")


class AmbiguousFactor(Conflict):
    """Several factors match; the asker must say which."""

    code, title = "ambiguous_factor", N_("符合条件的排放因子不止一个，请指明")


class UnknownImport(NotFound):
    """No file of factors was brought under this name."""

    code, title = "unknown_import", N_("没有这次导入")


class ImportDiffers(Conflict):
    """Another file was brought under this name."""

    code, title = "import_differs", N_("该编号已用于另一个文件")


class Quarantined(Conflict):
    """The file has faults and may never be published."""

    code, title = "quarantined", N_("文件有错误，已被隔离，不能发布")
