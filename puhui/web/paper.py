"""Documents on paper: PDF/A from a Typst template and facts; the same facts give the same bytes.

Characters that the fonts lack are shown as 〓 rather than left out unsaid.
"""

import struct
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from json import dumps
from pathlib import Path
from typing import Any

import typst

FONT_PACKAGE = "pylopdf_fonts_zh_cn"
FONTS = ("NotoSerifSC-Regular.otf", "NotoSansSC-Regular.otf")
MISSING = "〓"


def printed_pdf(
    template: Path, facts: Mapping[str, Any], drawings: Mapping[str, str], at: datetime
) -> bytes:
    """Return the template with its facts as PDF/A-2b, dated `at`.

    The template finds each of `facts` as JSON, and each of `drawings` as it is, in `sys.inputs`.
    """
    shown = {name: dumps(_shown(value), ensure_ascii=False) for name, value in facts.items()}
    result = typst.compile(
        template,
        font_paths=[Path(str(files(FONT_PACKAGE)))],
        ignore_system_fonts=True,
        sys_inputs={**shown, **drawings},
        pdf_standards=["a-2b"],
        timestamp=at.replace(microsecond=0),
    )
    assert isinstance(result, bytes)
    return result


def missing_of(text: str) -> set[str]:
    """Return the characters of the text that one of the fonts cannot show."""
    return {letter for letter in text if letter not in "\n " and not _shows(letter)}


def _shown(value: Any) -> Any:
    """Return the value with every character that the fonts lack replaced."""
    if isinstance(value, str):
        return "".join(letter if letter in "\n " or _shows(letter) else MISSING for letter in value)
    if isinstance(value, list):
        return [_shown(item) for item in value]
    if isinstance(value, dict):
        return {name: _shown(item) for name, item in value.items()}
    return value


def _shows(letter: str) -> bool:
    return all(ord(letter) in _covered(font) for font in FONTS)


@cache
def _covered(font: str) -> frozenset[int]:
    """Return the characters that a font has, read from its `cmap` (OpenType, format 12)."""
    data = (files(FONT_PACKAGE) / font).read_bytes()
    tables = {
        data[at : at + 4]: struct.unpack_from(">I", data, at + 8)[0]
        for at in range(12, 12 + 16 * struct.unpack_from(">H", data, 4)[0], 16)
    }
    cmap = tables[b"cmap"]
    found: set[int] = set()
    for place in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        table = cmap + struct.unpack_from(">I", data, cmap + 4 + 8 * place + 4)[0]
        if struct.unpack_from(">H", data, table)[0] != 12:
            continue
        for group in range(struct.unpack_from(">I", data, table + 12)[0]):
            first, last, _ = struct.unpack_from(">III", data, table + 16 + 12 * group)
            found.update(range(first, last + 1))
    assert found, font
    return frozenset(found)
