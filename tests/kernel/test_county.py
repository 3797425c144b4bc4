"""Counties: everyone can read where something is, and find it by either name."""

import re

from puhui.kernel.county import counties, counties_called, county_meant, county_name, county_written

CITIES_OF_FUJIAN = {f"350{number}00" for number in range(1, 10)}


def test_every_county_has_a_name_for_people_who_read_no_chinese() -> None:
    known = counties().values()
    bad = [one for one in known if not re.fullmatch(r"[A-Z][a-z']+(?: [A-Za-z']+)*", one.name_en)]
    assert bad == []
    districts = [one for one in known if one.city == "350100" and one.name_zh.endswith("区")]
    assert all(one.name_en.endswith(" District") for one in districts)


def test_no_two_counties_of_a_city_are_written_alike() -> None:
    pairs = [(one.city, one.name_en) for one in counties().values()]
    assert len(set(pairs)) == len(pairs)


def test_fujians_counties_are_written_as_they_write_themselves() -> None:
    fujian = {one.name_zh: one.name_en for one in counties().values() if one.code[:2] == "35"}
    assert {one.city for one in counties().values() if one.code[:2] == "35"} == CITIES_OF_FUJIAN
    assert len(fujian) == 84  # 31 districts, 11 cities and 42 counties
    told = (
        "晋安区",
        "武夷山市",
        "永春县",
        "上杭县",
        "长汀县",
        "霞浦县",
        "漳平市",
        "建瓯市",
        "诏安县",
    )
    assert [fujian[name] for name in told] == [
        "Jin'an District", "Wuyishan", "Yongchun", "Shanghang", "Changting", "Xiapu", "Zhangping",
        "Jian'ou", "Zhao'an",
    ]  # fmt: skip


def test_a_place_is_read_as_its_people_say_it() -> None:
    """Characters of two readings, and names that are not Chinese in the first place."""
    told = {
        "331082": "Linhai", "330382": "Yueqing", "130225": "Laoting", "140428": "Zhangzi",
        "220104": "Chaoyang District", "540121": "Lhunzhub", "653101": "Kashgar",
        "152501": "Erenhot", "361124": "Yanshan", "131025": "Daicheng",
    }  # fmt: skip
    for code, name in told.items():
        assert counties()[code].name_en == name


def test_a_county_is_found_by_either_name_or_its_code() -> None:
    assert counties_called("将乐") == counties_called("jiangle") == {"350428"}
    assert counties_called("350428") == {"350428"}
    assert county_name("350428") == "将乐县"
    found = county_written("将乐县", "350400")
    assert found is not None
    assert found.name_en == "Jiangle"
    assert county_written("将乐县", "350100") is None


def test_one_county_is_meant_by_its_name_and_none_by_a_name_of_several() -> None:
    assert {county_meant(told) for told in ("将乐县", "将乐", " Jiangle ", "350428")} == {"350428"}
    assert county_meant("鼓楼区") == "鼓楼区"
    assert county_meant("没有的县") == "没有的县"
