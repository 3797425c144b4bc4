"""Rankings, badges and counts by city on the wire."""

from puhui.rewards.badge import Measure
from puhui.rewards.ranking import TOP, Board
from puhui.web.schema import (
    Boolean,
    Code,
    Day,
    Enum,
    Instant,
    List,
    Nested,
    Schema,
    Text,
    Whole,
)


class RankingQuerySchema(Schema):
    """Over what span of time."""

    period = Code(
        pattern="all|20[0-9]{2}(-(0[1-9]|1[0-2]))?",
        most=7,
        load_default="all",
        example="2026",
        description="all、年（2026）或月（2026-03），按行为发生的日期",
    )


class StandingPlaceSchema(Schema):
    """A place: whoever has as much stands as high, and the next as many lower."""

    rank = Whole(required=True, example=1)
    score = Whole(required=True, example=60)


class RankingEntrySchema(Schema):
    """A line of a ranking."""

    rank = Whole(required=True, attribute="place.rank")
    score = Whole(required=True, attribute="place.score")
    name = Text(120, required=True)
    people = Whole(required=True, description="有几人计入")
    is_own = Boolean(required=True)


class RankingSchema(Schema):
    """The top of a board, and where the reader stands."""

    board = Enum(Board, required=True)
    period = Code(most=7, required=True)
    entries = List(Nested(RankingEntrySchema), most=TOP, required=True)
    ranked = Whole(required=True, description="参加排行的总数")
    own = Nested(
        StandingPlaceSchema, required=True, allow_none=True, description="提问者自己的名次"
    )
    agreed = Boolean(required=True, description="提问者是否同意参加排行")


class HonourMarkSchema(Schema):
    """A badge or a level, by a version of its rule."""

    key = Code(most=32, required=True)
    version = Code(most=32, required=True)
    measure = Enum(Measure, required=True)
    at_least = Whole(required=True)
    valid_from = Day(required=True)
    name_zh = Text(60, required=True)
    name_en = Text(60, required=True)
    says_zh = Text(200, required=True)
    says_en = Text(200, required=True)


class HonourEarnedSchema(Schema):
    """How far somebody is with a mark."""

    mark = Nested(HonourMarkSchema, required=True)
    has = Whole(required=True)
    on = Day(required=True, allow_none=True, description="达到的日期；还没有达到为空")


class HonoursSchema(Schema):
    """What one's verified records amount to."""

    level = Nested(HonourEarnedSchema, required=True, allow_none=True)
    next_level = Nested(HonourEarnedSchema, required=True, allow_none=True)
    badges = List(Nested(HonourEarnedSchema), required=True)


class StatisticsQuerySchema(Schema):
    """Of which province."""

    province = Code(
        pattern="[0-9]{2}0000", most=6, load_default="350000", example="350000",
        description="省级行政区划代码",
    )  # fmt: skip


class CityYearSchema(Schema):
    """What is shown of a city in a year. Empty is what is hidden: fewer than five people."""

    city = Code(most=6, required=True, example="350400")
    name_zh = Text(60, required=True)
    name_en = Text(60, required=True)
    year = Whole(required=True, example=2026)
    plantings = Whole(required=True, allow_none=True, description="通过核查的植树次数")
    trees = Whole(required=True, allow_none=True)
    points = Whole(required=True, allow_none=True, description="这些植树得到的积分")
    people = Whole(required=True, allow_none=True)
    checked_trees = Whole(required=True, allow_none=True, description="查过成活的株数")
    alive = Whole(required=True, allow_none=True, description="其中成活的株数")


class PlantingStatisticsSchema(Schema):
    """Plantings by city and year, without anybody being singled out."""

    province = Code(most=6, required=True)
    least_people = Whole(required=True, description="不足这么多人的格子不显示")
    counted_at = Instant(required=True, allow_none=True)
    items = List(Nested(CityYearSchema), required=True)
