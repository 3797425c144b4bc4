"""JSON resource of sums over all credits."""

from typing import Any

from flask.views import MethodView

from puhui.credits.queries.statistics import Retired, Statistics, Stock, statistics
from puhui.credits.schema.statistics import CreditStatisticsSchema
from puhui.db.session import snapshot
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import open_to_all

sums = json_blueprint("credit-statistics", "/api/credits/statistics", "统计 / Statistics")


@sums.route("")
class Sums(MethodView):
    """Sums over all credits."""

    @sums.response(200, CreditStatisticsSchema)
    @open_to_all
    def get(self) -> dict[str, Any]:
        """Show what is issued, for sale, held, retired and cancelled, by kind, county, vintage,
        purpose and year; every table adds up to the ledger."""
        with snapshot() as session:
            return on_the_wire(statistics(session))


def on_the_wire(found: Statistics) -> dict[str, Any]:
    """Return the sums as they are sent."""

    def stock(each: Stock) -> dict[str, Any]:
        return {**vars(each), "issued_kg": each.issued_kg}

    def retired(each: Retired) -> dict[str, Any]:
        return vars(each)

    return {
        "total": stock(found.total),
        "by_kind": [stock(each) for each in found.by_kind],
        "by_county": [stock(each) for each in found.by_county],
        "by_vintage": [stock(each) for each in found.by_vintage],
        "retired_by_purpose": [retired(each) for each in found.retired_by_purpose],
        "retired_by_year": [retired(each) for each in found.retired_by_year],
    }
