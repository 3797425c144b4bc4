"""On a phone: the tree's page with its timeline and range, the duty's book and its certificate."""

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from puhui.kernel.actor import Role
from puhui.rewards.survival import DeathCause, Stage
from tests.makers.duty import certified
from tests.makers.identity import again, person
from tests.makers.rewards import planted, reviewed, rulebook
from tests.makers.survival import later, surveyed


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_tree_shows_its_life_and_a_duty_its_certificate(
    page: Page,
    live: str,
    noon: datetime,
    context: BrowserContext,
    settle: Callable[[], None],
    accessible: Callable[[Page], None],
    language: str,
) -> None:
    rulebook()
    li = person("李雷")
    wang = person("王芳", ("核查中心", Role.VERIFIER))
    planting_id = planted(li, 10)
    reviewed(wang, planting_id)
    code = certified(li, wang)
    settle()
    surveyed(wang, planting_id, 10, Stage.DAY_1)
    settle()
    with later(365):
        surveyed(wang, planting_id, 8, deaths={DeathCause.DROUGHT: 2}, size=("2.1", "2.4"))
        settle()
        li = again(li)
        _look(page, context, live, li, f"/plantings/{planting_id}", code, accessible, language)


def _look(page, context, live, li, tree, code, accessible, language) -> None:
    context.add_cookies(
        [
            {"name": "puhui_session", "value": li.token, "url": live},
            {"name": "lang", "value": language, "url": live},
        ]
    )
    page.goto(f"{tree}?lang={language}")
    expect(page.locator("ol.life li.done")).to_have_count(3)
    expect(page.locator("svg.stand .lives")).to_have_count(8)
    expect(page.locator("svg.stand .gone")).to_have_count(2)
    expect(page.locator("figure.chart svg.bar")).to_have_count(1)
    expect(page.locator(".range-figure")).to_contain_text("–")
    page.locator("summary").click()
    accessible(page)
    for address in ("/duty", "/duty/new", "/duty/parameters", f"/d/{code}"):
        page.goto(f"{address}?lang={language}")
        accessible(page)
    page.goto(f"{tree}/survey?stage=incident&lang={language}")
    accessible(page)
