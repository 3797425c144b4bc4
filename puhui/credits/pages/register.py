"""The public list of retirements."""

from collections.abc import Iterator

from flask import Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from puhui.credits import queries
from puhui.credits.pages.blueprint import ROWS, pages, position
from puhui.db.session import snapshot
from puhui.ledger import queries as ledger
from puhui.ledger.account import CREDIT_KG
from puhui.web.csv_lines import BYTE_ORDER_MARK, csv_line


@pages.get("/register")
def retirements() -> ResponseReturnValue:
    """Show what has been retired, and how the books stand."""
    search = request.args.get("search", "").strip()[:200]
    before = position(request.args.get("before", ""))
    with snapshot() as session:
        found = queries.retirements(session, search=search, before=before, most=ROWS + 1)
        totals = ledger.totals(session, CREDIT_KG)
    more = found[ROWS - 1] if len(found) > ROWS else None
    return render_template(
        "credits/register.html",
        found=found[:ROWS],
        search=search,
        first=before is None,
        next_key=more and f"{more.retired_at.isoformat()}~{more.retirement_id}",
        totals=totals,
    )


@pages.get("/register.csv")
def retirements_csv() -> ResponseReturnValue:
    """Give out all retirements as a table, one line for each range of serials."""
    response = Response(stream_with_context(_csv_lines()), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="puhui-retirements.csv"'
    return response


def _csv_lines() -> Iterator[str]:
    heading = (
        "certificate", "retired_at", "purpose", "title", "beneficiary", "kind", "project",
        "registry", "serials", "period_starts", "period_ends", "kg",
    )  # fmt: skip
    yield BYTE_ORDER_MARK + csv_line(heading)
    with snapshot() as session:
        for row in queries.retired_serials(session):
            yield csv_line(row)
