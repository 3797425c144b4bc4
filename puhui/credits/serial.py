"""Serial numbers: ranges, their written form, splitting.

A range counts both ends. Its text is read and written without loss: what does not come back as
it was is refused. Some forms are those of their registry; where a registry's form is not
published we use one of our own, and say so (`Form.ours`): it is never shown as the registry's.
"""

import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Self

LARGEST = 2**62
"""Serial numbers stay below this, so that every bound fits the database's range type."""


class MalformedSerial(ValueError):
    """The text is not a range in this form."""


class UnitsLost(ValueError):
    """Parts that hold more or less than what they are parts of."""


@dataclass(frozen=True)
class Form:
    """How the serials of one registry are written."""

    name: str
    pattern: re.Pattern[str]
    """Groups head, first, join, last, tail; everything but first and last names the block."""
    ours: bool
    """Whether the form is this platform's, the registry's own being unpublished."""
    source: str
    single: re.Pattern[str]
    """The same for one number: groups head, first, tail."""


def _form(name: str, pattern: str, *, source: str, ours: bool = False) -> Form:
    single = _JOIN_AND_LAST.sub("", pattern)
    assert single != pattern, pattern
    return Form(name, re.compile(pattern, re.ASCII), ours, source, re.compile(single, re.ASCII))


_JOIN_AND_LAST = re.compile(r"\(\?P<join>(?:[^()]|\([^()]*\))*\)\(\?P<last>[^()]*\)")


_NUMBERS = r"(?P<first>\d+)(?P<join>-)(?P<last>\d+)"
_OURS = "platform format; the registry's own is not published"

FORMS: dict[str, Form] = {
    form.name: form
    for form in (
        _form(
            "vcs",
            rf"(?P<head>\d+-){_NUMBERS}(?P<tail>-[A-Z]{{3}}-VCU(?:-[A-Z0-9]+)+)",
            source="Verra registry serial numbers, help.cloverly.com (2024)",
        ),
        _form(
            "acr",
            rf"(?P<head>ACR-[A-Z]{{2}}-\d+-\d{{4}}-\d+-){_NUMBERS}(?P<tail>)",
            source="ACR registry serial numbers, help.cloverly.com (2024)",
        ),
        _form(
            "car",
            r"(?P<head>CAR-\d+-[A-Z]{2}-\d+-\d+-\d+-[A-Z]{2}-\d{4}-\d+-)"
            r"(?P<first>\d+)(?P<join> to )(?P<last>\d+)(?P<tail>)",
            source="Climate Action Reserve serial numbers, help.cloverly.com (2024)",
        ),
        _form(
            "undp",
            rf"(?P<head>[A-Z]{{2}}\d+-[A-Z]+-[A-Z]{{2}}-\d+-){_NUMBERS}(?P<tail>-\d{{4}})",
            source="undp/undp-national-carbon-registry, README",
        ),
        _form(
            "puro",
            r"(?P<head>\d{18})(?P<first>\d{12})(?P<join>-(?P=head))(?P<last>\d{12})(?P<tail>)",
            source="ToucanProtocol/contracts, PuroSerialNumbers.sol, comments",
        ),
        _form(
            "puro_uuid",
            rf"(?P<head>[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}_){_NUMBERS}(?P<tail>)",
            source="ToucanProtocol/contracts, PuroSerialNumbers.sol, comments",
        ),
        _form(
            "ffcer",
            rf"(?P<head>FFCER-\d{{6}}-[A-Z0-9]+-\d{{4}}-){_NUMBERS}(?P<tail>)",
            source=_OURS,
            ours=True,
        ),
        _form(
            "ccer",
            rf"(?P<head>CCER-\d{{6}}-[A-Z0-9]+-\d{{4}}-){_NUMBERS}(?P<tail>)",
            source=_OURS,
            ours=True,
        ),
        # The seven digits are the ticket's published number; the kilograms within it are ours.
        _form(
            "forest_ticket",
            rf"(?P<head>LYTP-\d{{6}}-\d{{7}}/){_NUMBERS}(?P<tail>)",
            source=_OURS,
            ours=True,
        ),
        _form(
            "single_tree",
            rf"(?P<head>DZTH-\d{{6}}-[A-Z0-9]+/){_NUMBERS}(?P<tail>)",
            source=_OURS,
            ours=True,
        ),
        _form(
            "one_yuan",
            rf"(?P<head>YYTH-\d{{6}}-[A-Z0-9]+-\d{{4}}-){_NUMBERS}(?P<tail>)",
            source=_OURS,
            ours=True,
        ),
    )
}


