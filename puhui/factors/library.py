"""A factor library as text: columns, rows, and the digest that names it.

Nothing is half-imported: a library with one faulty row is refused whole, every fault named by
its row.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

from puhui.factors.factor import PEDIGREE_PARTS, Factor
from puhui.factors.gates import factor_of, failing
from puhui.kernel.errors import Fault
from puhui.kernel.text import N_

CERTIFICATE = (
    "key",
    "version",
    "subject",
    "name_zh",
    "name_en",
    "kg_per_unit",
    "unit",
    "gases",
    "boundary",
    "biogenic",
    "region",
    "year",
    "source",
)
"""What every row must say."""

JUDGEMENT = ("geography", *PEDIGREE_PARTS, "gsd", "proxy")
"""What a row may say of its data; a library may leave these columns out."""

COLUMNS = (*CERTIFICATE, *JUDGEMENT)


@dataclass(frozen=True)
class Row:
    """A factor and where in its file it stands."""

    file: str
    row: int
    factor: Factor


def version_order(version: str) -> tuple[int, int]:
    """Return what versions sort by: `2024.10` is newer than `2024.9`."""
    year, _, number = version.partition(".")
    return int(year), int(number)


def read(file: str, text: str) -> tuple[list[Row], list[Fault]]:
    """Return the rows of a library that pass, and every fault of those that do not.

    Row 1 is the line of headings, as a spreadsheet counts.
    """
    lines = csv.reader(StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        table = list(lines)
    except csv.Error:
        return [], [Fault("not_csv", N_("不是有效的 CSV 文件"), values={"file": file})]
    return read_table(file, table)


def read_table(file: str, table: Sequence[Sequence[str]]) -> tuple[list[Row], list[Fault]]:
    """Return the rows of a table with headings that pass, and the faults of the others."""
    heads = tuple(table[0]) if table else ()
    if not _complete(heads):
        columns = ",".join(COLUMNS)
        return [], [
            Fault(
                "wrong_columns",
                N_("列名应为：%(columns)s"),
                1,
                values={"columns": columns, "file": file},
            )
        ]
    rows: list[Row] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for number, cells in enumerate(table[1:], start=2):
        if len(cells) != len(heads):
            faults.append(Fault("wrong_columns", N_("列数不对"), number, values={"file": file}))
            continue
        cell = dict.fromkeys(COLUMNS, "")
        cell |= zip(heads, (c.strip() for c in cells), strict=True)
        found = [*_faults(file, number, cell), *_again(file, number, cell, seen)]
        faults += found
        if not found:
            rows.append(Row(file, number, factor_of(cell)))
    return rows, faults


def _complete(heads: Sequence[str]) -> bool:
    """Whether all columns of the certificate lead, and only known ones follow, each once."""
    judged = heads[len(CERTIFICATE) :]
    return (
        tuple(heads[: len(CERTIFICATE)]) == CERTIFICATE
        and set(judged) <= set(JUDGEMENT)
        and len(set(judged)) == len(judged)
    )


def _faults(file: str, number: int, cell: Mapping[str, str]) -> list[Fault]:
    return [
        Fault(code, message, number, field, {"value": cell[field][:80], "file": file})
        for code, message, field in failing(cell)
    ]


def _again(file: str, number: int, cell: Mapping[str, str], seen: dict[str, int]) -> list[Fault]:
    """Return a fault when an earlier row has the same key and version."""
    citation = f"{cell['key']}@{cell['version']}"
    other = seen.setdefault(citation, number)
    if other == number:
        return []
    return [
        Fault(
            "duplicate",
            N_("与第 %(other)s 行的因子编号和版本相同"),
            number,
            "key",
            {"other": other, "file": file},
        )
    ]


def as_csv(factors: Iterable[Factor]) -> str:
    """Return a library that reads back as the same factors."""
    out = StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(as_cells(factor) for factor in factors)
    return out.getvalue()


def as_cells(factor: Factor) -> dict[str, str]:
    """Return a factor as the cells of its row."""
    scores = dict(zip(PEDIGREE_PARTS, factor.pedigree or (), strict=False))
    return {
        **{name: str(getattr(factor, name)) for name in CERTIFICATE},
        "kg_per_unit": format(factor.kg_per_unit, "f"),
        "biogenic": str(factor.biogenic).lower(),
        "geography": str(factor.geography or ""),
        **{name: str(scores.get(name, "")) for name in PEDIGREE_PARTS},
        "gsd": "" if factor.gsd is None else format(factor.gsd, "f"),
        "proxy": factor.proxy or "",
    }


def digest_lines(factors: Iterable[Factor]) -> str:
    """Return one line a factor, sorted: the text whose SHA-256 names a library.

    What was judged of a factor follows its certificate, and only where something was: a library
    from before there were judgements keeps its name.
    """
    return "".join(
        "\t".join(_told(factor)) + "\n" for factor in sorted(factors, key=lambda f: f.citation)
    )


def _told(factor: Factor) -> list[str]:
    certificate = [str(getattr(factor, name)) for name in CERTIFICATE]
    judged = [
        str(factor.geography or ""),
        ",".join(str(score) for score in factor.pedigree or ()),
        "" if factor.gsd is None else str(factor.gsd),
        factor.proxy or "",
    ]
    return [*certificate, *judged] if any(judged) else certificate
