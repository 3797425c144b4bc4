"""Attendee lists as they come."""

from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest

from puhui.events.attendee_list import Reading, decide, read
from puhui.events.city import gazetteer
from puhui.events.estimate import Group
from puhui.events.travel import Mode, bands, guess_mode
from puhui.kernel.errors import Invalid

CITIES = gazetteer()
SANMING = CITIES.by_code("350400")
FUZHOU, XIAMEN = CITIES.by_code("350100"), CITIES.by_code("350200")


def listed(text: str, encoding: str = "utf-8"):
    return read(text.encode(encoding), CITIES, SANMING)


def faults(file: bytes | str) -> list[tuple[int | None, str | None, str]]:
    with pytest.raises(Invalid) as refusal:
        read(file if isinstance(file, bytes) else file.encode(), CITIES, SANMING)
    return [(fault.row, fault.field, fault.code) for fault in refusal.value.faults]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("三明", "三明市"),
        ("福建省三明市", "三明市"),
        ("福建 · 三明市沙县区", "三明市"),
        ("将乐县", "三明市"),
        ("Sanming City", "三明市"),
        ("Fuzhou, Fujian", "福州市"),
        ("Xi'an", "西安市"),
        ("义乌", "金华市"),
        ("内蒙古呼和浩特", "呼和浩特市"),
        ("恩施", "恩施土家族苗族自治州"),
        ("北京市朝阳区", "北京市"),
        ("Zürich", "苏黎世"),
        ("XMN", "厦门市"),
        ("厦门北站", "厦门市"),
        ("上海虹桥", "上海市"),
        ("Xiamen Gaoqi International Airport", "厦门市"),
        ("Quanzhou city, Fujian Province", "泉州市"),
        ("London, U.K.", "伦敦"),
        ("Hong Kong SAR", "香港"),
    ],
)
def test_a_city_is_found_however_it_is_written(written: str, found: str) -> None:
    assert [city.name_zh for city in CITIES.find(written)] == [found]


@pytest.mark.parametrize(
    ("written", "candidates"),
    [
        ("Fuzhou", {"福州市", "抚州市"}),
        ("鼓楼区", {"福州市", "南京市", "徐州市", "开封市"}),
        ("朝阳", {"朝阳市", "北京市", "长春市"}),
        ("吉林", {"吉林市", "长春市"}),
        ("福建", set()),
        ("厦们", set()),
        ("福州/厦门", {"福州市", "厦门市"}),
        ("福州厦门", {"福州市", "厦门市"}),
        ("London, Japan", set()),
    ],
)
def test_what_names_no_city_or_several_is_not_guessed(written: str, candidates: set[str]) -> None:
    assert {city.name_zh for city in CITIES.find(written)} == candidates


def test_a_misspelt_city_has_suggestions() -> None:
    assert [city.name_zh for city in CITIES.like("厦们")] == ["厦门市"]
    assert "厦门市" in {city.name_zh for city in CITIES.like("Xaimen")}


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"],
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encoding_and_separator_are_found_out(encoding: str, separator: str) -> None:
    text = "序号,姓名,City 城市,交通方式\n1,张三,福州市,高铁\n".replace(",", separator)
    assert listed(text, encoding).groups == (Group(FUZHOU, Mode.HIGH_SPEED_RAIL, 1),)


def test_titles_blank_lines_and_sums_are_not_people() -> None:
    text = "2026年会名单,,\n\n姓名,From（出发城市）,人数\n,,\n张三,福州,2\n ,,\n合计,,2\n"
    found = listed(text)
    assert (found.rows, found.people) == (1, 2)


def test_headings_come_in_any_order_and_either_language() -> None:
    found = listed("Nights,Mode of transport,Origin,Name\n2,plane,Xiamen,Li Lei\n")
    assert found.groups == (Group(XIAMEN, Mode.AIR, 1, 2),)
    assert found.columns == ("nights", "mode", "city", "name")


def test_somebody_who_registered_twice_is_one_person_with_all_they_said() -> None:
    head = "姓名,手机,城市,交通方式,晚数\n"
    found = listed(head + "张三,+86 138-0000-0001,福州,,2\n张三,13800000001,福州市,高铁,\n")
    assert found.groups == (Group(FUZHOU, Mode.HIGH_SPEED_RAIL, 1, 2),)
    assert (found.rows, found.merged) == (2, 1)


def test_one_telephone_may_stand_for_a_delegation() -> None:
    found = listed("姓名,手机,城市\n张三,13800000001,福州\n李四,13800000001,厦门\n")
    assert (found.people, found.merged) == (2, 0)