@dataclass(frozen=True, order=True)
class SerialRange:
    """Serial numbers `first` to `last` of one block, both included."""

    head: str
    first: int
    join: str
    last: int
    tail: str
    width: int
    """Digits to which numbers are filled up with zeros; 1 for none."""

    def __post_init__(self) -> None:
        assert 0 <= self.first <= self.last, (self.first, self.last)
        assert self.width >= 1, self.width

    @property
    def count(self) -> int:
        """How many serial numbers the range holds."""
        return self.last - self.first + 1

    @property
    def block(self) -> str:
        """What all ranges of the same block have in common."""
        return f"{self.head}…{self.tail}"

    def __str__(self) -> str:
        first, last = (str(number).zfill(self.width) for number in (self.first, self.last))
        return f"{self.head}{first}{self.join}{last}{self.tail}"

    def part(self, first: int, last: int) -> Self:
        """Return the serials `first` to `last` of this range, written in the same form."""
        assert self.first <= first <= last <= self.last, (self, first, last)
        return replace(self, first=first, last=last)

    def split(self, taken: int) -> tuple[Self, Self]:
        """Return what stays and what is taken: the owner keeps the first numbers."""
        assert 0 < taken < self.count, (self, taken)
        border = self.last - taken
        return self.part(self.first, border), self.part(border + 1, self.last)

    def shared(self, counts: Sequence[int]) -> tuple[Self, ...]:
        """Return one part for each count, end to end, first numbers first.

        Raises:
            UnitsLost: the counts do not come to what the range holds, or one is not positive.
        """
        if sum(counts) != self.count or min(counts, default=0) < 1:
            raise UnitsLost(self, tuple(counts))
        ends = list(accumulate(counts, initial=self.first))
        return tuple(self.part(a, b - 1) for a, b in pairwise(ends))

    def next_issue(self, count: int, tail: str | None = None) -> Self:
        """Return the block's next `count` numbers; `tail` is what follows them, as a new year."""
        assert count > 0, count
        tail = self.tail if tail is None else tail
        return replace(self, first=self.last + 1, last=self.last + count, tail=tail)


def tiles(whole: SerialRange, parts: Sequence[SerialRange]) -> bool:
    """Whether the parts are the whole, every number once.

    Equal sums are not enough: parts may overlap, or belong to another block.
    """
    border = whole.first
    for part in sorted(parts, key=lambda part: part.first):
        if part.block != whole.block or part.first != border:
            return False
        border = part.last + 1
    return border == whole.last + 1


def parse(text: str, form: str) -> SerialRange:
    """Return the range that `text` writes in the named form.

    Raises:
        MalformedSerial: another form, an empty range, or a text that would not come back.
    """
    found = FORMS[form].pattern.fullmatch(text)
    if found is None:
        raise MalformedSerial(text)
    first, last = int(found["first"]), int(found["last"])
    if first > last:
        raise MalformedSerial(text)
    width = len(found["first"]) if found["first"].startswith("0") else 1
    read = SerialRange(found["head"], first, found["join"], last, found["tail"], width)
    if str(read) != text:
        raise MalformedSerial(text)
    return read


def readings(text: str) -> list[SerialRange]:
    """Return the ranges that a text may mean, as somebody types or copies it: a range or a single
    number in any known form, in full-width or small letters, with any dash; none for no serial.
    """
    typed = unicodedata.normalize("NFKC", text).translate(_DASHES).strip()
    found: dict[SerialRange, None] = {}
    for written in dict.fromkeys((typed, typed.upper(), typed.lower())):
        for name, form in FORMS.items():
            with suppress(ValueError):
                found[parse(written, name)] = None
            one = form.single.fullmatch(written)
            if one is not None and len(one["first"]) < 19:
                number = int(one["first"])
                width = len(one["first"]) if one["first"].startswith("0") else 1
                found[SerialRange(one["head"], number, "-", number, one["tail"], width)] = None
    return [each for each in found if each.last < LARGEST]


_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－"), "-")
