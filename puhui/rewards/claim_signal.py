"""The signals F2 to F9 of a claim: what is known beside the unit that a buyer has claimed.

F1, F4, F10 and F11 are how labels are made (random tokens, one claim a unit, tokens printed once,
pages that tell nobody else); F5 is how points mature. They need no judging here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from puhui.kernel.text import N_
from puhui.rewards.scan_place import UNSCANNED, Away
from puhui.rewards.signal import Effect, Signal, by_gravity
from puhui.rewards.threshold import Thresholds

RULE = "claim_signals@2026.2"
"""Since 2026.2 the place of the first scan counts, where it is known."""


@dataclass(frozen=True)
class ClaimFacts:
    """A claim with what else its buyer, its device, its label and its shop did."""

    at: datetime
    tries: int = 1
    """Tries at the label's hidden code, this one included."""
    sold_at: datetime | None = None
    """None when no shop has recorded the sale."""
    first_scan_at: datetime | None = None
    first_scan_away: Away = UNSCANNED
    buyer_day: int = 1
    """Units that the buyer claimed within 24 hours, this one included."""
    buyer_product_hour: int = 1
    device_day: int = 1
    device_people: int = 1
    """People who claimed with the device in 30 days."""
    label_people: int = 1
    """People who tried this label within 24 hours."""
    shop_sold: int = 0
    """Units that the shop has sold."""
    shop_claimed_by_buyer: int = 0
    shop_claimed: int = 0
    shop_claimed_fast: int = 0
    """Of the claimed ones, those claimed within F9.fast_min minutes of their sale."""
    shop_claimed_closed: int = 0
    """Of the fast ones, those claimed between F9.closed_from and F9.closed_until o'clock."""
    shop_frozen: bool = False
    """Whether the shop's claims wait together until somebody has looked at it."""
    shop_cleared: bool = False
    """Whether somebody has looked at the shop within F9.cleared_days and let it go on."""


def signals(claim: ClaimFacts, limits: Thresholds) -> list[Signal]:
    """Return what to look at twice, the gravest first."""
    frozen = [Signal("F9", N_("这家商店的领取正在核查"), effect=Effect.HOLD)]
    return by_gravity(
        [
            *_label(claim, limits),
            *_buyer(claim, limits),
            *_shop(claim, limits),
            *(frozen if claim.shop_frozen else ()),
        ]
    )


def about_shop(claim: ClaimFacts, limits: Thresholds) -> list[Signal]:
    """Return what speaks against the shop itself: all its claims then wait."""
    return [] if claim.shop_cleared else by_gravity(_shop(claim, limits))


def about_label(people: int, limits: Thresholds) -> list[Signal]:
    """Return what speaks against a label that so many people tried within 24 hours."""
    return list(_tried_by_many(people, limits))


def _held(key: str, message: str, limits: Thresholds, *by: str, **values: int) -> Signal:
    return Signal(key, message, values, Effect.HOLD, 0, {name: limits[name] for name in by})


def _label(claim: ClaimFacts, limits: Thresholds) -> Iterator[Signal]:
    if claim.tries > limits["F2.tries"]:
        yield Signal(
            "F2",
            N_("刮开码试了 %(tries)s 次"),
            {"tries": claim.tries},
            Effect.REFUSE,
            0,
            {"F2.tries": limits["F2.tries"]},
        )
    if claim.sold_at is None:
        yield Signal(
            "F3",
            N_("没有商店的售出登记"),
            score=limits["F3.score"],
            limits={"F3.score": limits["F3.score"]},
        )
    yield from _tried_by_many(claim.label_people, limits)
    yield from _first_scan(claim, limits)


def _first_scan(claim: ClaimFacts, limits: Thresholds) -> Iterator[Signal]:
    """Return what is odd about the first scan: early, far away or both, it weighs the same."""
    values, by = {}, ["F8.score"]
    if claim.sold_at is not None and claim.first_scan_at is not None:
        ahead = claim.sold_at - claim.first_scan_at
        if ahead > timedelta(hours=limits["F8.hours"]):
            values["hours"] = ahead // timedelta(hours=1)
            by.append("F8.hours")
    km = claim.first_scan_away.km
    if km is not None and km > limits["F8.km"]:
        values["km"] = km
        by.append("F8.km")
    if values:
        yield Signal(
            "F8", _FIRST_SCAN[tuple(values)], values, Effect.ADD, limits["F8.score"],
            {name: limits[name] for name in by},
        )  # fmt: skip


_FIRST_SCAN = {
    ("hours",): N_("首次扫码比售出早 %(hours)s 小时"),
    ("km",): N_("首次扫码的城市距商店所在城市 %(km)s 公里"),
    ("hours", "km"): N_("首次扫码比售出早 %(hours)s 小时，且在距商店所在城市 %(km)s 公里的城市"),
}


def _tried_by_many(people: int, limits: Thresholds) -> Iterator[Signal]:
    if people >= limits["F7.accounts"]:
        yield _held(
            "F7", N_("一天内有 %(people)s 人试领这枚标签"), limits, "F7.accounts", people=people
        )


def _buyer(claim: ClaimFacts, limits: Thresholds) -> Iterator[Signal]:
    for key, number, message in (
        ("F6.day", claim.buyer_day, N_("一天内领取了 %(number)s 件")),
        ("F6.product_hour", claim.buyer_product_hour, N_("一小时内领取同一产品 %(number)s 件")),
        ("F6.device_day", claim.device_day, N_("同一设备一天内领取了 %(number)s 件")),
        ("F6.device_accounts", claim.device_people, N_("同一设备 30 天内有 %(number)s 人领取")),
    ):
        if number > limits[key]:
            yield _held("F6", message, limits, key, number=number)


def _shop(claim: ClaimFacts, limits: Thresholds) -> Iterator[Signal]:
    if not claim.shop_cleared:
        yield from _shop_itself(claim, limits)
    if claim.shop_sold < limits["F9.least_units"]:
        return
    share = claim.shop_claimed_by_buyer * 100
    if (
        claim.shop_claimed_by_buyer >= limits["F9.least_claims"]
        and share > claim.shop_sold * limits["F9.share_percent"]
    ):
        yield _held(
            "F9", N_("这家商店售出的商品有 %(percent)s%% 由同一人领取"), limits, "F9.share_percent",
            percent=share // claim.shop_sold,
        )  # fmt: skip


def _shop_itself(claim: ClaimFacts, limits: Thresholds) -> Iterator[Signal]:
    if claim.shop_claimed_closed >= limits["F9.closed_claims"]:
        yield _held(
            "F9", N_("这家商店有 %(number)s 件在打烊时段一售出就被领取"), limits,
            "F9.closed_claims", number=claim.shop_claimed_closed,
        )  # fmt: skip
    if claim.shop_sold < limits["F9.least_units"]:
        return
    if claim.shop_claimed_fast * 100 > claim.shop_claimed * limits["F9.fast_percent"]:
        yield _held(
            "F9", N_("这家商店的商品有 %(percent)s%% 一售出就被领取"), limits, "F9.fast_percent",
            percent=claim.shop_claimed_fast * 100 // max(1, claim.shop_claimed),
        )  # fmt: skip
