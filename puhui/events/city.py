"""Cities as people write them.

A county counts as the city that it belongs to. Whatever names no city, or more than one, is for a
person to decide.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files

from puhui.events.terminal import city_parts
from puhui.kernel.city import City, cities
from puhui.kernel.county import counties

PROVINCES: Mapping[str, tuple[str, str]] = {
    "CN-BJ": ("北京市", "Beijing"),
    "CN-TJ": ("天津市", "Tianjin"),
    "CN-HE": ("河北省", "Hebei"),
    "CN-SX": ("山西省", "Shanxi"),
    "CN-NM": ("内蒙古自治区", "Inner Mongolia"),
    "CN-LN": ("辽宁省", "Liaoning"),
    "CN-JL": ("吉林省", "Jilin"),
    "CN-HL": ("黑龙江省", "Heilongjiang"),
    "CN-SH": ("上海市", "Shanghai"),
    "CN-JS": ("江苏省", "Jiangsu"),
    "CN-ZJ": ("浙江省", "Zhejiang"),
    "CN-AH": ("安徽省", "Anhui"),
    "CN-FJ": ("福建省", "Fujian"),
    "CN-JX": ("江西省", "Jiangxi"),
    "CN-SD": ("山东省", "Shandong"),
    "CN-HA": ("河南省", "Henan"),
    "CN-HB": ("湖北省", "Hubei"),
    "CN-HN": ("湖南省", "Hunan"),
    "CN-GD": ("广东省", "Guangdong"),
    "CN-GX": ("广西壮族自治区", "Guangxi"),
    "CN-HI": ("海南省", "Hainan"),
    "CN-CQ": ("重庆市", "Chongqing"),
    "CN-SC": ("四川省", "Sichuan"),
    "CN-GZ": ("贵州省", "Guizhou"),
    "CN-YN": ("云南省", "Yunnan"),
    "CN-XZ": ("西藏自治区", "Tibet"),
    "CN-SN": ("陕西省", "Shaanxi"),
    "CN-GS": ("甘肃省", "Gansu"),
    "CN-QH": ("青海省", "Qinghai"),
    "CN-NX": ("宁夏回族自治区", "Ningxia"),
    "CN-XJ": ("新疆维吾尔自治区", "Xinjiang"),
}
"""ISO 3166-2 code → Chinese and English name."""

_PROVINCE_TAIL = re.compile(r"(壮族自治区|回族自治区|维吾尔自治区|自治区|省|市)$")
_PEOPLES = (
    "土家族|苗族|藏族|羌族|彝族|布依族|侗族|哈尼族|壮族|傣族|白族|景颇族|傈僳族|回族|蒙古族|"
    "蒙古|哈萨克|柯尔克孜|朝鲜族|黎族"
)
_CITY_TAIL = re.compile(
    rf"(({_PEOPLES})*(自治州|自治县)|市|地区|盟|林区|新区|县|区|旗|特别行政区)$"
)
_SEPARATORS = re.compile(r"[\s\-—–_/\\|,，、·.．;；:：()（）'’]+")
_ENGLISH_TAIL = re.compile(r"\b(city|shi|prefecture|municipality)$")
_ENGLISH_KIND = re.compile(r"\s+(city|shi|prefecture|municipality|district|province)\b")
_EITHER = re.compile(r"\s*(?:[/、或;；]|\bor\b)\s*")
_NOT_BARE: Mapping[str, tuple[str, ...]] = {
    "朝阳": ("110000", "220100"),
    "吉林": ("220100",),
    "海南": ("460100",),
}
"""A city's short name that as often means a district or a province → what else it may mean."""


