"""Words of attendee lists: what a column is called, and how people say how they come."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

from puhui.events.travel import Mode

_HEADINGS: Mapping[str, str] = {
    heading: field
    for field, headings in {
        "city": "城市 出发城市 出发地 出发地城市 所在城市 所在地 来自 来自城市"
        " 常住城市 常住地 居住城市 始发地 始发城市 城市区县 参会城市 出发机场 出发站 city"
        " departurecity origin origincity from homecity departureairport originairport"
        " cityoforigin cityofdeparture departure location hometown comingfrom",
        "province": "省份 省 所在省 所在省份 省市 province state",
        "country": "国家 国家地区 country nation",
        "mode": "交通方式 出行方式 交通工具 交通 到会方式 来程交通 往返交通 mode transport travel"
        " travelmode transportmode modeoftransport meansoftransport transportation",
        "nights": "住宿晚数 入住晚数 住宿天数 晚数 住几晚 间夜 住宿 酒店晚数 nights hotelnights"
        " numberofnights nightsstayed roomnights",
        "people": "人数 参会人数 数量 同行人数 合计人数 people count pax numberofpeople headcount",
        "sharing": "同车人数 拼车人数 乘车人数 carsharing peopleincar caroccupancy sharing",
        "name": "姓名 名字 参会人 参会者 参会人员 代表姓名 嘉宾姓名 name fullname attendee"
        " participant delegate",
        "phone": "手机 手机号 手机号码 电话 联系电话 联系方式 移动电话 phone mobile tel telephone"
        " phonenumber mobilephone cell",
        "email": "邮箱 电子邮箱 电子邮件 邮件 email mail emailaddress",
        "number": "序号 编号 行号 no number id index serial",
    }.items()
    for heading in headings.split()
}
_QUESTIONS: Sequence[tuple[str, str]] = (
    ("name", "姓名 fullname"),
    ("phone", "手机 电话 mobilephone phonenumber"),
    ("email", "邮箱 emailaddress"),
    ("mode", "交通方式 出行方式 交通工具 怎么来 transport travelmode"),
    ("nights", "住宿晚 入住晚 几晚 晚数 hotelnight nightsof"),
    ("sharing", "同车 拼车 carpool"),
    ("city", "城市 出发地 始发地 来自哪 常住地 departurecity origincity cityof homecity"),
)
"""Parts of headings that forms write as questions, such as `您从哪个城市出发?`."""
_NOT_OURS = re.compile(
    "返程|回程|目的|到达|会场|举办|是否|日期|时间|destination|return|arriv|date|venue"
)
"""What a heading is about that is not the way here."""

_MODES: Mapping[str, Mode] = {
    written: mode
    for mode, words in {
        Mode.AIR: "飞机 航班 飞 乘飞机 坐飞机 民航 空 air plane flight fly byair byplane airplane"
        " aeroplane aircraft",
        Mode.AIR_ECONOMY: "经济舱 飞机经济舱 economy economyclass",
        Mode.AIR_PREMIUM: "超级经济舱 高端经济舱 飞机超级经济舱 premiumeconomy premium",
        Mode.AIR_BUSINESS: "公务舱 商务舱 飞机公务舱 飞机商务舱 business businessclass",
        Mode.AIR_FIRST: "头等舱 飞机头等舱 first firstclass",
        Mode.HIGH_SPEED_RAIL: "高铁 动车 高铁动车 动车高铁 高铁/动车 动车组 城际 城际铁路 坐高铁"
        " 乘高铁 g字头 hsr highspeedrail highspeedtrain bullettrain hst",
        Mode.RAIL: "火车 普速火车 普速列车 铁路 绿皮车 卧铺 坐火车 train rail railway bytrain"
        " byrail",
        Mode.COACH: "大巴 长途客车 长途汽车 客车 巴士 汽车客运 班车 中巴 包车 coach longdistancebus"
        " shuttle",
        Mode.CAR: "自驾 自驾车 小汽车 私家车 开车 汽车 轿车 自行驾车 公车 公务车 单位派车 拼车"
        " car drive driving privatecar bycar carpool selfdrive",
        Mode.TAXI: "出租车 网约车 打车 滴滴 的士 出租 taxi ridehailing cab didi uber",
        Mode.BUS: "公交 公交车 市内公交 bus citybus publicbus bybus",
        Mode.METRO: "地铁 轨道交通 轻轨 metro subway underground tube",
        Mode.FERRY: "轮船 船 轮渡 渡轮 客轮 ferry boat ship",
        Mode.WALK: "步行 走路 骑行 自行车 骑车 单车 电动自行车 本地 无 walk onfoot bike"
        " bicycle cycling cycle walking none local",
        Mode.ONLINE: "线上 线上参会 网络 远程 视频 在线 云参会 online remote virtual zoom webinar",
    }.items()
    for written in words.split()
}
_INSIDE: Sequence[tuple[Mode, "re.Pattern[str]"]] = tuple(
    (mode, re.compile(words))
    for mode, words in (
        (Mode.AIR, "飞机|航班|航空|airplane|by ?air|plane|flight"),
        (Mode.HIGH_SPEED_RAIL, "高铁|动车|城际|high[- ]?speed|bullet"),
        (Mode.RAIL, "火车|普速|绿皮|硬卧|软卧|硬座|train|railway"),
        (Mode.COACH, "大巴|中巴|客车|长途汽车|包车|班车|coach|shuttle"),
        (
            Mode.CAR,
            "自驾|开车|私家车|小汽车|轿车|驾车|公务车|drive|driving|self drive|carpool|private car",
        ),
        (Mode.TAXI, "出租车|网约车|打车|滴滴|taxi|didi|uber"),
        (Mode.BUS, "公交|city bus|public bus"),
        (Mode.METRO, "地铁|轻轨|metro|subway"),
        (Mode.FERRY, "轮船|轮渡|客轮|ferry"),
        (Mode.WALK, "步行|走路|骑行|自行车|on foot|bicycle|walking"),
        (Mode.ONLINE, "线上|在线|视频|远程|腾讯会议|online|remote|virtual|zoom"),
    )
)
_UNTOLD = frozenset(
    {
        "",
        "未知",
        "待定",
        "不详",
        "其他",
        "其它",
        "未定",
        "unknown",
        "tbd",
        "other",
        "/",
        "n/a",
        "na",
    }
)
_TRAIN = re.compile(r"[gdc]\d{1,4}")
_SLOW_TRAIN = re.compile(r"[ztk]\d{1,4}")
_FLIGHT = re.compile(r"(?:[a-z]{2}|[a-z]\d|\d[a-z])\d{3,4}")
_DASHES = re.compile(r"[\s_\-—]+")
_BRACKETS = re.compile(r"[(（【\[][^)）】\]]*[)）】\]]")
_NOISE = re.compile(r"[\s_\-—–.。:：、,，/\\*?？!！·]+|[(（【\[][^)）】\]]*[)）】\]]")


def fields_of(row: Sequence[str]) -> dict[int, str]:
    """Return which column of a row of headings holds what; the first of each kind counts."""
    headings = {
        column: _NOISE.sub("", unicodedata.normalize("NFKC", cell)).casefold()
        for column, cell in enumerate(row)
    }
    columns: dict[int, str] = {}
    for column, heading in headings.items():
        field = _HEADINGS.get(heading)
        if field is None:  # `City 城市`: the same word twice
            field = _HEADINGS.get("".join(c for c in heading if not c.isascii()))
        if field is not None and field not in columns.values():
            columns[column] = field
    # A title may hold the word city as well, but it stands alone in its row.
    if sum(bool(heading) for heading in headings.values()) > 1:
        for column, heading in headings.items():
            field = None if column in columns else _asked_for(heading)
            if field is not None and field not in columns.values():
                columns[column] = field
    return dict(sorted(columns.items()))


def _asked_for(heading: str) -> str | None:
    if _NOT_OURS.search(heading):
        return None
    for field, parts in _QUESTIONS:
        if any(part in heading for part in parts.split()):
            return field
    return None


class UnknownMode(ValueError):
    """What was written is no way of travelling, or several."""


@lru_cache(maxsize=4096)
def mode_of(cell: str) -> Mode | None:
    """Return how somebody comes who wrote this; None for who did not say.

    Train and flight numbers tell as well: `G1234` and `D6501` are high-speed trains.

    Raises:
        UnknownMode: it names no way of travelling, or more than one.
    """
    written = _BRACKETS.sub("", cell).casefold().strip() or cell.casefold()
    plain = _DASHES.sub("", written)
    if plain in _UNTOLD:
        return None
    if (mode := _MODES.get(plain) or _MODES.get(_DASHES.sub("", cell).casefold())) is not None:
        return mode
    if _TRAIN.fullmatch(plain):
        return Mode.HIGH_SPEED_RAIL
    if _SLOW_TRAIN.fullmatch(plain):
        return Mode.RAIL
    if _FLIGHT.fullmatch(plain):
        return Mode.AIR
    found = {mode for mode, words in _INSIDE if words.search(written)}
    if Mode.HIGH_SPEED_RAIL in found:
        found.discard(Mode.RAIL)
    if len(found) != 1:
        raise UnknownMode(cell)
    return found.pop()
