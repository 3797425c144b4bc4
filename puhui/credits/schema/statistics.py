"""Sums over all credits on the wire."""

from puhui.credits.batch import LONGEST
from puhui.web.schema import List, Nested, Schema, Text, Whole


class KilogramsSchema(Schema):
    """Where issued kilograms are; together they are what was issued."""

    for_sale = Whole(required=True, description="可售")
    encumbered = Whole(required=True, description="有权利限制，不可售")
    held = Whole(required=True, description="为买方预留")
    reserve = Whole(required=True, description="在储备中，不出售")
    retired = Whole(required=True, description="已注销")
    cancelled = Whole(required=True, description="已取消")


class CreditStockSchema(Schema):
    """Kilograms of one group by place."""

    name = Text(LONGEST, may_be_blank=True, required=True)
    place = Text(LONGEST, may_be_blank=True, required=True)
    issued_kg = Whole(required=True)
    kg = Nested(KilogramsSchema, required=True)


class RetiredSchema(Schema):
    """What was retired for one purpose, or in one year."""

    name = Text(40, required=True)
    count = Whole(required=True)
    kg = Whole(required=True)


class CreditStatisticsSchema(Schema):
    """Sums over all credits and all retirements."""

    total = Nested(CreditStockSchema, required=True)
    by_kind = List(Nested(CreditStockSchema), most=100, required=True)
    by_county = List(Nested(CreditStockSchema), most=10_000, required=True)
    by_vintage = List(Nested(CreditStockSchema), most=1000, required=True)
    retired_by_purpose = List(Nested(RetiredSchema), most=100, required=True)
    retired_by_year = List(Nested(RetiredSchema), most=1000, required=True)