class Gazetteer:
    """Finds cities by what people write."""

    def __init__(
        self,
        cities: Iterable[tuple[City, tuple[str, ...]]],
        counties: Iterable[tuple[str, str]],
    ) -> None:
        """`cities` come with further names, `counties` with the code of their city."""
        self._cities: dict[str, City] = {}
        self._named: dict[str, set[str]] = {}
        self._counties: dict[str, set[str]] = {}
        for city, aliases in cities:
            self._cities[city.code] = city
            bare = _bare(city.name_zh)
            for name in (city.name_zh, bare, city.name_en, *aliases):
                if name not in _NOT_BARE:
                    self._named.setdefault(_plain(name), set()).add(city.code)
        for name, code in counties:
            for written in {name, _bare(name)}:
                if len(written) > 1:
                    self._counties.setdefault(_plain(written), set()).add(code)
        for city in self._cities.values():
            if (bare := _bare(city.name_zh)) in _NOT_BARE:
                self._counties.setdefault(bare, set()).update({city.code, *_NOT_BARE[bare]})
        self._provinces = {
            _plain(written): region
            for region, (zh, en) in PROVINCES.items()
            for written in (zh, _PROVINCE_TAIL.sub("", zh), en)
        }
        self._found: dict[str, tuple[City, ...]] = {}

    def __iter__(self) -> Iterator[City]:
        """Return every city, by code."""
        return iter(self._cities.values())

    def by_code(self, code: str) -> City | None:
        """Return the city of this code, or None."""
        return self._cities.get(code)

    def find(self, written: str) -> tuple[City, ...]:
        """Return the cities that `written` may mean: one when it is clear, none when unknown."""
        known = self._found.get(written)
        if known is None:
            codes = sorted(self._codes(written))
            known = self._found[written] = tuple(self._cities[code] for code in codes)
        return known

    def like(self, written: str, most: int = 8) -> tuple[City, ...]:
        """Return cities whose name differs from `written` by one letter or character."""
        plain = _plain(_bare(unicodedata.normalize("NFKC", written).strip()))
        near = {
            code
            for name, codes in self._named.items()
            if len(plain) > 1 and _one_apart(plain, name)
            for code in codes
        }
        return tuple(self._cities[code] for code in sorted(near)[:most])

    def _codes(self, written: str) -> set[str]:
        text = unicodedata.normalize("NFKC", written).strip()
        if found := self._either(text) or self._one(text):
            return found
        return self._around(text.casefold())

    def _either(self, text: str) -> set[str]:
        """Return the cities of `福州/厦门`, when each part names one city for itself."""
        parts = [part for part in _EITHER.split(text) if part]
        if len(parts) < 2:
            return set()
        cities = [self._one(part) for part in parts]
        return set().union(*cities) if all(len(codes) == 1 for codes in cities) else set()

    def _around(self, text: str) -> set[str]:
        """Return the city of an airport or a station, or the one before its country's name."""
        for part, country in city_parts(text):
            found = self._one(part)
            if found and all(country in {None, self._cities[code].country} for code in found):
                return found
        plainer = _ENGLISH_KIND.sub("", text)
        return self._one(plainer) if plainer != text else set()

    def _one(self, text: str) -> set[str]:
        """Return the cities that a text names by itself."""
        text = _ENGLISH_TAIL.sub("", text.casefold()).strip() or text
        plain = _plain(text)
        for prefix in ("中华人民共和国", "中国", "china"):
            if plain.startswith(prefix) and len(plain) > len(prefix) + 1:
                plain = plain.removeprefix(prefix)
        for tail in ("prchina", "china"):
            if plain.endswith(tail) and len(plain) > len(tail) + 1:
                plain = plain.removesuffix(tail)
        if plain in self._named:
            return self._named[plain]
        for name, region in self._provinces.items():
            for rest in _without(plain, name):
                if found := self._inside(rest, region):
                    return found
        return self._inside(plain, None)

    def _inside(self, plain: str, region: str | None) -> set[str]:
        """Return the cities of `region` that are named, or whose county is, by `plain`."""

        def here(codes: set[str]) -> set[str]:
            return {c for c in codes if region is None or self._cities[c].region == region}

        if found := here(self._named.get(plain, set())):
            return found
        if found := here(self._counties.get(plain, set())):
            return found
        for end in range(len(plain) - 1, 1, -1):
            head, tail = plain[:end], plain[end:]
            heads = here(self._named.get(head, set()))
            inside = heads & self._counties.get(tail, set())
            if inside:
                return inside
            if heads and head.endswith(("市", "州", "盟", "地区")):
                return heads | self._named.get(tail, set())
        return set()


def _plain(name: str) -> str:
    """Return the name without spaces, punctuation, accents and case."""
    decomposed = unicodedata.normalize("NFKD", name)
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _SEPARATORS.sub("", letters).casefold()


def _bare(name: str) -> str:
    """Return a Chinese name without what kind of place it is."""
    shorter = _CITY_TAIL.sub("", name)
    return shorter if len(shorter) > 1 else name


def _without(plain: str, province: str) -> Iterable[str]:
    if plain.startswith(province) and len(plain) > len(province):
        rest = plain.removeprefix(province)
        # `福建省` begins with `福建`: what is left over must not begin with the kind of place.
        yield re.sub(r"^(省|自治区)", "", rest) or rest
    if province.isascii() and plain.endswith(province) and len(plain) > len(province):
        yield plain.removesuffix("province").removesuffix(province)


def _one_apart(one: str, other: str) -> bool:
    """Whether the two differ by one letter replaced, left out, added, or swapped with the next."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    if len(one) == len(other):
        apart = [i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        if len(apart) == 1:
            return True
        return (
            len(apart) == 2
            and apart[1] == apart[0] + 1
            and one[apart[0]] == other[apart[1]]
            and one[apart[1]] == other[apart[0]]
        )
    short, long = sorted((one, other), key=len)
    return len(short) > 2 and any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of one of this package's tables; lines that begin with # are remarks."""
    text = (files("puhui.events") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


@cache
def gazetteer() -> Gazetteer:
    """Return the cities that the product ships."""
    terminals = {
        row["city"]: (*row["iata"].split(), *filter(None, row["names"].split(";")))
        for row in table("airports.csv")
    }
    return Gazetteer(
        ((city, (*city.aliases, *terminals.get(city.code, ()))) for city in cities().values()),
        ((county.name_zh, county.city) for county in counties().values()),
    )
