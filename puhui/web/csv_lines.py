"""Tables that leave as CSV (RFC 4180) and are opened by spreadsheets."""

import csv
from collections.abc import Sequence
from io import StringIO

BYTE_ORDER_MARK = "\ufeff"
"""At the head of a file, so that a spreadsheet reads the Chinese."""


def csv_line(cells: Sequence[object]) -> str:
    """Return one line, with its end."""
    line = StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([_harmless(cell) for cell in cells])
    return line.getvalue()


def _harmless(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")):
        return "'" + cell
    return cell
