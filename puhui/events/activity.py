"""What an event does that emits, by the sources of the national guide, and how it is counted.

MEE 《大型活动碳中和实施指南（试行）》 (notice 2019 no. 19, annex 1) names seven types of source;
the ten sources here are those, divided the way organisers keep their papers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from puhui.factors.factor import Boundary
from puhui.kernel.text import N_


class Source(StrEnum):
    """Where emissions come from. Each is inside the boundary or outside it with a reason."""

    TRAVEL = "travel"
    LOCAL_TRANSPORT = "local_transport"
    LODGING = "lodging"
    CATERING = "catering"
    VENUE_ENERGY = "venue_energy"
    MATERIALS = "materials"
    FREIGHT = "freight"
    WASTE = "waste"
    WATER = "water"
    DIGITAL = "digital"


SOURCE_NAMES: Mapping[Source, str] = {
    Source.TRAVEL: N_("往返交通"),
    Source.LOCAL_TRANSPORT: N_("会期市内交通"),
    Source.LODGING: N_("住宿"),
    Source.CATERING: N_("餐饮"),
    Source.VENUE_ENERGY: N_("场馆用能"),
    Source.MATERIALS: N_("会议用品与搭建"),
    Source.FREIGHT: N_("物资运输"),
    Source.WASTE: N_("废弃物处理"),
    Source.WATER: N_("用水"),
    Source.DIGITAL: N_("线上参会"),
}
GUIDE_TYPES: Mapping[Source, str] = {
    Source.TRAVEL: N_("交通排放"),
    Source.LOCAL_TRANSPORT: N_("交通排放／化石燃料燃烧（移动源）"),
    Source.LODGING: N_("住宿餐饮排放"),
    Source.CATERING: N_("住宿餐饮排放"),
    Source.VENUE_ENERGY: N_("净购入电力、热力／化石燃料燃烧（固定源）"),
    Source.MATERIALS: N_("会议用品隐含的碳排放"),
    Source.FREIGHT: N_("交通排放"),
    Source.WASTE: N_("废弃物处理产生的排放"),
    Source.WATER: N_("废弃物处理产生的排放"),
    Source.DIGITAL: N_("会议用品隐含的碳排放"),
}
"""The type of source in the guide's annex 1 that each belongs to."""


class Level(StrEnum):
    """How good the data are."""

    MEASURED = "measured"
    ACTIVITY = "activity"
    DEFAULT = "default"


LEVEL_NAMES: Mapping[Level, str] = {
    Level.MEASURED: N_("实测"),
    Level.ACTIVITY: N_("活动数据"),
    Level.DEFAULT: N_("缺省估计"),
}


class Place(StrEnum):
    """How closely the factor belongs to a place."""

    ANY = "any"
    """The venue's country if it has one, else any published, which is marked."""
    COUNTRY = "country"
    PROVINCE = "province"
    """The province, else the country, which is marked."""


@dataclass(frozen=True)
class Activity:
    """Something that is counted in `unit` and has a factor under `subject`."""

    key: str
    source: Source
    name: str
    unit: str
    subject: str
    boundary: Boundary | None = None
    """Which of several boundaries of the subject counts."""
    place: Place = Place.ANY
    entered: bool = True
    """Whether the organiser enters it, or it follows from the attendee list."""


