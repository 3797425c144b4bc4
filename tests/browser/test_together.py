"""On a phone, in both languages: teams, rankings, badges and the schematic map can be used."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from puhui.db.session import transaction
from puhui.identity.purpose import Purpose
from puhui.kernel import clock
from puhui.rewards.service import awards, standings
from puhui.rewards.service.awards import Cause
from tests.makers.browser import sign_in
from tests.makers.identity import person
from tests.makers.rewards import base, rulebook
from tests.makers.team import agreed, code_of, joined, team


def test_pages_of_planting_together_fit_a_phone(
    page: Page, live: str, accessible: Callable[[Page], None]
) -> None:
    rulebook()
    li, pupil = person("李雷"), person("小明", birth_year=2010)
    with transaction() as session:
        done = Cause("tending", li.person_id, li.person_id, 3, clock.day_of(clock.now()))
        awards.award(session, done, clock.now())
    for purpose in (Purpose.RANKING, Purpose.TEAM):
        agreed(li, purpose)
    with transaction() as session:
        standings.recount_person(session, li.person_id, clock.now())
        standings.recount_places(session, clock.now())
    team_id = team(li, asks_first=True)
    joined(pupil, team_id)
    sign_in(page, li)
    for language, first in (("zh", "您排第 1 名"), ("en", "You are number 1")):
        page.goto(f"/rankings?period=all&lang={language}")
        expect(page.get_by_text(first)).to_be_visible()
        accessible(page)
        for address in (
            "/statistics", "/honours", "/teams", "/teams/new", f"/teams/{team_id}",
            f"/join/{code_of(team_id)}", f"/bases/{base()}/poster",
        ):  # fmt: skip
            page.goto(address)
            accessible(page)
    page.goto(f"/teams/{team_id}")
    page.get_by_role("button", name="Agree").tap()
    expect(page.get_by_text("小明")).to_be_visible()
    expect(page.get_by_text("Who wants to join")).to_have_count(0)


def test_a_citys_name_fits_its_tile_in_both_languages(page: Page, live: str) -> None:
    for language in ("zh", "en"):
        page.goto(f"/statistics?lang={language}")
        spare = page.locator(".map g").evaluate_all(
            "all => all.map(one => one.querySelector('rect').getBBox().width"
            " - one.querySelector('text').getBBox().width)"
        )
        assert len(spare) == 9  # the prefecture-level cities of Fujian
        assert min(spare) > 4, (language, spare)
