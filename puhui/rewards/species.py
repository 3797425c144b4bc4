"""The catalogue of what can be planted. What is not in it is refused, never guessed."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files


class Form(StrEnum):
    """How it grows, and so by what its growth can ever be estimated."""

    TREE = "tree"
    SHRUB = "shrub"
    BAMBOO = "bamboo"
    """Clonal and selectively cut: by area, never by the culm."""
    MANGROVE = "mangrove"
    """By area."""


@dataclass(frozen=True)
class Species:
    """A species with its names; `key` is what records keep."""

    key: str
    name_zh: str
    name_en: str
    scientific_name: str
    form: Form


@cache
def catalogue() -> Mapping[str, Species]:
    """Return every species by its key, in the order of the catalogue."""
    text = (files("puhui.rewards") / "data" / "species.csv").read_text(encoding="utf-8")
    return {
        row["key"]: Species(
            row["key"], row["name_zh"], row["name_en"], row["scientific_name"], Form(row["form"])
        )
        for row in csv.DictReader(text.splitlines())
    }
