"""On a phone: points are redeemed, the code is shown and used up at the desk, points are given."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from puhui.rewards.offer import Delivery
from tests.makers.browser import follow
from tests.makers.identity import SignedIn
from tests.makers.rewards import rulebook
from tests.makers.shop import buyer, cause, clerk, has, offered, operator


def test_a_buyer_redeems_and_the_desk_hands_over(
    live: str, context: BrowserContext, page: Page, accessible: Callable[[Page], None]
) -> None:
    def sign_in(who: SignedIn) -> None:
        context.add_cookies([{"name": "puhui_session", "value": who.token, "url": live}])

    rulebook()
    li, staff, clerical = buyer(), clerk(), operator()
    offered()
    offered(delivery=Delivery.SENT, county_code=None, name_zh="竹杯一只")
    offered(published=False, name_zh="待审的竹梳")
    cause()
    sign_in(li)
    page.goto("/shop")
    accessible(page)
    follow(page, page.get_by_role("link", name="竹牙刷一支"))
    accessible(page)
    follow(page, page.get_by_role("link", name="兑换", exact=True))
    accessible(page)
    page.get_by_role("button", name="用 40 积分兑换").click()
    expect(page.get_by_role("img", name="兑换码二维码")).to_be_visible()
    accessible(page)
    code = page.locator("code").inner_text()
    assert has(li) == 60
    page.goto("/shop")
    page.get_by_role("link", name="竹杯一只").click()
    follow(page, page.get_by_role("link", name="兑换", exact=True))
    accessible(page)
    page.goto("/causes")
    page.get_by_role("link", name="闽江源巡护").click()
    page.get_by_label("捐多少积分").fill("10")
    accessible(page)
    page.get_by_role("button", name="捐出").click()
    expect(page.get_by_role("heading", name="积分捐赠证书")).to_be_visible()
    accessible(page)

    sign_in(staff)
    page.goto("/partners")
    page.get_by_label("兑换码").fill(code)
    page.get_by_role("button", name="核销并交付").click()
    expect(page.get_by_role("status")).to_contain_text("请交付：竹牙刷一支")
    accessible(page)
    for name in ("对账单", "兑换台", "我们的兑换品"):
        page.get_by_role("main").get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
        accessible(page)
    follow(page, page.get_by_role("link", name="提供兑换品"))
    accessible(page)
    sign_in(clerical)
    for address in ("/shop/offers", "/causes/new", "/point-totals"):
        page.goto(address)
        accessible(page)
