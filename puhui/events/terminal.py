"""Airports and stations where people were asked for a city: `厦门北站`, `XMN`, `Hongqiao`."""

import re
from collections.abc import Iterator, Mapping

_TERMINAL = re.compile(
    r"(国际机场|机场|火车站|高铁站|动车站|汽车站|客运站|站|"
    r"\s*\b(international )?airport|\s*\b(railway |train |coach )?station)$"
)
_SIDE = re.compile(r"[东南西北]$|\s*\b(north|south|east|west)$")
_GAP = re.compile(r"[\s,，]+")
COUNTRIES: Mapping[str, str] = {
    written: code
    for code, words in {
        "GB": "uk,united kingdom,england,britain,scotland",
        "US": "us,usa,united states,america",
        "JP": "japan",
        "KR": "korea,south korea,republic of korea",
        "DE": "germany",
        "FR": "france",
        "IT": "italy",
        "ES": "spain",
        "NL": "netherlands,the netherlands",
        "CH": "switzerland",
        "SG": "singapore",
        "MY": "malaysia",
        "TH": "thailand",
        "VN": "vietnam",
        "ID": "indonesia",
        "PH": "philippines",
        "IN": "india",
        "AU": "australia",
        "NZ": "new zealand",
        "CA": "canada",
        "BR": "brazil",
        "RU": "russia",
        "AE": "uae,united arab emirates",
        "HK": "sar,hksar,china sar",
        "MO": "macao sar",
        "TW": "taiwan",
    }.items()
    for written in words.split(",")
}
"""How people write a country after its city → ISO 3166-1 code."""


def city_parts(text: str) -> Iterator[tuple[str, str | None]]:
    """Return what of a text may be the city's name, and the country that it must lie in, if told.

    `text` is in lower case and composed. Nearest to what was written first.
    """
    for gap in _GAP.finditer(text):
        country = COUNTRIES.get(text[gap.end() :].replace(".", ""))
        if country is not None and gap.start():
            yield text[: gap.start()], country
    without = _TERMINAL.sub("", text).strip()
    if without != text:
        yield without, None
        side = _SIDE.sub("", without).strip()
        if len(side) > 1:
            yield side, None