def test_namesakes_are_merged_only_when_the_whole_line_is_the_same() -> None:
    found = listed("序号,姓名,单位,城市\n1,王伟,甲,福州\n2,王伟,乙,福州\n3,王伟,甲,福州\n")
    assert (found.people, found.merged) == (2, 1)


def test_lines_without_anything_personal_are_all_people() -> None:
    assert listed("城市\n福州\n福州\n").people == 2


def test_a_person_who_says_two_things_is_asked_about_by_row() -> None:
    text = "姓名,手机,城市,晚数\n张三,13800000001,福州,1\n张三,13800000001,厦门,1\n"
    assert faults(text) == [(3, "city", "duplicate_differs")]
    assert faults(text.replace("厦门,1", "福州,2")) == [(3, "nights", "duplicate_differs")]


def test_faults_of_all_lines_are_told_together_in_order() -> None:
    text = "城市,交通方式,晚数,人数\n福州,火箭,1,1\n厦门,高铁,两,0\n泉州,,-1,1.5\n"
    assert faults(text) == [
        (2, "mode", "unknown_mode"),
        (3, "nights", "not_a_number"),
        (3, "people", "not_a_number"),
        (4, "nights", "not_a_number"),
        (4, "people", "not_a_number"),
    ]


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (b"", "no_city_column"),
        ("姓名,电话\n张三,1\n".encode(), "no_city_column"),
        ("城市\n".encode(), "no_rows"),
        (b"\xff\x00\x01\x02", "unreadable"),
        ("城市\n福\0州\n".encode(), "unreadable"),
        (b"PK\x03\x04 not a workbook", "not_xlsx"),
        (("城市\n" + "福州\n" * 50_001).encode(), "too_many_rows"),
        (b"x" * 10_000_001, "too_large"),
    ],
)
def test_what_is_not_a_list_is_refused_with_a_reason(file: bytes, code: str) -> None:
    assert [found[2] for found in faults(file)] == [code]


def test_a_workbook_that_unpacks_to_gigabytes_is_not_unpacked() -> None:
    file = BytesIO()
    with ZipFile(file, "w", 8) as archive:
        for sheet in range(2):
            archive.writestr(f"xl/worksheets/sheet{sheet}.xml", b" " * 60_000_000)
    assert [found[2] for found in faults(file.getvalue())] == ["too_large"]


def test_numbers_of_a_workbook_are_read_as_they_were_meant() -> None:
    book, file = openpyxl.Workbook(), BytesIO()
    for row in (
        ["姓名", "手机", "城市", "晚数"],
        ["张三", 13800000001, "福州", 2],
        ["张三", "13800000001", "福州", None],
    ):
        book.active.append(row)
    book.save(file)
    found = read(file.getvalue(), CITIES, SANMING)
    assert (found.groups, found.merged) == ((Group(FUZHOU, None, 1, 2),), 1)


def test_the_same_people_are_found_in_a_workbook_as_in_a_text() -> None:
    rows = [
        ["三明年会", "", "", "", ""],
        ["姓名", "手机", "出发城市", "交通方式", "住宿晚数"],
        ["张三", "13800000001", "上海", "高铁", "2"],
        ["李四", "13800000002", "Xiamen", "plane", "1晚"],
        ["张三", "13800000001", "上海市", "", ""],
        ["王五", "13800000003", "厦们", "自驾", ""],
    ]
    book, file = openpyxl.Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    text = "\n".join(",".join(row) for row in rows)
    found = read(file.getvalue(), CITIES, SANMING)
    assert found == listed(text, "gb18030") == listed(text, "utf-16-le")
    assert (found.rows, found.merged, found.people) == (4, 1, 3)
    assert [question.written for question in found.questions] == ["厦们"]


def test_a_decision_may_differ_from_row_to_row() -> None:
    asked = listed("城市\nFuzhou\nFuzhou\nFuzhou\n")
    (question,) = asked.questions
    assert (question.rows, question.candidates) == ((2, 3, 4), ("350100", "361000"))
    some = decide(asked, {"Fuzhou": {2: FUZHOU, 4: CITIES.by_code("361000")}})
    assert [q.rows for q in some.questions] == [(3,)]
    done = decide(some, {"Fuzhou": FUZHOU})
    assert done.questions == ()
    assert [(group.city.code, group.people) for group in done.groups] == [
        ("350100", 2),
        ("361000", 1),
    ]
    assert done.people == asked.people == 3


