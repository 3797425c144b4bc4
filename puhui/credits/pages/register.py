"""The public list of retirements: search, page, and take away."""

from collections.abc import Iterator
from json import dumps

from flask import Response, g, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from puhui.credits import public
from puhui.credits.pages.blueprint import PURPOSES, ROWS, pages, position
from puhui.credits.schema.retirement import RegisterQuery
from puhui.db.session import snapshot
from puhui.kernel.errors import DomainError
from puhui.ledger import queries as ledger
from puhui.ledger.account import CREDIT_KG
from puhui.web.csv_lines import BYTE_ORDER_MARK, csv_line
from puhui.web.download import as_file
from puhui.web.pages import Form, read_query, render_faults


@pages.get("/register")
def retirements() -> ResponseReturnValue:
    """Show what has been retired, how the books stand, and where a serial is."""
    asked = {name: value for name, value in request.args.items() if name in ASKED and value}
    g.form = Form(values=asked)
    words = {"purposes": PURPOSES, "asked": asked}
    try:
        wanted, before_text = read_query(RegisterQuery)
    except DomainError as error:
        return render_faults(
            "credits/register.html",
            error,
            found=[],
            fates=[],
            totals=_totals(),
            first=True,
            next_key=None,
            **words,
        )
    before = position(before_text)
    with snapshot() as session:
        found = public.retirements(session, wanted, before=before, most=ROWS + 1)
        # A serial may well be one that nobody has retired.
        fates = public.fates(session, wanted.serial or wanted.search)
        totals = ledger.totals(session, CREDIT_KG)
    more = found[ROWS - 1] if len(found) > ROWS else None
    return render_template(
        "credits/register.html",
        found=found[:ROWS],
        fates=fates,
        first=before is None,
        next_key=more and f"{more.retired_at.isoformat()}~{more.retirement_id}",
        totals=totals,
        **words,
    )


ASKED = (
    "search", "serial", "project", "event", "beneficiary", "kind", "county", "purpose", "year",
)  # fmt: skip
"""What the form asks, and a link to the next page repeats."""


@pages.get("/register.csv")
def retirements_csv() -> ResponseReturnValue:
    """Give out the retirements that match as a table, one line for each range of serials."""
    wanted, _ = read_query(RegisterQuery)
    return _download(_csv_lines(wanted), "text/csv; charset=utf-8", "csv")


@pages.get("/register.json")
def retirements_json() -> ResponseReturnValue:
    """Give out the same as a JSON list of objects."""
    wanted, _ = read_query(RegisterQuery)
    return _download(_json_lines(wanted), "application/json", "json")


def _download(lines: Iterator[str], media_type: str, ending: str) -> Response:
    return as_file(stream_with_context(lines), media_type, f"puhui-retirements.{ending}")


def _csv_lines(wanted: public.Filter) -> Iterator[str]:
    yield BYTE_ORDER_MARK + csv_line(public.TABLE)
    with snapshot() as session:
        for row in public.retired_serials(session, wanted):
            yield csv_line(row)


def _json_lines(wanted: public.Filter) -> Iterator[str]:
    between = "[\n"
    with snapshot() as session:
        for row in public.retired_serials(session, wanted):
            yield between + dumps(dict(zip(public.TABLE, row, strict=True)), ensure_ascii=False)
            between = ",\n"
    yield "[]\n" if between == "[\n" else "\n]\n"


def _totals() -> object:
    with snapshot() as session:
        return ledger.totals(session, CREDIT_KG)
