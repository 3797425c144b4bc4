"""Factors, open to everybody."""

from dataclasses import fields
from typing import Any

from flask.views import MethodView

from puhui.db.session import snapshot
from puhui.factors import queries
from puhui.factors.factor import PEDIGREE_PARTS, Factor
from puhui.factors.queries import Published
from puhui.factors.schema import FactorSchema, FactorsQuery
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import open_to_all
from puhui.web.paging import Page, page, page_schema

blueprint = json_blueprint("factors", "/api/factors", "排放因子")


@blueprint.route("")
class Factors(MethodView):
    """The library."""

    @open_to_all
    @blueprint.arguments(FactorsQuery, location="query")
    @blueprint.response(200, page_schema(FactorSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List published factors by key and version."""
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
        rows = [as_wire(published) for published in found]
        return page(rows, query["limit"], lambda row: (row["key"], row["version"]))


@blueprint.route("/<string:key>/<string:version>")
class OneFactor(MethodView):
    """One version of a factor."""

    @open_to_all
    @blueprint.response(200, FactorSchema)
    def get(self, key: str, version: str) -> dict[str, Any]:
        """Show a factor, in force or withdrawn."""
        with snapshot() as session:
            return as_wire(queries.exactly(session, key, version))


def as_wire(published: Published) -> dict[str, Any]:
    """Return a factor and its history side by side."""
    factor = published.factor
    scores = factor.pedigree
    return {
        **{field.name: getattr(factor, field.name) for field in fields(Factor)},
        "pedigree": dict(zip(PEDIGREE_PARTS, scores, strict=True)) if scores else None,
        "published_at": published.published_at,
        "withdrawn_at": published.withdrawn_at,
        "withdrawn_because": published.withdrawn_because,
        "library": published.library,
    }
