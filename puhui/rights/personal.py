"""What this package itself keeps of people."""

from puhui.db.personal import About, Personal, Trace
from puhui.kernel.text import N_
from puhui.rights.model import Erasure, Export

_PROOF = N_("证明何时要求注销、何时完成；恢复备份之后据此再次注销")

PERSONAL = Personal(
    "rights",
    about=(
        About(Export, "exports", ("person_id",), codes=frozenset({"sha256"})),
        About(Erasure, "erasures", ("person_id",), stays=_PROOF),
    ),
    traces=(
        Trace(Export, ("asked_by",), N_("监护人替孩子索取的资料")),
        Trace(Erasure, ("asked_by", "called_back_by"), _PROOF),
    ),
)
