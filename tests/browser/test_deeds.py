"""On a phone: deeds, the desk for them, corrections and public counts can be read by everyone."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from puhui.kernel.actor import Role
from tests.makers.identity import person
from tests.makers.rewards import rulebook


def test_pages_of_points_fit_a_phone_and_can_be_read(
    live: str, context: BrowserContext, page: Page, accessible: Callable[[Page], None]
) -> None:
    rulebook()
    who = person("赵敏", ("平台", Role.OPERATOR), ("平台", Role.VERIFIER))
    context.add_cookies([{"name": "puhui_session", "value": who.token, "url": live}])
    for address, heading in (
        ("/deeds", "我的绿色行为"),
        ("/deeds/new", "申报绿色行为"),
        ("/deeds/waiting", "核查申报"),
        ("/adjustments", "人工更正积分"),
        ("/point-totals", "积分公开统计"),
    ):
        page.goto(address)
        expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
        accessible(page)
