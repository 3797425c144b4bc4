"""The factor library as a page."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot
from puhui.factors import queries
from puhui.factors.factor import (
    BOUNDARY_NAMES,
    GEOGRAPHY_NAMES,
    PEDIGREE_NAMES,
)
from puhui.factors.schema import FactorsQuery
from puhui.web.locale import said
from puhui.web.pages import read_query
from puhui.web.paging import page

pages = Blueprint("factors_pages", __name__, template_folder="templates")


@pages.get("/factors")
def library() -> ResponseReturnValue:
    """Show the factors that match a search, each with its source."""
    query = read_query(FactorsQuery)
    with snapshot() as session:
        found = queries.page(
            session,
            text=query["q"],
            region=query["region"],
            year=query["year"],
            gases=query["gases"],
            boundary=query["boundary"],
            after=query["cursor"],
            most=query["limit"] + 1,
        )
    shown = page(found, query["limit"], lambda row: (row.factor.key, row.factor.version))
    return render_template(
        "factors/library.html", shown=shown, query=query, boundaries=BOUNDARY_NAMES
    )


@pages.get("/factors/<string:key>/<string:version>")
def one(key: str, version: str) -> ResponseReturnValue:
    """Show one version of a factor with its whole birth certificate."""
    with snapshot() as session:
        published = queries.exactly(session, key, version)
    scores = published.factor.pedigree or ()
    return render_template(
        "factors/factor.html",
        published=published,
        factor=published.factor,
        boundaries=BOUNDARY_NAMES,
        geographies=GEOGRAPHY_NAMES,
        pedigree=[
            (said(name), score)
            for name, score in zip(PEDIGREE_NAMES.values(), scores, strict=False)
        ],
    )