ACTIVITIES: Mapping[str, Activity] = {
    activity.key: activity
    for activity in (
        Activity(
            "air_domestic",
            Source.TRAVEL,
            N_("国内航班"),
            "pkm",
            "travel.air.domestic",
            entered=False,
        ),
        Activity(
            "air_international",
            Source.TRAVEL,
            N_("国际及港澳台航班"),
            "pkm",
            "travel.air.international.average",
            entered=False,
        ),
        *(
            Activity(
                f"air_international_{cabin}",
                Source.TRAVEL,
                name,
                "pkm",
                f"travel.air.international.{cabin}",
                entered=False,
            )
            for cabin, name in (
                ("economy", N_("国际及港澳台航班（经济舱）")),
                ("premium", N_("国际及港澳台航班（超级经济舱）")),
                ("business", N_("国际及港澳台航班（公务舱）")),
                ("first", N_("国际及港澳台航班（头等舱）")),
            )
        ),
        Activity(
            "high_speed_rail",
            Source.TRAVEL,
            N_("高铁动车"),
            "pkm",
            "travel.rail.high-speed",
            entered=False,
        ),
        Activity(
            "rail", Source.TRAVEL, N_("普速火车"), "pkm", "travel.rail.ordinary", entered=False
        ),
        Activity("coach", Source.TRAVEL, N_("长途客车"), "pkm", "travel.coach", entered=False),
        Activity("car", Source.TRAVEL, N_("小汽车"), "vkm", "travel.car", entered=False),
        Activity("taxi", Source.TRAVEL, N_("出租车或网约车"), "pkm", "travel.taxi", entered=False),
        Activity("bus", Source.TRAVEL, N_("公交车"), "pkm", "travel.bus", entered=False),
        Activity("metro", Source.TRAVEL, N_("地铁"), "pkm", "travel.metro", entered=False),
        Activity("ferry", Source.TRAVEL, N_("轮船"), "pkm", "travel.ferry", entered=False),
        Activity("local_metro", Source.LOCAL_TRANSPORT, N_("地铁"), "pkm", "travel.metro"),
        Activity("local_bus", Source.LOCAL_TRANSPORT, N_("公交车"), "pkm", "travel.bus"),
        Activity("local_coach", Source.LOCAL_TRANSPORT, N_("接驳大巴"), "pkm", "travel.coach"),
        Activity(
            "local_taxi",
            Source.LOCAL_TRANSPORT,
            N_("出租车或网约车"),
            "vkm",
            "travel.taxi.vehicle",
        ),
        Activity("local_car", Source.LOCAL_TRANSPORT, N_("小汽车、公务车"), "vkm", "travel.car"),
        Activity(
            "local_car_diesel",
            Source.LOCAL_TRANSPORT,
            N_("柴油小汽车"),
            "vkm",
            "travel.car.diesel",
        ),
        Activity(
            "local_car_hybrid",
            Source.LOCAL_TRANSPORT,
            N_("混合动力小汽车"),
            "vkm",
            "travel.car.hybrid",
        ),
        Activity(
            "local_motorbike", Source.LOCAL_TRANSPORT, N_("摩托车"), "vkm", "travel.motorbike"
        ),
        Activity(
            "vehicle_petrol",
            Source.LOCAL_TRANSPORT,
            N_("会务车辆加油：汽油"),
            "kg",
            "event.fuel.petrol",
        ),
        Activity(
            "vehicle_diesel",
            Source.LOCAL_TRANSPORT,
            N_("会务车辆加油：柴油"),
            "kg",
            "event.fuel.diesel",
        ),
        Activity(
            "vehicle_charging",
            Source.LOCAL_TRANSPORT,
            N_("会务电动车充电"),
            "kWh",
            "grid.co2",
            place=Place.PROVINCE,
        ),
        Activity(
            "room_night",
            Source.LODGING,
            N_("酒店客房"),
            "room_night",
            "lodging.room-night",
            place=Place.COUNTRY,
        ),
        Activity(
            "hotel_electricity",
            Source.LODGING,
            N_("酒店为本次活动计量的用电"),
            "kWh",
            "grid.co2",
            place=Place.PROVINCE,
        ),
        Activity(
            "hotel_gas",
            Source.LODGING,
            N_("酒店为本次活动计量的天然气"),
            "m3",
            "fuel.natural-gas",
            Boundary.COMBUSTION,
        ),
        Activity("canteen_food", Source.CATERING, N_("餐食（按食物重量）"), "kg", "catering.food"),
        Activity(
            "food_and_drink",
            Source.CATERING,
            N_("食品饮料（按初级生产）"),
            "kg",
            "catering.food.primary",
        ),
        Activity(
            "electricity",
            Source.VENUE_ENERGY,
            N_("外购电力"),
            "kWh",
            "grid.co2",
            place=Place.PROVINCE,
        ),
        Activity("heat", Source.VENUE_ENERGY, N_("外购热力"), "GJ", "heat", place=Place.PROVINCE),
        Activity(
            "natural_gas",
            Source.VENUE_ENERGY,
            N_("天然气"),
            "m3",
            "fuel.natural-gas",
            Boundary.COMBUSTION,
        ),
        Activity("diesel", Source.VENUE_ENERGY, N_("柴油"), "kg", "event.fuel.diesel"),
        Activity("petrol", Source.VENUE_ENERGY, N_("汽油"), "kg", "event.fuel.petrol"),
        Activity("lpg", Source.VENUE_ENERGY, N_("液化石油气"), "kg", "event.fuel.lpg"),
        Activity("printed_paper", Source.MATERIALS, N_("印刷用纸"), "kg", "paper.offset"),
        Activity(
            "recycled_paper", Source.MATERIALS, N_("再生纸"), "kg", "event.material.paper-recycled"
        ),
        Activity("board", Source.MATERIALS, N_("纸板、展板"), "kg", "packaging.corrugated-board"),
        Activity("timber", Source.MATERIALS, N_("木材"), "kg", "event.material.wood"),
        Activity("metal", Source.MATERIALS, N_("金属构件"), "kg", "event.material.metal"),
        Activity(
            "aluminium_cans", Source.MATERIALS, N_("铝罐"), "kg", "event.material.aluminium-cans"
        ),
        Activity("pet", Source.MATERIALS, N_("PET 塑料"), "kg", "event.material.pet"),
        Activity("plastic_film", Source.MATERIALS, N_("塑料薄膜"), "kg", "packaging.film"),
        Activity("glass", Source.MATERIALS, N_("玻璃"), "kg", "event.material.glass"),
        Activity("clothing", Source.MATERIALS, N_("服装织物"), "kg", "event.material.clothing"),
        Activity(
            "it_equipment", Source.MATERIALS, N_("信息设备"), "kg", "event.material.it-equipment"
        ),
        Activity(
            "electricals", Source.MATERIALS, N_("小型电器"), "kg", "event.material.electricals"
        ),
        Activity("light_truck", Source.FREIGHT, N_("轻型货车"), "tkm", "freight.road.diesel.light"),
        Activity("heavy_truck", Source.FREIGHT, N_("重型货车"), "tkm", "freight.road.diesel.heavy"),
        Activity(
            "chilled_truck", Source.FREIGHT, N_("冷藏车"), "tkm", "event.freight.truck.chilled"
        ),
        Activity("van", Source.FREIGHT, N_("厢式小货车"), "tkm", "event.freight.van"),
        Activity("sea_freight", Source.FREIGHT, N_("集装箱海运"), "tkm", "event.freight.ship"),
        Activity("rail_freight", Source.FREIGHT, N_("铁路货运"), "tkm", "freight.rail"),
        Activity("air_freight", Source.FREIGHT, N_("航空货运"), "tkm", "event.freight.air"),
        Activity("landfill", Source.WASTE, N_("垃圾填埋"), "kg", "waste.landfill"),
        Activity("incineration", Source.WASTE, N_("垃圾焚烧"), "kg", "waste.incineration"),
        Activity(
            "food_landfill", Source.WASTE, N_("厨余垃圾填埋"), "kg", "event.waste.landfill.food"
        ),
        Activity(
            "paper_landfill", Source.WASTE, N_("废纸填埋"), "kg", "event.waste.landfill.paper"
        ),
        Activity(
            "timber_landfill", Source.WASTE, N_("废木料填埋"), "kg", "event.waste.landfill.wood"
        ),
        Activity(
            "glass_landfill", Source.WASTE, N_("废玻璃填埋"), "kg", "event.waste.landfill.glass"
        ),
        Activity("compost", Source.WASTE, N_("厨余堆肥或厌氧消化"), "kg", "event.waste.compost"),
        Activity("recycling", Source.WASTE, N_("回收利用"), "kg", "event.waste.recycling"),
        Activity("water_supply", Source.WATER, N_("自来水"), "m3", "event.water.supply"),
        Activity("water_treatment", Source.WATER, N_("污水处理"), "m3", "event.water.treatment"),
        Activity("streaming", Source.DIGITAL, N_("线上参会"), "person_h", "digital.streaming"),
    )
}


