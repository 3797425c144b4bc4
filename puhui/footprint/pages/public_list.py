"""The public list of labelled products: a page to look through, a table to take along."""

from collections.abc import Iterator
from urllib.parse import urlencode

from flask import render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot
from puhui.footprint import queries
from puhui.footprint.api.label import filter_of
from puhui.footprint.pages.blueprint import pages
from puhui.footprint.schema.label import LabelFilterSchema, LabelsQuery
from puhui.kernel.clock import now
from puhui.kernel.quantity import plain
from puhui.web.csv_lines import BYTE_ORDER_MARK, csv_line
from puhui.web.download import as_file
from puhui.web.pages import read_query
from puhui.web.paging import page

COLUMNS = (
    "code", "url", "name_zh", "name_en", "category", "county_code", "county", "gtin",
    "maker", "verifier", "footprint_kg", "declared_unit", "reach", "zero_carbon",
    "carbon_held_kg", "issued_at", "expires_at",
)  # fmt: skip
AT_ONCE = 200


@pages.get("/labels")
def labels() -> ResponseReturnValue:
    """Show the products with a verified label that holds."""
    query = read_query(LabelsQuery)
    with snapshot() as session:
        found = queries.labels(
            session,
            now(),
            filter_of(query),
            after=query["cursor"],
            most=query["limit"] + 1,
        )
    listed = page(found, query["limit"], lambda row: (row.issued_at, row.label_id))
    asked = [
        (name, value)
        for name, value in request.args.items()
        if value and name in LabelFilterSchema().fields
    ]
    return render_template(
        "footprint/labels.html", listed=listed, query=query, same=urlencode(asked)
    )


@pages.get("/labels.csv")
def labels_csv() -> ResponseReturnValue:
    """Give out the list, or what is looked for in it, as a table."""
    looked_for = filter_of(read_query(LabelFilterSchema))
    lines = stream_with_context(_lines(looked_for))
    return as_file(lines, "text/csv; charset=utf-8", "puhui-labels.csv")


def _lines(looked_for: queries.LabelFilter) -> Iterator[str]:
    yield BYTE_ORDER_MARK + csv_line(COLUMNS)
    at, after = now(), None
    with snapshot() as session:
        while rows := queries.labels(session, at, looked_for, after=after, most=AT_ONCE):
            yield "".join(csv_line(_cells(row)) for row in rows)
            after = rows[-1].issued_at, rows[-1].label_id
            # Each row brought its whole calculation along.
            session.expunge_all()


def _cells(row: queries.LabelRow) -> list[str]:
    written = {
        "footprint_kg": plain(row.footprint_kg),
        "carbon_held_kg": plain(row.carbon_held_kg),
        "zero_carbon": "true" if row.zero_carbon else "false",
        "issued_at": row.issued_at.isoformat(),
        "expires_at": row.expires_at.isoformat(),
    }
    return [written.get(name) or getattr(row, name) or "" for name in COLUMNS]
