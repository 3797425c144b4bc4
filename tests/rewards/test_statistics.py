"""Counts by city: nobody singled out, neither by a cell nor by a total less the rest."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from puhui.kernel.actor import Role
from puhui.rewards.city import cities
from puhui.rewards.statistic import Counted, added, by_city, by_year, shown, tiles
from puhui.rewards.survival import DeathCause
from tests.makers.identity import person
from tests.makers.rewards import planted, reviewed, rulebook
from tests.makers.survival import later, surveyed

AT = datetime(2026, 3, 12, 4, tzinfo=UTC)
FUJIAN = cities()["350000"]
SANMING = Counted("350400", 2026, 6, 20, 10, 9, 400, 5, 5, AT)


def test_fewer_than_five_people_are_not_shown() -> None:
    assert shown(replace(SANMING, people=4)) is None
    cell = shown(replace(SANMING, checked_people=4))
    assert cell is not None
    assert (cell.trees, cell.planted, cell.survival_percent) == (20, None, None)
    whole = shown(SANMING)
    assert whole is not None
    assert whole.survival_percent == 90


@given(
    st.lists(
        st.builds(
            Counted,
            st.sampled_from([city.code for city in FUJIAN]),
            st.sampled_from([2025, 2026]),
            st.integers(1, 9), st.integers(1, 99), st.integers(0, 9), st.integers(0, 9),
            st.integers(1, 99), st.integers(1, 9), st.integers(0, 9), st.just(AT),
        ),
        max_size=18,
        unique_by=lambda one: (one.city, one.year),
    )
)  # fmt: skip
def test_a_total_is_what_is_shown_and_so_tells_nothing_of_what_is_not(counts) -> None:
    visible = [one for one in counts if one.people >= 5]
    for lines in (by_city(counts, FUJIAN, None), by_year(counts, FUJIAN)):
        total = added(line.cell for line in lines)
        assert (total.trees if total else 0) == sum(one.trees for one in visible)
        assert (total.people if total else 0) == sum(one.people for one in visible)


def test_the_map_has_one_tile_a_city_and_no_two_on_one_place() -> None:
    assert sorted(city.name_zh for city in FUJIAN) == sorted(
        ["福州", "厦门", "莆田", "三明", "泉州", "漳州", "南平", "龙岩", "宁德"]
    )
    assert len({(city.column, city.row) for city in FUJIAN}) == 9
    rich = replace(SANMING, city="350100", trees=100)
    drawn = tiles(by_city([SANMING, rich], FUJIAN, 2026), FUJIAN, 100)
    assert {tile.city.name_en: tile.shade for tile in drawn if tile.shade} == {
        "Sanming": 1, "Fuzhou": 5,
    }  # fmt: skip


@pytest.mark.usefixtures("noon")
def test_everyone_sees_what_five_people_have_planted_as_page_json_and_csv(
    client, settle, database: Engine
) -> None:
    rulebook()
    wang = person("王芳", ("核查中心", Role.VERIFIER))
    names = [planted(person(f"市民{n}"), 2) for n in range(5)]
    for one in names:
        reviewed(wang, one)
    settle()
    with later(365):
        for one in names:
            surveyed(wang, one, 1, deaths={DeathCause.DROUGHT: 1})
        settle()
    (item,) = client.get("/api/statistics").json["items"]
    assert {key: item[key] for key in ("name_zh", "year", "trees", "points", "people")} == {
        "name_zh": "三明", "year": 2026, "trees": 10, "points": 200, "people": 5,
    }  # fmt: skip
    assert (item["checked_trees"], item["alive"]) == (10, 5)
    (county,) = client.get("/api/rankings/counties").json["entries"]
    assert (county["name"], county["score"], county["people"]) == ("将乐县", 10, 5)
    page = client.get("/statistics").text
    assert "示意图" in page
    assert "50%" in page
    csv = client.get("/statistics.csv").text
    assert csv.splitlines()[1] == "350400,三明,2026,5,10,200,5,10,5"
    assert "Sanming: 10 trees" in client.get("/statistics?lang=en").text
    assert client.get("/statistics?province=110000").status_code == 404
    assert client.get("/api/statistics?province=110000").status_code == 422
    # One person fewer, and nothing of it is shown anywhere.
    with database.begin() as connection:
        connection.execute(text("UPDATE rewards_city_year SET people = 4"))
    assert client.get("/api/statistics").json["items"][0]["trees"] is None
    assert "2026,,,,,," in client.get("/statistics.csv").text
    assert "50%" not in client.get("/statistics").text
