"""Units of the trade, exactly.

A unit is a symbol, what it measures, and how much of the base unit it is as a fraction, so that
no conversion rounds. Things that are counted (culms, sheets, rolls) each measure something of
their own: a culm is not a sheet.
"""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Unit:
    """`symbol` is how we write it; one of it is `size` base units of `dimension`."""

    symbol: str
    dimension: str
    size: Fraction

    def measures_like(self, other: "Unit") -> bool:
        """Whether amounts in the two can be converted into each other."""
        return self.dimension == other.dimension

    def in_terms_of(self, other: "Unit") -> Fraction:
        """Return how many `other` one of this is."""
        assert self.measures_like(other), (self, other)
        return self.size / other.size


_TABLE: dict[str, tuple[str, str, str]] = {
    # symbol: (dimension, size in base units, other names that people write)
    "kg": ("mass", "1", "千克 公斤 KG Kg"),
    "g": ("mass", "1/1000", "克"),
    "t": ("mass", "1000", "吨 公吨"),
    "jin": ("mass", "1/2", "斤 市斤"),
    "kWh": ("energy", "1", "度 千瓦时 kwh KWH"),
    "MWh": ("energy", "1000", "兆瓦时"),
    "MJ": ("energy", "1/3.6", "兆焦"),
    "GJ": ("energy", "1000/3.6", "吉焦 百万千焦"),
    "TJ": ("energy", "1000000/3.6", "太焦"),
    "tce": ("energy", "29307.6/3.6", "吨标准煤"),
    "m3": ("volume", "1", "m³ 立方米 方 立方 Nm3"),
    "L": ("volume", "1/1000", "l 升 公升"),
    "m2": ("area", "1", "m² 平方米 平米"),
    "ha": ("area", "10000", "公顷 hm2"),
    "mu": ("area", "10000/15", "亩"),
    "m": ("length", "1", "米"),
    "km": ("length", "1000", "公里 千米"),
    "tkm": ("freight", "1", "t·km t.km 吨公里 公吨·公里 吨·公里"),
    "kgkm": ("freight", "1/1000", "kg·km kg.km"),
    "pkm": ("passenger travel", "1", "p·km 人公里 人·千米 人·公里"),
    "vkm": ("vehicle travel", "1", "v·km 车公里"),
    "piece": ("pieces", "1", "个 件 块 只 把 pcs"),
    "culm": ("culms", "1", "根 支"),
    "sheet": ("sheets", "1", "张 片"),
    "roll": ("rolls", "1", "卷"),
    "set": ("sets", "1", "套 组"),
    "pair": ("pairs", "1", "双 对"),
    "room_night": ("room nights", "1", "间夜"),
    "meal": ("meals", "1", "餐 份"),
    "person": ("people", "1", "人"),
    "person_h": ("person-hours", "1", "人时 人·小时"),
    "person_day": ("person-days", "1", "人日 人·天"),
    "h": ("time", "1", "小时 时"),
    "day": ("time", "24", "天 日"),
    "CNY": ("money", "1", "元"),
}


def _fraction(size: str) -> Fraction:
    above, _, below = size.partition("/")
    return Fraction(above) / Fraction(below or 1)


UNITS: dict[str, Unit] = {
    symbol: Unit(symbol, dimension, _fraction(size))
    for symbol, (dimension, size, _) in _TABLE.items()
}
_BY_NAME = {
    name: UNITS[symbol] for symbol, (_, _, names) in _TABLE.items() for name in names.split()
}
_BY_NAME |= UNITS


def unit_called(name: str) -> Unit | None:
    """Return the unit that people write as `name` (`度`, `kWh`, `t·km`), or None."""
    return _BY_NAME.get(name.strip())


def printed(symbol: str) -> str:
    """Return a unit's symbol as it stands in print: m³, t·km."""
    return _PRINTED.get(symbol, symbol)


_PRINTED = {
    "m3": "m³",
    "m2": "m²",
    "tkm": "t·km",
    "kgkm": "kg·km",
    "pkm": "p·km",
    "vkm": "v·km",
    "person_h": "person·h",
    "person_day": "person·day",
    "room_night": "room·night",
}
