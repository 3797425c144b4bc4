"""JSON resources of rankings, badges and counts by city."""

from typing import Any

from flask.views import MethodView

from puhui.db.session import snapshot
from puhui.kernel.clock import day_of, now
from puhui.kernel.errors import Fault, Invalid, NotFound
from puhui.kernel.text import N_
from puhui.rewards.badge import Honours
from puhui.rewards.city import cities
from puhui.rewards.queries import rankings as queries
from puhui.rewards.queries.honours import own_honours
from puhui.rewards.queries.rankings import Ranking
from puhui.rewards.queries.statistics import counted
from puhui.rewards.ranking import LEAST_PEOPLE, Board
from puhui.rewards.schema.ranking import (
    HonoursSchema,
    PlantingStatisticsSchema,
    RankingQuerySchema,
    RankingSchema,
    StatisticsQuerySchema,
)
from puhui.rewards.statistic import shown
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import actor_or_none, current_actor, open_to_all

ranking_resources = json_blueprint("rankings", "/api/rankings", "排行")
honour_resources = json_blueprint("honours", "/api/honours", "等级与徽章")
statistic_resources = json_blueprint("statistics", "/api/statistics", "公开统计")


@ranking_resources.route("/<string:board>")
class OneRanking(MethodView):
    """Who stands where."""

    @open_to_all
    @ranking_resources.arguments(RankingQuerySchema, location="query")
    @ranking_resources.response(200, RankingSchema)
    def get(self, asked: dict[str, Any], board: str) -> Ranking:
        """Show the top hundred people, teams or counties, and one's own place.

        `board` is people, teams or counties.
        """
        if board not in set(Board):
            raise NotFound()
        with snapshot() as session:
            return queries.ranking(session, actor_or_none(), Board(board), asked["period"], now())


@honour_resources.route("")
class OwnHonours(MethodView):
    """What one's verified records amount to."""

    @honour_resources.response(200, HonoursSchema)
    def get(self) -> Honours:
        """Show one's level and badges, made from the records as they stand."""
        with snapshot() as session:
            return own_honours(session, current_actor(), day_of(now()))


@statistic_resources.route("")
class Statistics(MethodView):
    """Plantings by city and year."""

    @open_to_all
    @statistic_resources.arguments(StatisticsQuerySchema, location="query")
    @statistic_resources.response(200, PlantingStatisticsSchema)
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Show plantings by city and year; what fewer than five people have done is empty."""
        places = cities().get(asked["province"])
        if places is None:
            message = N_("这个省份的城市还没有列出")
            raise Invalid([Fault("unknown_province", message, field="province")])
        with snapshot() as session:
            counts = counted(session)
        by_code = {city.code: city for city in places}
        inside = [one for one in counts if one.city in by_code]
        return {
            "province": asked["province"],
            "least_people": LEAST_PEOPLE,
            "counted_at": max((one.counted_at for one in inside), default=None),
            "items": [
                {
                    "city": one.city,
                    "name_zh": by_code[one.city].name_zh,
                    "name_en": by_code[one.city].name_en,
                    "year": one.year,
                    "plantings": cell and cell.plantings,
                    "trees": cell and cell.trees,
                    "points": cell and cell.points,
                    "people": cell and cell.people,
                    "checked_trees": cell and cell.planted,
                    "alive": cell and cell.alive,
                }
                for one in inside
                for cell in [shown(one)]
            ],
        }
