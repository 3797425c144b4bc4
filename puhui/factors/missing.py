"""What makers ask for and nobody has published: refused by name, with the way out.

The product never guesses. Whoever needs such a figure brings the supplier's with its document, or
takes the proxy that is named here, which stays marked as one wherever it goes.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import StringIO

FILE = "missing.csv"


@dataclass(frozen=True)
class Missing:
    """A subject without a factor, why there is none, and the key of what may stand in."""

    subject: str
    name_zh: str
    name_en: str
    why_zh: str
    why_en: str
    proxy: str | None


@cache
def missing() -> Mapping[str, Missing]:
    """Return all that is known to be missing, by subject."""
    text = (files("puhui.factors") / "data" / FILE).read_text(encoding="utf-8")
    rows = csv.DictReader(StringIO(text))
    return {
        row["subject"]: Missing(
            row["subject"],
            row["name_zh"],
            row["name_en"],
            row["why_zh"],
            row["why_en"],
            row["proxy"] or None,
        )
        for row in rows
    }
