"""Cells of a form, a JSON body or a spreadsheet, read field by field; every fault is noted."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from puhui.kernel.errors import Fault
from puhui.kernel.text import N_
from puhui.kernel.unit import Unit, unit_called

C = TypeVar("C", bound=StrEnum)
_NUMBER = re.compile(r"\d{1,15}(\.\d{1,12})?")


class Fields:
    """Reads the fields of a head or a line, noting what is wrong with each."""

    def __init__(
        self,
        cells: Mapping[str, object],
        row: int | None,
        known: Sequence[str],
        faults: list[Fault],
    ) -> None:
        self._row, self._faults = row, faults
        self._cells = {
            name: value.strip() if isinstance(value, str) else value
            for name, value in cells.items()
            if value is not None and value != ""
        }
        for name in sorted(set(self._cells) - set(known)):
            self.fault("unknown_field", N_("没有这个字段"), str(name)[:40])

    def fault(self, code: str, message: str, field: str, **values: object) -> None:
        """Note that something is wrong with a field."""
        self._faults.append(Fault(code, message, self._row, field, values))

    def given(self, field: str) -> bool:
        """Whether anything stands there."""
        return field in self._cells

    def optional_text(self, field: str, most: int = 300) -> str | None:
        """Return a text that may be missing."""
        value = self._cells.get(field)
        if value is None:
            return None
        if not isinstance(value, str):
            self.fault("not_text", N_("请填写文字"), field)
            return None
        if len(value) > most or not value.isprintable():
            self.fault("bad_text", N_("文字过长或含有不可见字符"), field)
            return None
        return value or None

    def text(self, field: str) -> str | None:
        """Return a text that may not."""
        value = self.optional_text(field)
        if value is None and field not in self._cells:
            self._missing(field)
        return value

    def number(self, field: str) -> Decimal | None:
        """Return a number that is not negative, or None."""
        value = self._cells.get(field)
        if value is None:
            return None
        if not isinstance(value, str) or not _NUMBER.fullmatch(value):
            self.fault(
                "bad_number", N_("“%(value)s”不是数字（不能为负）"), field, value=str(value)[:40]
            )
            return None
        return Decimal(value)

    def positive(self, field: str) -> Decimal | None:
        """Return a number above zero."""
        value = self.number(field)
        if value is None and field not in self._cells:
            self._missing(field)
        elif value is not None and value == 0:
            self.fault("zero", N_("须大于 0"), field)
            return None
        return value

    def unit(self, field: str) -> Unit | None:
        """Return a unit that we know."""
        value = self.text(field)
        if value is None:
            return None
        unit = unit_called(value)
        if unit is None:
            self.fault("unknown_unit", N_("不认识单位“%(value)s”"), field, value=value[:40])
        return unit

    def choice(self, field: str, kind: type[C], needed: bool = True) -> C | None:
        """Return one of the words of `kind`."""
        value = self._cells.get(field)
        if value is None:
            if needed:
                self._missing(field)
            return None
        for member in kind:
            if value == str(member):
                return member
        self.fault("not_a_choice", N_("“%(value)s”不是可用的取值"), field, value=str(value)[:40])
        return None

    def scores(self, field: str) -> tuple[int, ...] | None:
        """Return five scores of 1 to 5, written with or without spaces, or None."""
        value = self.optional_text(field)
        if value is None:
            return None
        digits = re.sub(r"[\s,，;；]", "", value)
        if not re.fullmatch(r"[1-5]{5}", digits):
            self.fault("bad_scores", N_("请填写五个 1 到 5 的分数，例如 2 2 1 1 3"), field)
            return None
        return tuple(int(digit) for digit in digits)

    def day(self, field: str) -> date | None:
        """Return a day of this or the last century."""
        value = self.text(field)
        if value is None:
            return None
        if re.fullmatch(r"(19|20)\d\d-\d\d-\d\d", value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        self.fault("bad_day", N_("请按 2026-03-12 的样子填写日期"), field)
        return None

    def _missing(self, field: str) -> None:
        self.fault("missing", N_("必须填写"), field)
