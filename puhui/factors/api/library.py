"""Factors: open to everybody; withdrawn by an operator."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from flask import Response, current_app
from flask.views import MethodView
from sqlalchemy.orm import Session

from puhui.db.session import snapshot, transaction
from puhui.factors import queries, service
from puhui.factors.factor import PEDIGREE_PARTS, Factor
from puhui.factors.library import as_csv
from puhui.factors.missing import missing
from puhui.factors.queries import Published
from puhui.factors.schema import (
    FactorAllMissingSchema,
    FactorLibrarySchema,
    FactorSchema,
    FactorsQuery,
    FactorUsesSchema,
    FactorVersionsSchema,
    FactorWithdrawalSchema,
)
from puhui.factors.uses import Finder
from puhui.kernel.clock import now
from puhui.web.blueprint import json_blueprint
from puhui.web.download import as_file
from puhui.web.guard import current_actor, open_to_all
from puhui.web.locale import said
from puhui.web.paging import Page, page, page_schema

MOST_AT_ONCE = 100_000

factors = json_blueprint("factors", "/api/factors", "排放因子")


@factors.route("")
class Factors(MethodView):
    """The library."""

    @open_to_all
    @factors.arguments(FactorsQuery, location="query")
    @factors.response(200, page_schema(FactorSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List published factors by key and version."""
        with snapshot() as session:
            found = queries.page(
                session,
                **asked(query),
                after=query["cursor"],
                most=query["limit"] + 1,
            )
        rows = [as_wire(published) for published in found]
        return page(rows, query["limit"], lambda row: (row["key"], row["version"]))


@factors.route("/library.csv")
class LibraryCsv(MethodView):
    """The library as a file."""

    @open_to_all
    @factors.arguments(FactorsQuery, location="query")
    @factors.response(200, {"type": "string"}, content_type="text/csv")
    def get(self, query: dict[str, Any]) -> Response:
        """Download the factors in force as CSV, as they can be imported again."""
        with snapshot() as session:
            text = as_csv(published.factor for published in whole(session, query))
        return as_file("\ufeff" + text, "text/csv; charset=utf-8", "puhui-factors.csv")


@factors.route("/library.json")
class LibraryJson(MethodView):
    """The library as one document."""

    @open_to_all
    @factors.arguments(FactorsQuery, location="query")
    @factors.response(200, FactorLibrarySchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Download the factors in force as one JSON document."""
        with snapshot() as session:
            return {"factors": [as_wire(published) for published in whole(session, query)]}


@factors.route("/missing")
class AllMissing(MethodView):
    """What nobody has published."""

    @open_to_all
    @factors.response(200, FactorAllMissingSchema)
    def get(self) -> dict[str, Any]:
        """List what has no default factor, why, and what may stand in if it is marked."""
        return {"items": list(missing().values())}


@factors.route("/<string:key>")
class Versions(MethodView):
    """The versions of a factor."""

    @open_to_all
    @factors.response(200, FactorVersionsSchema)
    def get(self, key: str) -> dict[str, Any]:
        """List every version of a factor, the newest first, withdrawn ones too."""
        with snapshot() as session:
            return {"items": [as_wire(published) for published in queries.versions(session, key)]}


@factors.route("/<string:key>/<string:version>")
class OneFactor(MethodView):
    """One version of a factor."""

    @open_to_all
    @factors.response(200, FactorSchema)
    def get(self, key: str, version: str) -> dict[str, Any]:
        """Show a factor, in force or withdrawn."""
        with snapshot() as session:
            return as_wire(queries.exactly(session, key, version))


@factors.route("/<string:key>/<string:version>/withdrawal")
class Withdrawal(MethodView):
    """The end of a version."""

    @factors.arguments(FactorWithdrawalSchema)
    @factors.response(200, FactorSchema)
    def put(self, given: dict[str, str], key: str, version: str) -> dict[str, Any]:
        """Withdraw a version: nothing new may use it. The first reason stands."""
        with transaction() as session:
            service.withdraw(session, current_actor(), key, version, given["reason"], now())
            return as_wire(queries.exactly(session, key, version))


@factors.route("/<string:key>/<string:version>/uses")
class UsesOfFactor(MethodView):
    """What a withdrawal touches."""

    @factors.response(200, FactorUsesSchema)
    def get(self, key: str, version: str) -> dict[str, Any]:
        """Count and name what was computed with a version; for who may withdraw it."""
        with snapshot() as session:
            uses = service.uses_of(session, current_actor(), key, version, finders())
        return {
            "count": uses.count,
            "items": [
                {"kind": said(use.kind), "name": use.name, "address": use.address}
                for use in uses.some
            ],
        }


def finders() -> Sequence[Finder]:
    """Return those who know what was computed with a factor, as the composition root has them."""
    found: Sequence[Finder] = current_app.extensions["puhui.factor_uses"]
    return found


def asked(query: Mapping[str, Any]) -> dict[str, Any]:
    """Return the filters of a query by the names that `queries.page` gives them."""
    named = {name: query[name] for name in ("subject", "region", "year", "gases", "boundary")}
    return {"text": query["q"], **named}


def whole(session: Session, query: Mapping[str, Any]) -> list[Published]:
    """Return all factors in force that a query asks for."""
    found = queries.page(session, **asked(query), most=MOST_AT_ONCE)
    return [published for published in found if published.withdrawn_at is None]


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
