"""The numbers by which records are weighed: data with a version and a date, not literals in rules.

Every decision names the version it was made by, so that it can be made again.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_

MOST = 1_000_000

BOUNDS = {"F2.hours": (1, 30 * 24)}
"""The least and the most that a threshold may be, in its unit, where more would lift a limit.

In a window of no time no try would count, and in one longer than the 30 days for which tries are
kept not all of them.
A signal is switched off by the points that it adds."""


@dataclass(frozen=True)
class Meaning:
    """What a threshold stands for."""

    key: str
    unit: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Stated:
    """A threshold with what it stands for."""

    key: str
    value: int
    unit: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Thresholds:
    """One version of all thresholds: whole numbers, each in the unit that `Meaning` names."""

    version: str
    valid_from: date
    values: Mapping[str, int]

    def __getitem__(self, key: str) -> int:
        return self.values[key]

    @property
    def stated(self) -> list[Stated]:
        """Return each with what it stands for."""
        known = meanings()
        return [
            Stated(key, value, known[key].unit, known[key].name_zh, known[key].name_en)
            for key, value in self.values.items()
            if key in known
        ]


def shipped() -> list[Thresholds]:
    """Return the versions that come with the product, the oldest first."""
    return read(_text())


@cache
def meanings() -> Mapping[str, Meaning]:
    """Return what each threshold stands for, by key."""
    return {
        row["key"]: Meaning(row["key"], row["unit"], row["says_zh"], row["says_en"])
        for row in csv.DictReader(_text().splitlines())
    }


def read(text: str) -> list[Thresholds]:
    """Return the versions in a CSV text, the oldest first.

    Raises:
        Invalid: with every faulty row; row 1 is the first below the heading.
    """
    faults: list[Fault] = []
    found: dict[tuple[str, date], dict[str, int]] = {}
    for number, row in enumerate(csv.DictReader(text.splitlines()), start=1):
        try:
            version = row["version"].strip(), date.fromisoformat(row["valid_from"])
            found.setdefault(version, {})[row["key"]] = int(row["value"])
        except (ValueError, KeyError, TypeError, AttributeError):
            faults.append(Fault("bad_threshold", N_("这一行不是完整的阈值"), number))
    if faults:
        raise Invalid(faults)
    return sorted(
        (Thresholds(version, day, values) for (version, day), values in found.items()),
        key=lambda thresholds: thresholds.valid_from,
    )


def judge(thresholds: Thresholds) -> list[Fault]:
    """Return what is missing from a version, unknown in it, or out of bounds."""
    wanted = set(meanings())
    faults = [
        Fault("threshold_missing", N_("缺少阈值 %(key)s"), field=key, values={"key": key})
        for key in sorted(wanted - set(thresholds.values))
    ]
    faults += [
        Fault("threshold_unknown", N_("没有这个阈值：%(key)s"), field=key, values={"key": key})
        for key in sorted(set(thresholds.values) - wanted)
    ]
    faults += [
        Fault(
            "threshold_out_of_range",
            N_("阈值应为 %(least)s 到 %(most)s 的整数"),
            field=key,
            values={"least": least, "most": most},
        )
        for key, value in sorted(thresholds.values.items())
        for least, most in [BOUNDS.get(key, (0, MOST))]
        if not least <= value <= most
    ]
    return faults


def in_force(versions: Sequence[Thresholds], day: date) -> Thresholds | None:
    """Return the version in force on `day`: the one that began last."""
    begun = [version for version in versions if version.valid_from <= day]
    return max(begun, key=lambda version: version.valid_from, default=None)


def _text() -> str:
    return (files("puhui.rewards") / "data" / "thresholds.csv").read_text(encoding="utf-8")