def entered_for(source: Source) -> tuple[Activity, ...]:
    """Return the activities that an organiser enters for a source."""
    return tuple(a for a in ACTIVITIES.values() if a.source is source and a.entered)


def known_for(source: Source) -> tuple[Activity, ...]:
    """Return everything that counts towards a source, records of booked travel among it."""
    return tuple(a for a in ACTIVITIES.values() if a.source is source)


IN_ENGLISH: Mapping[Source, str] = {
    Source.TRAVEL: "Travel to and from the event",
    Source.LOCAL_TRANSPORT: "Local transport",
    Source.LODGING: "Lodging",
    Source.CATERING: "Catering",
    Source.VENUE_ENERGY: "Venue energy",
    Source.MATERIALS: "Materials and build",
    Source.FREIGHT: "Freight",
    Source.WASTE: "Waste",
    Source.WATER: "Water",
    Source.DIGITAL: "Online attendance",
}
"""What a certificate prints in English beside the Chinese, whoever reads it."""

UNIT_NAMES: Mapping[str, str] = {
    "pkm": N_("人公里"),
    "vkm": N_("车公里"),
    "tkm": N_("吨公里"),
    "room_night": N_("间夜"),
    "person_h": N_("人时"),
    "m3": N_("立方米"),
}
"""Units whose symbol is not what people read; the others stand for themselves."""
