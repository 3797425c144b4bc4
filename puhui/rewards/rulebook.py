"""The rules of points as a file: one row a version, each with its reason."""

import csv
import re
from dataclasses import dataclass, fields
from datetime import date
from importlib.resources import files

from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.rewards.points import Evidence, Measure, Reporter, Rule

MOST = 1_000_000
"""The most points that any rule's limit can name."""
_KEY, _VERSION = re.compile("[a-z_]{1,32}"), re.compile(r"[0-9A-Za-z.]{1,32}")


@dataclass(frozen=True)
class RuleDraft:
    """A version of a rule as an operator publishes it; its name comes beside it."""

    measures: Measure
    points_per_unit: int
    most_per_day: int
    most_per_year: int
    most_in_all: int | None
    matures_after_days: int
    lasts_years: int
    warns_days: int
    reporters: tuple[Reporter, ...]
    evidence: Evidence
    reviewed: bool
    valid_from: date
    valid_until: date | None
    name_zh: str
    name_en: str
    reason_zh: str
    reason_en: str

    def named(self, key: str, version: str) -> Rule:
        """Return the rule under its name."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return Rule(key=key, version=version, **values)


def judge(key: str, version: str, draft: RuleDraft) -> list[Fault]:
    """Return everything that cannot be right with a version of a rule."""
    faults = []
    if not _KEY.fullmatch(key):
        message = N_("规则的键用小写英文字母和下划线，最多 32 个")
        faults.append(Fault("bad_key", message, field="key"))
    if not _VERSION.fullmatch(version):
        message = N_("版本号用英文字母、数字和点，最多 32 个")
        faults.append(Fault("bad_version", message, field="version"))
    if draft.valid_until is not None and draft.valid_until < draft.valid_from:
        faults.append(Fault("ends_before", N_("末日不能早于首日"), field="valid_until"))
    return faults


def shipped() -> list[Rule]:
    """Return the rules that come with the product."""
    return read((files("puhui.rewards") / "data" / "rules.csv").read_text(encoding="utf-8"))


def read(text: str) -> list[Rule]:
    """Return the rules in a CSV text.

    Raises:
        Invalid: with every faulty row; row 1 is the first below the heading.
    """
    rules, faults = [], []
    for number, row in enumerate(csv.DictReader(text.splitlines()), start=1):
        try:
            rules.append(_rule(row))
        except (ValueError, KeyError, TypeError, AttributeError, AssertionError):
            faults.append(Fault("bad_rule", N_("这一行不是完整的积分规则"), number))
    if faults:
        raise Invalid(faults)
    return rules


def _rule(row: dict[str, str]) -> Rule:
    words = {name: row[name].strip() for name in ("name_zh", "name_en", "reason_zh", "reason_en")}
    if not all(words.values()) or not row["key"] or not row["version"]:
        raise ValueError(row)
    return Rule(
        key=row["key"],
        version=row["version"],
        measures=Measure(row["measures"]),
        points_per_unit=int(row["points_per_unit"]),
        most_per_day=int(row["most_per_day"]) if row["most_per_day"] else None,
        most_per_year=int(row["most_per_year"]) if row["most_per_year"] else None,
        most_in_all=int(row["most_in_all"]) if row["most_in_all"] else None,
        matures_after_days=int(row["matures_after_days"]),
        lasts_years=int(row["lasts_years"]),
        warns_days=int(row["warns_days"]),
        reporters=tuple(Reporter(word) for word in row["reporters"].split()),
        evidence=Evidence(row["evidence"]),
        reviewed=_yes(row["reviewed"]),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_until=date.fromisoformat(row["valid_until"]) if row["valid_until"] else None,
        **words,
    )


def _yes(word: str) -> bool:
    return {"yes": True, "no": False}[word]
