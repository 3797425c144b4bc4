"""The signals P2 to P14 of a planting, from what is known beside its photographs.

P1 (the same bytes again) and P13's second use of a ticket are refused where the planting is
logged; P15 (who may judge) where it is judged.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from puhui.evidence.geodesy import Datum, Place, apart
from puhui.kernel.clock import day_of
from puhui.kernel.text import N_
from puhui.rewards.planting import PlantingDraft, in_season
from puhui.rewards.signal import Effect, Signal, by_gravity
from puhui.rewards.threshold import Thresholds

RULE = "planting_signals@2026.1"
M2_PER_HA = 10_000


@dataclass(frozen=True)
class Shot:
    """What matters of a photograph: when and where it was taken, and what it looks like."""

    taken_at: datetime | None
    received_at: datetime
    place: Place | None = None
    nearest: int | None = None
    """Bits by which the nearest photograph of another record differs, of 256."""


@dataclass(frozen=True)
class Ground:
    """What matters of a base."""

    species: Sequence[str]
    season: tuple[int, int]
    """First and last month."""
    area_m2: int
    trees_so_far: int
    """Trees that stand logged at the base, refused ones left out."""
    centre: Place | None = None
    radius_m: int = 0


@dataclass(frozen=True)
class Earlier:
    """An earlier record of the same person that was not refused."""

    at: datetime
    trees: int
    place: Place | None


@dataclass(frozen=True)
class Circumstances:
    """Who logged it, how, and what else that person and that device logged."""

    at: datetime
    account_since: datetime
    earlier: Sequence[Earlier] = ()
    ticket_covers: bool = False
    device_people: int = 1
    """People who logged with the same device in 30 days, this one included; 1 when unknown."""
    device_rival_minutes: int | None = None
    """Minutes since somebody else logged at the same base with the same device."""


@dataclass(frozen=True)
class Weighed:
    """A planting with everything that the rules look at."""

    draft: PlantingDraft
    shots: Sequence[Shot]
    ground: Ground
    circumstances: Circumstances

    @property
    def place(self) -> Place | None:
        """Return where it was, as far as that is known."""
        return place_of(self.draft, (shot.place for shot in self.shots))

    @property
    def accuracy_m(self) -> int:
        """Return how unsure the person's phone was, in metres; 0 when it did not say."""
        point = self.draft.point
        return (point.accuracy_m or 0) if point is not None else 0


def place_of(draft: PlantingDraft, shots: Iterable[Place | None]) -> Place | None:
    """Return where a planting was: as the person said, else as a camera did, else unknown."""
    if (point := draft.point) is not None:
        return Place(point.latitude, point.longitude, point.datum)
    return next((place for place in shots if place is not None), None)


def signals(planting: Weighed, limits: Thresholds) -> list[Signal]:
    """Return what to look at twice, the gravest first."""
    judges = (_likeness, _time, _camera_place, _accuracy, _ground, _speed, _numbers, _capacity,
              _fit, _ticket, _account)  # fmt: skip
    return by_gravity([signal for judge in judges for signal in judge(planting, _Limits(limits))])


class _Limits:
    """Thresholds, and the writing of signals that name the ones they used."""

    def __init__(self, limits: Thresholds) -> None:
        self.of = limits

    def signal(
        self,
        key: str,
        message: str,
        *,
        by: Sequence[str] = (),
        effect: Effect = Effect.ADD,
        score: str = "",
        **values: Any,
    ) -> Signal:
        """Return a signal judged `by` these thresholds; `score` names the one that it adds."""
        used = {name: self.of[name] for name in (*by, *([score] if score else ()))}
        return Signal(key, message, values, effect, self.of[score] if score else 0, used)


def _likeness(planting: Weighed, limits: _Limits) -> Iterator[Signal]:
    nearest = min(
        (shot.nearest for shot in planting.shots if shot.nearest is not None), default=256
    )
    if nearest <= limits.of["P2.bits"]:
        yield limits.signal(
            "P2",
            N_("与另一张照片几乎相同（相差 %(bits)s / 256 位）"),
            by=["P2.bits"],
            effect=Effect.HOLD,
            score="P2.score",
            bits=nearest,
        )
    elif nearest <= limits.of["P3.bits"]:
        yield limits.signal(
            "P3",
            N_("与另一张照片相似（相差 %(bits)s / 256 位）"),
            by=["P3.bits"],
            score="P3.score",
            bits=nearest,
        )