def test_people_online_make_no_trip_wherever_they_are() -> None:
    (group,) = listed("城市,交通方式\n,线上\n").groups
    assert (group.city, group.mode) == (SANMING, Mode.ONLINE)


def test_an_untold_mode_is_guessed_by_published_bands() -> None:
    def guess(code: str) -> Mode:
        return guess_mode(CITIES.by_code(code), SANMING, bands())

    assert guess("350400") is Mode.WALK
    assert guess("420100") is Mode.HIGH_SPEED_RAIL  # Wuhan, 583 km
    assert guess("510100") is Mode.AIR  # Chengdu, 1,412 km
    assert guess("tw-taipei") is Mode.AIR  # 400 km, but over the sea
    assert guess("hk-hong-kong") is Mode.HIGH_SPEED_RAIL
    assert all("doi:" in band.source for band in bands())


@pytest.mark.parametrize(
    ("written", "mode"),
    [
        ("高铁二等座", Mode.HIGH_SPEED_RAIL),
        ("D6501", Mode.HIGH_SPEED_RAIL),
        ("High-speed train", Mode.HIGH_SPEED_RAIL),
        ("K528", Mode.RAIL),
        ("飞机（经济舱）", Mode.AIR),
        ("MF8101", Mode.AIR),
        ("By plane", Mode.AIR),
        ("单位包车前往", Mode.COACH),
        ("腾讯会议", Mode.ONLINE),
        ("其它", None),
    ],
)
def test_a_mode_is_understood_however_it_is_said(written: str, mode: Mode | None) -> None:
    assert [group.mode for group in listed(f"城市,交通方式\n福州,{written}\n").groups] == [mode]


def test_two_modes_in_one_cell_are_not_guessed_between() -> None:
    assert faults("城市,交通方式\n福州,自驾+高铁\n") == [(2, "mode", "unknown_mode")]


def test_questions_of_a_form_are_headings_too_and_the_way_back_is_not_the_way_here() -> None:
    found = listed(
        "您的姓名\t返程交通方式\t您从哪个城市出发？\t您的出行方式（单选）\t是否住宿\n"
        "张三\t飞机\t福州\t高铁/动车\t是\n"
    )
    assert found.groups == (Group(FUZHOU, Mode.HIGH_SPEED_RAIL, 1),)


def test_a_title_that_speaks_of_cities_is_no_heading() -> None:
    found = listed("2026 全国城市论坛参会名单,,\n姓名,出发城市,晚数\n张三,福州,1\n")
    assert found.groups == (Group(FUZHOU, None, 1, 1),)


def test_sums_and_remarks_at_the_end_are_not_people() -> None:
    text = (
        "姓名,出发城市,晚数\n张三,福州,１\n,,\n合计：1人,,1\n共 1 人,,\n"
        "备注：请于 3 月 1 日前报送,,\n制表人：王五,,日期：2026\n"
    )
    found = listed(text, "gb18030")
    assert (found.rows, found.groups) == (1, (Group(FUZHOU, None, 1, 1),))


def test_the_sheet_that_holds_a_list_is_found_and_merged_cells_speak_for_each_row() -> None:
    book, file = openpyxl.Workbook(), BytesIO()
    book.active.append(["填表说明"])
    sheet = book.create_sheet("名单")
    for row in (
        ["姓名", "出发城市", "人数"],
        ["张三", "福州", 1],
        ["李四", None, 1],
        ["王五", "厦门", 1],
    ):
        sheet.append(row)
    sheet.merge_cells("B2:B3")
    book.save(file)
    found = read(file.getvalue(), CITIES, SANMING)
    assert [(group.city.name_zh, group.people) for group in found.groups] == [
        ("福州市", 2),
        ("厦门市", 1),
    ]
    # Three people on two lines: whether that is three or four is for a person to say.
    sheet["C2"] = 3
    sheet.merge_cells("C2:C3")
    file = BytesIO()
    book.save(file)
    assert faults(file.getvalue()) == [(2, "people", "merged_people")]


def test_a_list_read_in_parts_is_the_same_list() -> None:
    text = "姓名,手机,城市\n" + "".join(
        f"代表{number % 40},1380000{number % 40:04d},{'福州' if number % 2 else '厦们'}\n"
        for number in range(100)
    )
    reading = Reading(text.encode(), CITIES, SANMING)
    while reading.done < reading.length:
        reading.go_on(7)
    assert reading.finished() == listed(text)
