"""What factors keep of people: who published and imported them."""

from puhui.db.personal import Personal, Trace
from puhui.factors.model import Act, FactorRow, Import, Quality
from puhui.kernel.text import N_

_STAYS = N_("因子的来历须可追查；编号不再指向任何人")

PERSONAL = Personal(
    "factors",
    traces=(
        Trace(Act, ("person_id",), _STAYS),
        Trace(Import, ("imported_by", "published_by"), _STAYS),
    ),
    of_nobody={
        FactorRow: N_("排放因子及其来源"),
        Quality: N_("因子的数据质量"),
    },
)
