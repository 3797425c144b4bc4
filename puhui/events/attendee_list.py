"""Attendee lists as they come: read, checked, and reduced to what the sum needs.

Real lists have titles above the headings, empty lines, three encodings, people who registered
twice, and cities with and without 市. What cannot be read for certain is either a fault, told by
row and all at once, or a question that a person decides. Names, telephone numbers and addresses
serve to find people who stand there twice, and are forgotten with the file.
"""

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO, StringIO
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, load_workbook

from puhui.events.city import City, Gazetteer
from puhui.events.estimate import Group
from puhui.events.travel import Mode
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_

MOST_BYTES = 10_000_000
MOST_ROWS = 50_000
MOST_PEOPLE = 1_000_000
MOST_UNPACKED = 100_000_000
"""Of a workbook, in bytes: a small file can unpack to gigabytes."""
_TITLE_LINES = 20
_LONGEST_PLACE = 60

_HEADINGS: Mapping[str, str] = {
    heading: field
    for field, headings in {
        "city": "城市 出发城市 出发地 出发地城市 所在城市 所在地 来自 来自城市"
        " 常住城市 常住地 居住城市 始发地 始发城市 城市区县 参会城市 city"
        " departurecity origin origincity from homecity"
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
_TOTALS = frozenset({"合计", "总计", "小计", "共计", "total", "sum", "subtotal"})
_RANGES = {"nights": (0, 366), "people": (1, 100_000), "sharing": (1, 60)}
_WHOLE = re.compile(r"(\d{1,6})(\.0+)?\s*(晚|夜|天|人|位|间|nights?|people|pax)?", re.I)
_DASHES = re.compile(r"[\s_\-—]+")
_BLANKS = re.compile(r"\s+")
_NO_DIGIT = re.compile(r"\D")
_NOISE = re.compile(r"[\s_\-—–.。:：、,，/\\*?？!！·]+|[(（【\[][^)）】\]]*[)）】\]]")


@dataclass(frozen=True)
class Question:
    """A place that names no city, or several, and the people who gave it."""

    written: str
    rows: tuple[int, ...]
    candidates: tuple[str, ...]
    """Codes of cities that it may mean."""
    parts: tuple["Part", ...]


@dataclass(frozen=True)
class Part:
    """A row whose city is yet to be decided."""

    row: int
    mode: Mode | None
    people: int
    nights: int | None
    sharing: int


@dataclass(frozen=True)
class AttendeeList:
    """What a file said, without anybody in it. `groups` and `questions` hold everyone once."""

    rows: int
    """Lines with people, duplicates included."""
    merged: int
    """Lines that were somebody a second time."""
    groups: tuple[Group, ...]
    questions: tuple[Question, ...]
    columns: tuple[str, ...]
    """What was understood: field names, in the file's order."""

    @property
    def people(self) -> int:
        """Return how many people it holds, undecided ones included."""
        return sum(g.people for g in self.groups) + sum(
            part.people for question in self.questions for part in question.parts
        )


@dataclass(frozen=True)
class _Person:
    row: int
    key: tuple[str, ...] | None
    place: str
    mode: Mode | None
    people: int
    nights: int | None
    sharing: int | None


def read(file: bytes, cities: Gazetteer, venue: City) -> AttendeeList:
    """Return the list in a CSV or xlsx file.

    Whoever is online, or came on foot and named no city, makes no trip: they count at the venue.

    Raises:
        Invalid: the file cannot be read, or lines are faulty; every one is named.
    """
    if len(file) > MOST_BYTES:
        raise Invalid([Fault("too_large", N_("文件超过 10 MB"), field="file")])
    table = _workbook(file) if file.startswith(b"PK\x03\x04") else _separated(_decoded(file))
    start, columns = _headings(table)
    lines, faults = _lines(table, start, columns)
    people = _once(lines, cities, faults)
    if not lines and not faults:
        faults.append(Fault("no_rows", N_("名单里没有人"), field="file"))
    if sum(person.people for person in people) > MOST_PEOPLE:
        faults.append(Fault("too_many_people", N_("总人数过多，请核对人数一列"), field="people"))
    if faults:
        raise Invalid(sorted(faults, key=lambda fault: fault.row or 0))
    groups: Counter[Group] = Counter()
    asked: dict[str, list[Part]] = {}
    for person in people:
        found = cities.find(person.place)
        if person.mode is Mode.ONLINE or (person.mode is Mode.WALK and not person.place):
            found = (venue,)
        if len(found) == 1:
            groups[Group(found[0], person.mode, 0, person.nights, person.sharing or 1)] += (
                person.people
            )
        else:
            part = Part(person.row, person.mode, person.people, person.nights, person.sharing or 1)
            asked.setdefault(person.place, []).append(part)
    return AttendeeList(
        rows=len(lines),
        merged=len(lines) - len(people),
        groups=in_order(replace(group, people=people) for group, people in groups.items()),
        questions=tuple(
            Question(
                written,
                tuple(sorted(part.row for part in parts)),
                tuple(city.code for city in cities.find(written) or cities.like(written)),
                tuple(sorted(parts, key=lambda part: part.row)),
            )
            for written, parts in sorted(asked.items())
        ),
        columns=tuple(dict.fromkeys(columns.values())),
    )


def decide(
    listed: AttendeeList, decisions: Mapping[str, City | Mapping[int, City]]
) -> AttendeeList:
    """Return the list with some questions answered: by what was written, or row by row."""
    groups: Counter[Group] = Counter()
    for group in listed.groups:
        groups[replace(group, people=0)] += group.people
    left = []
    for question in listed.questions:
        answer = decisions.get(question.written)
        open_parts = []
        for part in question.parts:
            city = answer.get(part.row) if isinstance(answer, Mapping) else answer
            if city is None:
                open_parts.append(part)
            else:
                groups[Group(city, part.mode, 0, part.nights, part.sharing)] += part.people
        if open_parts:
            rows = tuple(part.row for part in open_parts)
            left.append(replace(question, rows=rows, parts=tuple(open_parts)))
    return replace(
        listed,
        groups=in_order(replace(group, people=people) for group, people in groups.items()),
        questions=tuple(left),
    )


def in_order(groups: Iterable[Group]) -> tuple[Group, ...]:
    """Return the groups sorted, so that the order of rows leaves no trace."""
    return tuple(
        sorted(
            groups,
            key=lambda g: (
                g.city.code,
                str(g.mode or ""),
                -1 if g.nights is None else g.nights,
                g.sharing,
            ),
        )
    )


def _decoded(file: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16, or GB 18030 (which holds GBK)."""
    encoding = "utf-8-sig"
    if file.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    # Without a mark the first line's end tells: its nought stands after it, or before it.
    elif file.find(b"\n\0") % 2 == 0:
        encoding = "utf-16-le"
    elif file.find(b"\0\n") % 2 == 0:
        encoding = "utf-16-be"
    for name in (encoding, "gb18030"):
        try:
            text = file.decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
        break
    raise Invalid(
        [
            Fault(
                "unreadable",
                N_("无法识别文件：请保存为 CSV（UTF-8 或 GBK）或 xlsx"),
                field="file",
            )
        ]
    )


def _separated(text: str) -> list[list[str]]:
    """Return the cells of a text whose separator is whichever the first lines use most."""
    head = [line for line in text.splitlines()[: 2 * _TITLE_LINES] if line.strip()]
    separator = max(",;\t，；|", key=lambda mark: sum(line.count(mark) for line in head))
    try:
        return list(csv.reader(StringIO(text, newline=""), delimiter=separator))
    except csv.Error as fault:
        raise Invalid([Fault("not_csv", N_("不是有效的 CSV 文件"), field="file")]) from fault


def _workbook(file: bytes) -> list[list[str]]:
    """Return the cells of a workbook's first sheet."""
    broken = Invalid([Fault("not_xlsx", N_("不是有效的 xlsx 文件"), field="file")])
    try:
        with ZipFile(BytesIO(file)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MOST_UNPACKED:
            raise Invalid([Fault("too_large", N_("工作簿解压后过大"), field="file")])
        sheet = load_workbook(BytesIO(file)).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False, nrows=MOST_ROWS + _TITLE_LINES + 2)
    # zipfile says NotImplementedError of a version or method that it does not know.
    except (BadZipFile, CalamineError, IndexError, NotImplementedError) as fault:
        raise broken from fault
    return [[_cell(value) for value in row] for row in rows]


def _cell(value: object) -> str:
    # A workbook keeps 2 nights as 2.0 and a telephone number as 1.38e10.
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _headings(table: Sequence[Sequence[str]]) -> tuple[int, dict[int, str]]:
    """Return where the headings stand and which column holds what."""
    for place, row in enumerate(table[:_TITLE_LINES]):
        columns: dict[int, str] = {}
        for column, cell in enumerate(row):
            heading = _NOISE.sub("", unicodedata.normalize("NFKC", cell)).casefold()
            field = _HEADINGS.get(heading)
            if field is None:  # `City 城市`: the same word twice
                field = _HEADINGS.get("".join(c for c in heading if not c.isascii()))
            if field is not None and field not in columns.values():
                columns[column] = field
        if "city" in columns.values():
            return place, columns
    raise Invalid(
        [
            Fault(
                "no_city_column",
                N_("找不到出发城市一列：请把列名写成“出发城市”“城市”或“city”"),
                field="city",
            )
        ]
    )


def _lines(
    table: Sequence[Sequence[str]], start: int, columns: Mapping[int, str]
) -> tuple[list[_Person], list[Fault]]:
    """Return the lines with people on them, and what is wrong with others. Row 1 is the first."""
    lines: list[_Person] = []
    faults: list[Fault] = []
    for row, cells in enumerate(table[start + 1 :], start=start + 2):
        told = {
            field: unicodedata.normalize("NFKC", cells[column]).strip()
            for column, field in columns.items()
            if column < len(cells)
        }
        said = {field: cell for field, cell in told.items() if cell and field != "number"}
        if not said or any(cell.strip().casefold() in _TOTALS for cell in cells):
            continue
        if len(lines) == MOST_ROWS:
            faults.append(
                Fault(
                    "too_many_rows",
                    N_("超过 %(most)s 行，请分批核算"),
                    row,
                    values={"most": MOST_ROWS},
                )
            )
            break
        numbers = {
            field: _number(said.get(field, ""), field, least, most, row, faults)
            for field, (least, most) in _RANGES.items()
        }
        place = said.get("city", "")
        if province := said.get("province", said.get("country", "")):
            place = place if place.startswith(province) else f"{province} {place}".strip()
        if len(place) > _LONGEST_PLACE:
            faults.append(Fault("too_long", N_("出发城市过长"), row, "city"))
        lines.append(
            _Person(
                row=row,
                key=_key(said, cells, columns),
                place=place,
                mode=_mode(said.get("mode", ""), row, faults),
                people=numbers["people"] or 1,
                nights=numbers["nights"],
                sharing=numbers["sharing"],
            )
        )
    return lines, faults


def _number(
    cell: str, field: str, least: int, most: int, row: int, faults: list[Fault]
) -> int | None:
    """Return a whole number such as `2`, `2晚` or `3人`; None for an empty cell."""
    if not cell or cell in {"-", "—", "/"}:
        return None
    match = _WHOLE.fullmatch(cell)
    number = int(match[1]) if match and match[1].isascii() else -1
    if not least <= number <= most:
        faults.append(
            Fault(
                "not_a_number",
                N_("“%(value)s”不是 %(least)s 到 %(most)s 之间的整数"),
                row,
                field,
                {"value": cell[:40], "least": least, "most": most},
            )
        )
        return None
    return number


def _mode(cell: str, row: int, faults: list[Fault]) -> Mode | None:
    plain = _DASHES.sub("", cell).casefold()
    if not plain or plain in {"未知", "待定", "不详", "其他", "unknown", "tbd", "other", "/"}:
        return None
    mode = _MODES.get(plain)
    if mode is None:
        faults.append(
            Fault(
                "unknown_mode",
                N_("不认识交通方式“%(value)s”"),
                row,
                "mode",
                {"value": cell[:40]},
            )
        )
    return mode


def _key(
    said: Mapping[str, str], cells: Sequence[str], columns: Mapping[int, str]
) -> tuple[str, ...] | None:
    """Return what two lines about the same person have in common; None if nothing tells.

    One telephone may stand for a whole delegation, so it counts together with the name.
    """
    name = _BLANKS.sub("", said.get("name", "")).casefold()
    phone = _NO_DIGIT.sub("", said.get("phone", ""))[-11:]
    if len(phone) >= 7:
        return "phone", phone, name
    if "@" in (email := said.get("email", "").casefold()):
        return "email", email, name
    if name:
        number = next((column for column, field in columns.items() if field == "number"), None)
        return (
            "line",
            *(
                unicodedata.normalize("NFKC", cell).strip()
                for column, cell in enumerate(cells)
                if column != number
            ),
        )
    return None


def _once(lines: Iterable[_Person], cities: Gazetteer, faults: list[Fault]) -> list[_Person]:
    """Return everybody once; a fault for each who says two different things."""
    people: dict[tuple[str, ...], _Person] = {}
    single: list[_Person] = []
    for line in lines:
        known = None if line.key is None else people.get(line.key)
        if line.key is None:
            single.append(line)
        elif known is None:
            people[line.key] = line
        elif field := _differs(known, line, cities):
            faults.append(
                Fault(
                    "duplicate_differs",
                    N_("与第 %(other)s 行是同一人，但内容不同：请保留正确的一行"),
                    line.row,
                    field,
                    {"other": known.row},
                )
            )
        else:
            people[line.key] = _joined(known, line, cities)
    return [*single, *people.values()]


def _differs(one: _Person, other: _Person, cities: Gazetteer) -> str | None:
    """Return the field in which two lines about one person contradict each other."""
    for field in ("mode", "nights", "sharing"):
        told = {getattr(one, field), getattr(other, field)} - {None}
        if len(told) > 1:
            return field
    if one.people != other.people:
        return "people"
    if one.place and other.place and one.place != other.place:
        places = [{city.code for city in cities.find(p.place)} for p in (one, other)]
        if len(places[0] & places[1]) != 1:
            return "city"
    return None


def _joined(one: _Person, other: _Person, cities: Gazetteer) -> _Person:
    """Return the two lines as one: what either says, and the clearer of two names of a place."""
    clearest = min(
        (one.place, other.place),
        key=lambda place: (not place, len(cities.find(place)) != 1, place),
    )
    return replace(
        one,
        row=min(one.row, other.row),
        place=clearest,
        mode=one.mode or other.mode,
        nights=one.nights if one.nights is not None else other.nights,
        sharing=one.sharing or other.sharing,
    )
