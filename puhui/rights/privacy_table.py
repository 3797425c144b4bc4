"""The table in `docs/privacy.md`; made from the declarations, so that it cannot say otherwise."""

from collections.abc import Iterator
from pathlib import Path

from puhui.db.personal import Personal
from puhui.rights.packages import PACKAGES
from puhui.web.locale import translations

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "privacy.md"
BEGIN, END = "<!-- table -->\n", "<!-- end of table -->\n"


def written(text: str) -> str:
    """Return the document with the table as the code has it."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return before + BEGIN + markdown() + END + after


def markdown() -> str:
    """Return the table."""
    lines = [
        "| table | as | erasure takes | what stays, and why |",
        "| --- | --- | --- | --- |",
        *(line for package in PACKAGES for line in _lines(package)),
    ]
    return "\n".join(lines) + "\n"


def _lines(package: Personal) -> Iterator[str]:
    said = translations("en").gettext
    for about in package.about:
        taken = ", ".join(f"`{name}`" for name in sorted(about.erased)) or "nothing"
        yield _line(
            about.table.name,
            f"about a person: `{about.subject}`",
            taken if about.stays else "the rows",
            said(about.stays) if about.stays else "nothing",
        )
    for trace in package.traces:
        names = ", ".join(f"`{name}`" for name in trace.columns)
        yield _line(trace.table.name, f"trace: {names}", "nothing", said(trace.stays))
    for rows, holds in package.of_nobody.items():
        yield _line(rows.__tablename__, "of nobody", "nothing", said(holds))


def _line(*cells: str) -> str:
    return "| `" + cells[0] + "` | " + " | ".join(cells[1:]) + " |"
