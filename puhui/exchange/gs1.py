"""GS1 Digital Link: an address that names a trade item, and the links that stand behind it.

Sources: GS1 Digital Link Standard, URI Syntax 1.6 (the primary key 01 with its qualifiers 22, 10,
21, or 235) and GS1-Conformant Resolver Standard 1.2 (link types, linkset, 307).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_letters, digits
from typing import Any

from puhui.footprint.product import gtin_14

VOCABULARY = "https://ref.gs1.org/voc/"
CONTEXT = "https://ref.gs1.org/standards/resolver/linkset-context"
LINKSET = "application/linkset+json"

_CHARACTERS = frozenset(ascii_letters + digits + "!\"%&'()*+,-./:;<=>?_")
"""GS1 AI encodable character set 82 (General Specifications, figure 7.11-1)."""
_LONGEST = {"22": 20, "10": 20, "21": 20, "235": 28}
"""Qualifiers of a GTIN: variant, lot, serial; or the third party's extension of a serial."""


@dataclass(frozen=True)
class Item:
    """A trade item, or one lot or piece of it."""

    gtin: str
    """Fourteen digits, the last of them right."""
    qualifiers: tuple[tuple[str, str], ...] = ()
    """Application identifier and value, in the order in which they were written."""


@dataclass(frozen=True)
class Link:
    """One thing to read about an item."""

    type: str
    """Name in the GS1 Web Vocabulary, without its prefix."""
    address: str
    title: str
    media_type: str
    languages: tuple[str, ...]


def item_of(written: str) -> Item | None:
    """Return the item that the path after `/01/` names, or None if it is not a Digital Link.

    Of a GTIN the check digit is verified. Qualifiers may come in any order, each once; 235 stands
    alone.
    """
    key, *rest = written.removesuffix("/").split("/")
    gtin = gtin_14(key)
    if gtin is None or len(rest) % 2:
        return None
    found = tuple(zip(rest[::2], rest[1::2], strict=True))
    names = [name for name, _ in found]
    if len(set(names)) < len(names) or ("235" in names and len(names) > 1):
        return None
    if not all(_is_value(name, value) for name, value in found):
        return None
    return Item(gtin, found)


def _is_value(name: str, value: str) -> bool:
    return 0 < len(value) <= _LONGEST.get(name, 0) and _CHARACTERS.issuperset(value)


def links_of(base_url: str, code: str, product_names: Mapping[str, str]) -> tuple[Link, ...]:
    """Return what there is to read about a product with this label; the default comes first.

    `product_names` by language, `zh` and `en`.
    """
    page = f"{base_url}/l/{code}"
    title = f"{product_names['zh']} / {product_names['en']}"
    both = ("zh", "en")
    return (
        Link("sustainabilityInfo", page, title, "text/html", both),
        Link("sustainabilityInfo", f"{page}.jsonld", title, "application/ld+json", both),
    )


def linkset(base_url: str, item: Item, links: Sequence[Link]) -> dict[str, Any]:
    """Return the links of an item as a linkset (RFC 9264)."""
    anchor = f"{base_url}/01/{item.gtin}"
    default = links[0]
    by_type: dict[str, list[dict[str, Any]]] = {
        VOCABULARY + "defaultLink": [{"href": default.address, "title": default.title}]
    }
    for link in links:
        target = {
            "href": link.address,
            "title": link.title,
            "type": link.media_type,
            "hreflang": list(link.languages),
        }
        by_type.setdefault(VOCABULARY + link.type, []).append(target)
    return {"linkset": [{"anchor": anchor, "itemDescription": default.title, **by_type}]}


def description(base_url: str) -> dict[str, Any]:
    """Return what this resolver says of itself at `/.well-known/gs1resolver`."""
    return {
        "name": "Puhui",
        "resolverRoot": base_url,
        "supportedPrimaryKeys": ["01"],
        "linkTypeDefaultCanBeLinkset": False,
    }
