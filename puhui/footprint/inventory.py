"""An inventory as makers think of it: lines by stage, in units of the trade.

What comes from outside is read by `submission.read`; past it nobody sees a dictionary.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from puhui.kernel.text import N_
from puhui.kernel.unit import Unit


class Stage(StrEnum):
    """Where in the product's life a line stands."""

    RAW_MATERIAL = "raw_material"
    TRANSPORT_IN = "transport_in"
    MANUFACTURE = "manufacture"
    PACKAGING = "packaging"
    DISTRIBUTION = "distribution"
    USE = "use"
    END_OF_LIFE = "end_of_life"


STAGE_NAMES = {
    Stage.RAW_MATERIAL: N_("原材料获取"),
    Stage.TRANSPORT_IN: N_("原材料运输"),
    Stage.MANUFACTURE: N_("生产制造"),
    Stage.PACKAGING: N_("包装"),
    Stage.DISTRIBUTION: N_("销售运输"),
    Stage.USE: N_("使用"),
    Stage.END_OF_LIFE: N_("废弃处置"),
}
BEYOND_GATE = frozenset({Stage.DISTRIBUTION, Stage.USE, Stage.END_OF_LIFE})
SHARED = frozenset({Stage.RAW_MATERIAL, Stage.TRANSPORT_IN, Stage.MANUFACTURE})
"""Stages whose burden the product shares with what is sold beside it."""


class Kind(StrEnum):
    """What a line is."""

    BAMBOO = "bamboo"
    MATERIAL = "material"
    ENERGY = "energy"
    TRANSPORT = "transport"
    PACKAGING = "packaging"
    RESIDUE = "residue"
    WASTE = "waste"
    LAND_USE = "land_use"
    PRODUCT = "product"


KIND_NAMES = {
    Kind.BAMBOO: N_("投入竹材"),
    Kind.MATERIAL: N_("材料"),
    Kind.ENERGY: N_("能源"),
    Kind.TRANSPORT: N_("运输"),
    Kind.PACKAGING: N_("包装材料"),
    Kind.RESIDUE: N_("竹剩余物"),
    Kind.WASTE: N_("废弃物处置"),
    Kind.LAND_USE: N_("土地利用变化"),
    Kind.PRODUCT: N_("产出产品"),
}


class Fate(StrEnum):
    """What becomes of a residue."""

    BURNED = "burned"
    SOLD = "sold"
    WASTED = "wasted"


FATE_NAMES = {
    Fate.BURNED: N_("厂内燃烧"),
    Fate.SOLD: N_("出售"),
    Fate.WASTED: N_("废弃"),
}


class Bearer(StrEnum):
    """Who bears a burden of the stages before the product is packed."""

    PRODUCT = "product"
    ALL = "all"
    """The product and the residues that are sold, by oven-dry mass."""


BEARER_NAMES = {
    Bearer.PRODUCT: N_("只由产品承担"),
    Bearer.ALL: N_("产品与出售的剩余物分担"),
}


class Reach(StrEnum):
    """How much of the product's life the inventory covers."""

    CRADLE_TO_GATE = "cradle_to_gate"
    CRADLE_TO_GRAVE = "cradle_to_grave"


REACH_NAMES = {
    Reach.CRADLE_TO_GATE: N_("从摇篮到大门"),
    Reach.CRADLE_TO_GRAVE: N_("从摇篮到坟墓"),
}


@dataclass(frozen=True)
class Supplier:
    """A supplier's own figure, and the document that it stands in."""

    kg_per_unit: Decimal
    """kg CO2e for one unit of the line's amount."""
    document: str


@dataclass(frozen=True)
class Each:
    """What one of a thing comes to: a culm is 25 kg, a sheet 2.88 m2, by the maker's own word."""

    amount: Decimal
    unit: Unit


@dataclass(frozen=True)
class Line:
    """One line. What does not apply to its kind is None."""

    row: int
    stage: Stage
    kind: Kind
    name: str
    amount: Decimal
    unit: Unit
    factor: str | None = None
    """`key`, `key@version` or the subject of a fuel."""
    supplier: Supplier | None = None
    proxy: str | None = None
    """Why the factor stands for something it is not about; None when it is about this."""
    distance_km: Decimal | None = None
    moisture_percent: Decimal | None = None
    bamboo_percent: Decimal | None = None
    fate: Fate | None = None
    borne_by: Bearer | None = None
    each: Each | None = None
    """What one `unit` is, where another unit is needed and only the maker knows."""
    income_cny: Decimal | None = None
    """What the product, or a residue that is sold, brought in over the period."""
    pedigree: tuple[int, ...] | None = None
    """How good the supplier's figure is: scores of `PEDIGREE_PARTS`."""

    @property
    def measured(self) -> tuple[Fraction, Unit]:
        """The amount in the unit that counts: the maker's, or what `each` makes of it."""
        amount = Fraction(self.amount)
        if self.each is None:
            return amount, self.unit
        return amount * Fraction(self.each.amount), self.each.unit

    @property
    def shared(self) -> bool:
        """Whether sold residues bear their part of the line.

        Unless the maker says otherwise they do, but not of glue and other materials: they left
        before those came in.
        """
        if self.stage not in SHARED:
            return False
        return (self.borne_by or _BEARER.get(self.kind, Bearer.ALL)) is Bearer.ALL


_BEARER = {Kind.MATERIAL: Bearer.PRODUCT}


@dataclass(frozen=True)
class Inventory:
    """Everything that went into making `output` declared units, and what came out."""

    declared_unit: Unit
    output: Decimal
    reach: Reach
    period_from: date
    period_to: date
    lines: tuple[Line, ...]
    gap_reason: str | None = None
    """Why more bamboo went in than came out, where that is more than the rules let pass."""
