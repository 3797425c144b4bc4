"""What a product is, before it has a footprint."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from puhui.footprint.substitution import Function
from puhui.kernel.text import N_


class Category(StrEnum):
    """Kinds of bamboo and wood product. What is compared must be of one kind."""

    BOARD = "board"
    FLOORING = "flooring"
    FURNITURE = "furniture"
    TABLEWARE = "tableware"
    PACKAGING = "packaging"
    CHARCOAL = "charcoal"
    WEAVING = "weaving"
    OTHER = "other"


CATEGORY_NAMES = {
    Category.BOARD: N_("竹板材"),
    Category.FLOORING: N_("竹地板"),
    Category.FURNITURE: N_("竹木家具"),
    Category.TABLEWARE: N_("竹餐具"),
    Category.PACKAGING: N_("竹包装"),
    Category.CHARCOAL: N_("竹炭"),
    Category.WEAVING: N_("竹编"),
    Category.OTHER: N_("其他竹木制品"),
}


@dataclass(frozen=True)
class ProductDraft:
    """A product as its maker describes it."""

    name_zh: str
    name_en: str
    category: Category
    declared_unit: str
    """Symbol of the unit that the footprint is for one of."""
    mass_kg: Decimal
    """Mass of one declared unit."""
    county_code: str
    """GB/T 2260, six digits."""
    gtin: str | None = None
    """GTIN-14, check digit verified."""
    function: Function | None = None
    """What it does that plastic things do as well, if it does."""
    certificate_number: str | None = None
    """Of the national product carbon footprint mark, when a body has certified the product."""
    certificate_body: str | None = None


_PROVINCES = """
    11 BJ 12 TJ 13 HE 14 SX 15 NM 21 LN 22 JL 23 HL 31 SH 32 JS 33 ZJ 34 AH 35 FJ 36 JX 37 SD
    41 HA 42 HB 43 HN 44 GD 45 GX 46 HI 50 CQ 51 SC 52 GZ 53 YN 54 XZ 61 SN 62 GS 63 QH 64 NX
    65 XJ 71 TW 81 HK 82 MO
"""
_REGIONS = dict(zip(_PROVINCES.split()[::2], _PROVINCES.split()[1::2], strict=True))


def region_of(county_code: str) -> str | None:
    """Return the province of a county: GB/T 2260 350721 lies in ISO 3166-2 CN-FJ."""
    province = _REGIONS.get(county_code[:2])
    return f"CN-{province}" if province else None


def gtin_14(written: str) -> str | None:
    """Return the GTIN with 14 digits, or None when its length or check digit is wrong.

    From the right, digits weigh 3 and 1 in turn beginning beside the check digit.
    """
    if not written.isascii() or not written.isdigit() or len(written) not in (8, 12, 13, 14):
        return None
    digits = [int(d) for d in written.zfill(14)]
    weighed = sum(d * (3 if i % 2 == 0 else 1) for i, d in enumerate(digits[:13]))
    return written.zfill(14) if (10 - weighed % 10) % 10 == digits[13] else None
