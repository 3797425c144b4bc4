"""Credits wished for and offered, on the wire."""

from typing import Any

from marshmallow import ValidationError, post_load

from puhui.credits.bundle import Prefer, Wishes
from puhui.credits.hold import HoldState
from puhui.credits.kind import Kind
from puhui.kernel.errors import Fault
from puhui.kernel.text import N_
from puhui.web.schema import Code, Enum, Instant, List, Nested, Schema, Text, Uuid, Whole, Year


class WishedShareSchema(Schema):
    """At least so many per cent from a kind."""

    kind = Enum(Kind, required=True)
    percent = Whole(minimum=1, maximum=100, required=True)


class WishedCountyShareSchema(Schema):
    """At least so many per cent from a county or city."""

    county = Code("[1-9][0-9]{1,5}", most=6, required=True)
    percent = Whole(minimum=1, maximum=100, required=True)


class WishedVintageShareSchema(Schema):
    """At least so many per cent from credits of a year."""

    year = Year(required=True)
    percent = Whole(minimum=1, maximum=100, required=True)


class EventOfferDraftSchema(Schema):
    """What the buyer wants beyond a low price."""

    kinds = List(Enum(Kind), most=10, load_default=list)
    counties = List(Code("[0-9]{2,6}", most=6), most=50, load_default=list)
    shares = List(Nested(WishedShareSchema), most=10, load_default=list)
    highest_fen_per_t = Whole(minimum=1, load_default=None, allow_none=True)
    county_shares = List(Nested(WishedCountyShareSchema), most=10, load_default=list)
    vintage_shares = List(Nested(WishedVintageShareSchema), most=10, load_default=list)
    prefer = Enum(Prefer, load_default=Prefer.NOTHING, description="价格相近时更看重什么")
    dearer_percent = Whole(
        minimum=0, maximum=1000, load_default=0, description="为此最多比最便宜的贵百分之几"
    )

    @post_load
    def _wishes(self, told: dict[str, Any], **_: Any) -> Wishes:
        kinds, counties, vintages = (
            _shares(told, name, key)
            for name, key in (
                ("shares", "kind"),
                ("county_shares", "county"),
                ("vintage_shares", "year"),
            )
        )
        return Wishes(
            tuple(told["kinds"]),
            tuple(told["counties"]),
            kinds,
            told["highest_fen_per_t"],
            counties,
            vintages,
            told["prefer"],
            told["dearer_percent"],
        )


def _shares(told: dict[str, Any], name: str, key: str) -> dict[Any, int]:
    """Return one sort of wished shares; counties may lie in one another, the others may not."""
    shares = {share[key]: share["percent"] for share in told[name]}
    if len(shares) != len(told[name]) or (key != "county" and sum(shares.values()) > 100):
        raise ValidationError(
            {name: [Fault("bad_shares", N_("各类占比不能重复，合计不能超过百分之百"))]}
        )
    return shares


class EventOfferLineSchema(Schema):
    """So many kilograms of a batch, at a price."""

    batch_id = Uuid(required=True)
    kind = Enum(Kind, required=True)
    project = Text(200, required=True)
    quantity_kg = Whole(minimum=1, required=True)
    price_fen_per_t = Whole(minimum=1, required=True)
    cost_fen = Whole(minimum=0, required=True)


class EventOfferSchema(Schema):
    """Credits kept for an event at a frozen price."""

    offer_id = Uuid(required=True)
    state = Enum(HoldState, required=True)
    need_kg = Whole(minimum=1, required=True)
    total_kg = Whole(minimum=1, required=True)
    surplus_kg = Whole(minimum=0, required=True, description="超出部分，不可用于别的活动")
    total_fen = Whole(minimum=0, required=True)
    reference = Text(40, required=True, description="转账附言")
    expires_at = Instant(required=True)
    lines = List(Nested(EventOfferLineSchema), most=1000, required=True)
    certificate = Text(60, required=True, allow_none=True, description="证书编号，注销后才有")
