"""Badges and levels: from verified records alone, and gone when those are taken back."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from puhui.db.session import snapshot, transaction
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.rewards.badge import (
    Deed,
    Mark,
    Measure,
    Record,
    badges,
    honours,
    in_force,
    levels,
)
from puhui.rewards.queries.honours import own_honours
from puhui.rewards.service import awards, reversals
from tests.makers.identity import SignedIn, person
from tests.makers.rewards import planted, reviewed, rulebook

TODAY = date(2026, 3, 12)


def planting(day: int, trees: int, species: str = "camphor", year: int = 2026) -> Record:
    return Record(Deed.PLANTING, date(year, 3, day), trees, trees * 20, species)


def reached(records: list[Record]) -> dict[str, date]:
    found = honours(records, badges(), levels(), TODAY)
    return {one.mark.key: one.on for one in found.badges if one.on is not None}


def test_a_badge_carries_the_day_that_reached_it() -> None:
    assert reached([]) == {}
    assert reached([planting(3, 1), planting(1, 1), planting(2, 1)]) == {
        "first_tree": date(2026, 3, 1),
        "duty_done": date(2026, 3, 3),
    }


def test_badges_count_species_years_hours_and_living_trees() -> None:
    records = [
        planting(1, 1, "fir", 2024),
        planting(1, 1, "camphor", 2025),
        planting(1, 1, "schima"),
        Record(Deed.TENDING, date(2026, 3, 2), 5, 100),
        Record(Deed.VOLUNTEERING, date(2026, 3, 3), 3, 60),
        Record(Deed.SURVIVAL, date(2026, 3, 4), 3, 15),
    ]
    assert set(reached(records)) == {
        "first_tree", "duty_done", "many_kinds", "third_year", "still_alive", "caretaker",
    }  # fmt: skip


def test_levels_follow_the_points_of_verified_deeds() -> None:
    for points, level, ahead in (
        (19, None, "seed"),
        (20, "seed", "sprout"),
        (4000, "forest", None),
    ):
        records = [Record(Deed.RECYCLING, TODAY, 1, points)]
        found = honours(records, badges(), levels(), TODAY)
        assert (found.level and found.level.mark.key) == level
        assert (found.next_level and found.next_level.mark.key) == ahead


def test_a_later_version_counts_from_its_day() -> None:
    old = Mark("x", "1", Measure.TREES, 1, date(2026, 1, 1), "甲", "A", "…", "…")
    new = Mark("x", "2", Measure.TREES, 9, date(2026, 3, 13), "甲", "A", "…", "…")
    assert in_force([old, new], TODAY) == [old]
    assert in_force([old, new], date(2026, 3, 13)) == [new]


def test_every_mark_that_ships_says_what_it_asks_for() -> None:
    for mark in (*badges(), *levels()):
        assert f"{mark.at_least}" in mark.says_zh.replace(",", ""), mark


@pytest.mark.usefixtures("noon")
def test_a_badge_goes_with_the_record_and_money_buys_none(client, settle) -> None:
    rulebook()
    li: SignedIn = person("李雷")
    wang = person("王芳", ("核查中心", Role.VERIFIER))
    with transaction() as session:
        for _ in range(9):
            awards.award_purchase(session, uuid4(), uuid4(), li.person_id, clock.now())
    assert client.get("/api/honours", headers=li.headers).json["level"] is None
    reviewed(wang, planted(li, 3))
    settle()

    def own():
        with snapshot() as session:
            return own_honours(session, li.actor, TODAY)

    assert own().level.mark.key == "seed"
    client.set_cookie("puhui_session", li.token)
    assert "三棵成荫" in client.get("/honours").text
    assert "Three trees" in client.get("/honours?lang=en").text
    with transaction() as session:
        award_id = session.scalar(
            text("SELECT award_id FROM rewards_award WHERE cause_kind = 'planting'")
        )
        reversals.reverse(
            session, uuid4(), UUID(str(award_id)), li.person_id, reason="doubted", now=clock.now()
        )
    assert (own().level, [one.mark for one in own().badges if one.is_reached]) == (None, [])
