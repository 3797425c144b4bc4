"""What a label must not say, whoever has written it.

A product's footprint is what it emits. Calling the product neutral, zero or negative mixes in what
was bought elsewhere or what it holds for a while; Directive (EU) 2024/825 forbids product claims of
that kind that rest on offsetting, and GB/T 24067-2024 leaves offsetting out of a footprint.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_CLAIM = re.compile(
    r"碳\s*中\s*和|气候\s*中\s*[和性]|零\s*碳|净\s*零|负\s*碳|碳\s*负|零\s*排放"
    r"|(?:carbon|climate|co2e?|ghg)[\s-]*(?:neutral|negative|positive|free)"
    r"|(?:net|carbon)[\s-]*zero|zero[\s-]*(?:carbon|emissions?)",
    re.IGNORECASE,
)


def claim_in(text: str) -> str | None:
    """Return the first claim of neutrality that a text makes, as it makes it; None if it does not.

    "低（零）碳标识竹木产品清单" is the official name of a list, not a claim.
    """
    found = _CLAIM.search(text.replace("低（零）碳", ""))
    return found[0] if found else None


def claims_of(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield every claim among the texts of a calculation that its label shows."""
    for text in _shown(document):
        claim = claim_in(text)
        if claim is not None:
            yield claim


def _shown(document: Mapping[str, Any]) -> Iterable[str]:
    product, result = document["product"], document["result"]
    yield from (product.get(name, "") for name in ("name_zh", "name_en"))
    yield from (line["name"] for line in result["lines"])
    yield from (mark["words"] for mark in result.get("marks", ()))