def _time(planting: Weighed, limits: _Limits) -> Iterator[Signal]:
    taken = [(s.taken_at, s.received_at) for s in planting.shots if s.taken_at is not None]
    if not taken:
        yield limits.signal(
            "P5", N_("照片里没有拍摄时间（微信等会去除，属常见情况）"), score="P5.score"
        )
        return
    ahead = timedelta(minutes=limits.of["P4.ahead_min"])
    if any(at > received + ahead for at, received in taken):
        yield limits.signal(
            "P4", N_("照片记录的拍摄时间晚于上传时间"), by=["P4.ahead_min"], effect=Effect.HOLD
        )
    hours = max((received - at) // timedelta(hours=1) for at, received in taken)
    if hours >= limits.of["P4.hold_h"]:
        yield limits.signal(
            "P4",
            N_("照片在上传前 %(hours)s 小时拍摄"),
            by=["P4.hold_h"],
            effect=Effect.HOLD,
            hours=hours,
        )
    elif hours >= limits.of["P4.stale_h"]:
        yield limits.signal(
            "P4",
            N_("照片在上传前 %(hours)s 小时拍摄"),
            by=["P4.stale_h"],
            score="P4.score",
            hours=hours,
        )
    elif any(day_of(at) != planting.draft.planted_on for at, _ in taken):
        yield limits.signal("P4", N_("照片的拍摄日期与登记的植树日期不同"), score="P4.score")


def _camera_place(planting: Weighed, limits: _Limits) -> Iterator[Signal]:
    if planting.draft.point is None:
        return
    said = planting.place
    assert said is not None
    # Cameras write WGS-84 by their standard, but some phones write the shifted point; both sides
    # are read either way, and the nearest reading counts.
    off = min(
        (
            apart(said, Place(shot.place.latitude, shot.place.longitude, datum)).least_m
            for shot in planting.shots
            if shot.place is not None
            for datum in Datum
        ),
        default=0,
    )
    off = max(0, off - planting.accuracy_m)
    if off > limits.of["P6.hold_m"]:
        yield limits.signal(
            "P6",
            N_("照片里的地点与登记地点相差约 %(metres)s 米"),
            by=["P6.hold_m"],
            effect=Effect.HOLD,
            metres=off,
        )
    elif off > limits.of["P6.metres"]:
        yield limits.signal(
            "P6",
            N_("照片里的地点与登记地点相差约 %(metres)s 米"),
            by=["P6.metres"],
            score="P6.score",
            metres=off,
        )


def _accuracy(planting: Weighed, limits: _Limits) -> Iterator[Signal]:
    unsure = planting.accuracy_m
    if unsure > limits.of["P7.ask_m"]:
        yield limits.signal(
            "P7",
            N_("手机的定位误差有 %(metres)s 米"),
            by=["P7.ask_m"],
            effect=Effect.REVIEW,
            score="P7.score",
            metres=unsure,
        )
    elif unsure > limits.of["P7.metres"]:
        yield limits.signal(
            "P7",
            N_("手机的定位误差有 %(metres)s 米"),
            by=["P7.metres"],
            score="P7.score",
            metres=unsure,
        )


def _ground(planting: Weighed, limits: _Limits) -> Iterator[Signal]:
    place, centre = planting.place, planting.ground.centre
    if place is None or centre is None:
        # Nobody has to say where; but then only a person can judge whether it was at the base.
        yield limits.signal("P8", N_("没有地点可以核对，须由核查员看过"), effect=Effect.REVIEW)
        return
    # A camera does not say how unsure it was; unknown is not nought.
    unsure = planting.accuracy_m if planting.draft.point else limits.of["P7.metres"]
    margin = max(limits.of["P8.margin_m"], 2 * unsure)
    away = apart(place, centre).least_m - planting.ground.radius_m
    if away > margin:
        yield limits.signal(
            "P8",
            N_("登记地点在基地范围以外约 %(metres)s 米"),
            by=["P8.margin_m"],
            effect=Effect.HOLD,
            metres=away,
            margin_m=margin,
        )


def _speed(planting: Weighed, limits: _Limits) -> Iterator[Signal]:
    place = planting.place
    if place is None:
        return
    fastest = max(
        (
            (_kmh(metres, abs(planting.circumstances.at - other.at)), metres)
            for other in planting.circumstances.earlier
            if other.place is not None
            and (metres := _between(place, other.place)) > limits.of["P9.least_m"]
        ),
        default=(0, 0),
    )
    kmh, metres = fastest
    for key, effect, points in (
        ("P9.refuse_kmh", Effect.REFUSE, ""),
        ("P9.hold_kmh", Effect.HOLD, ""),
        ("P9.kmh", Effect.ADD, "P9.score"),
    ):
        if kmh > limits.of[key]:
            yield limits.signal(
                "P9",
                N_("与同一账户的另一次登记相距 %(km)s 公里，需以每小时 %(kmh)s 公里赶到"),
                by=["P9.least_m", key],
                effect=effect,
                score=points,
                km=metres // 1000,
                kmh=kmh,
            )
            return


def _between(one: Place, other: Place) -> int:
    """Return the least distance between two places, whichever datum either was meant in."""
    return min(apart(one, Place(other.latitude, other.longitude, datum)).least_m for datum in Datum)


def _kmh(metres: int, passed: timedelta) -> int:
    """Return the speed in km/h, as if at least a minute had passed: clocks differ by that."""
    return metres * 3600 // (1000 * max(60, int(passed.total_seconds())))


def _numbers(planting: Weighed, limits: _Limits) -> Iterator[Signal]:
    now, trees = planting.circumstances.at, planting.draft.trees
    earlier = planting.circumstances.earlier

    def with_those_since(begin: datetime) -> int:
        return trees + sum(other.trees for other in earlier if begin < other.at <= now)

    in_hour = with_those_since(now - timedelta(hours=1))
    in_day = trees + sum(other.trees for other in earlier if day_of(other.at) == day_of(now))
    in_year = trees + sum(
        other.trees for other in earlier if day_of(other.at).year == day_of(now).year
    )
    for key, number, effect, message in (
        ("P10.hour", in_hour, Effect.HOLD, N_("一小时内登记了 %(trees)s 株")),
        ("P10.day", in_day, Effect.HOLD, N_("一天内登记了 %(trees)s 株")),
        ("P10.year", in_year, Effect.REVIEW, N_("今年已登记 %(trees)s 株")),
    ):
        if number > limits.of[key]:
            yield limits.signal("P10", message, by=[key], effect=effect, trees=number)
    if trees > limits.of["P15.second_above"]:
        yield limits.signal(
            "P15",
            N_("超过 %(most)s 株，须两位核查员同意"),
            by=["P15.second_above"],
            effect=Effect.REVIEW,
            most=limits.of["P15.second_above"],
        )
    if len(earlier) < limits.of["first_reviewed"]:
        yield limits.signal(
            "P14",
            N_("最初 %(number)s 次登记都由核查员看过"),
            by=["first_reviewed"],
            effect=Effect.REVIEW,
            number=limits.of["first_reviewed"],
        )


def _capacity(planting: Weighed, limits: _Limits) -> Iterator[Signal]:
    ground = planting.ground
    room = max(1, ground.area_m2 * limits.of["P11.stems_per_ha"] // M2_PER_HA)
    after = ground.trees_so_far + planting.draft.trees
    full = after > room
    if full or after * 100 > room * limits.of["P11.alert_percent"]:
        yield limits.signal(
            "P11",
            N_("基地至多容纳 %(room)s 株，加上这次登记已有 %(trees)s 株"),
            by=["P11.stems_per_ha", "P11.alert_percent"],
            effect=Effect.REFUSE if full else Effect.REVIEW,
            room=room,
            trees=after,
        )


def _fit(planting: Weighed, limits: _Limits) -> Iterator[Signal]:
    draft, each = planting.draft, limits.of["P12.trees_per_photo"]
    if draft.trees > each * len(planting.shots):
        yield limits.signal(
            "P12",
            N_("平均每 %(trees)s 株不到一张照片"),
            by=["P12.trees_per_photo"],
            score="P12.score",
            trees=each,
        )
    if draft.species not in planting.ground.species:
        yield limits.signal("P12", N_("树种不在该基地的树种名录中"), score="P12.score")
    if not in_season(draft.planted_on.month, *planting.ground.season):
        yield limits.signal("P12", N_("植树日期不在该基地的植树季"), score="P12.score")


def _ticket(planting: Weighed, limits: _Limits) -> Iterator[Signal]:
    if not planting.circumstances.ticket_covers:
        yield limits.signal("P13", N_("没有有效的拍摄凭证"), score="P13.score")
        if all(shot.taken_at is None for shot in planting.shots):
            # To count without a verifier, something must tie the picture to the day.
            yield limits.signal(
                "P13", N_("既没有拍摄时间，也没有拍摄凭证，须由核查员看过"), effect=Effect.REVIEW
            )


def _account(planting: Weighed, limits: _Limits) -> Iterator[Signal]:
    who = planting.circumstances
    days = (who.at - who.account_since) // timedelta(days=1)
    if days < limits.of["P14.account_days"]:
        yield limits.signal(
            "P14",
            N_("账户开通 %(days)s 天"),
            by=["P14.account_days"],
            score="P14.account_score",
            days=days,
        )
    if who.device_people > limits.of["P14.device_accounts"]:
        yield limits.signal(
            "P14",
            N_("同一设备上有 %(people)s 人登记"),
            by=["P14.device_accounts"],
            score="P14.device_score",
            people=who.device_people,
        )
    rival = who.device_rival_minutes
    if rival is not None and rival <= limits.of["P14.shared_min"]:
        yield limits.signal(
            "P14",
            N_("同一设备 %(minutes)s 分钟前有另一人在同一基地登记"),
            by=["P14.shared_min"],
            score="P14.shared_score",
            minutes=rival,
        )
