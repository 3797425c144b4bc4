"""The pages that every visitor meets, in a real browser on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from puhui.kernel.actor import Role
from tests.makers.browser import sign_in
from tests.makers.identity import person

Check = Callable[[Page], None]


def test_the_front_page_says_what_puhui_is_and_leads_on(page: Page, accessible: Check) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "种下的树、手中的竹、开过的会，都有一笔明白账"
    )
    main = page.get_by_role("main")
    for text, address in (
        ("记一次植树", "/plantings/new"),
        ("查看碳标签", "/labels"),
        ("办一场会议", "/events/new"),
        ("打开公开登记簿", "/register"),
        ("阅读接口文档", "/api/docs"),
    ):
        expect(main.get_by_role("link", name=text).last).to_have_attribute("href", address)
    accessible(page)


def test_the_language_is_switched_by_a_link_and_stays(page: Page, accessible: Check) -> None:
    page.goto("/?from=poster")
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url("/?from=poster&lang=en")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Trees planted")
    accessible(page)
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


def test_an_address_that_is_none_leads_back(page: Page, accessible: Check) -> None:
    answer = page.goto("/unheard-of")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("没有找到")
    accessible(page)
    page.get_by_role("link", name="回到首页").click()
    expect(page).to_have_url("/")


def test_who_uses_a_keyboard_can_skip_to_the_content(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="跳到正文")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_front_page_fits_every_screen(page: Page, accessible: Check, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for language in ("zh", "en"):
        page.goto(f"/?lang={language}")
        accessible(page)


def test_the_documentation_is_shown_without_asking_anybody_else(page: Page) -> None:
    page.goto("/api/docs")
    expect(page.locator("#swagger-ui .info .title")).to_contain_text("Puhui")
    expect(page.locator("#swagger-ui .errors-wrapper")).to_have_count(0)


def test_everyone_finds_their_own_desks(page: Page, accessible: Check) -> None:
    sign_in(page, person("韩梅梅", ("常口村", Role.VERIFIER)))
    answer = page.goto("/")
    assert answer is not None
    assert answer.headers["cache-control"] == "no-store"
    desk = page.get_by_role("navigation", name="我的事务")
    expect(desk.get_by_role("link")).to_have_text(
        [
            *("积分", "商城", "植树记录", "尽责", "团队"),
            *("植树核查", "成活核查", "领取核查", "足迹核查"),
        ]
    )
    accessible(page)
    page.context.clear_cookies()
    page.goto("/")
    expect(desk).to_have_count(0)
    expect(page.get_by_role("link", name="登录")).to_be_visible()


def test_no_link_of_the_front_page_is_dead(page: Page, live: str) -> None:
    operator = person("王芳", *(("常口村", role) for role in Role if role is not Role.CITIZEN))
    sign_in(page, operator)
    page.goto("/")
    addresses = {link.get_attribute("href") for link in page.locator("a[href^='/']").all()}
    assert len(addresses) > 12
    dead = [a for a in sorted(addresses) if page.request.get(f"{live}{a}").status != 200]
    assert dead == []


def test_every_part_is_one_touch_from_the_front_page(page: Page) -> None:
    page.goto("/")
    everything = page.get_by_role("navigation", name="全部栏目")
    for name in ("积分商城", "团队", "植树场次", "公开统计", "排行", "公开登记簿", "碳信用项目"):
        expect(everything.get_by_role("link", name=name, exact=True)).to_be_visible()


def test_who_may_not_enter_is_told_where_to_turn(page: Page, accessible: Check) -> None:
    sign_in(page, person("李雷"))
    answer = page.goto("/events/new")
    assert answer is not None
    assert answer.status == 403
    accessible(page)
    page.get_by_role("link", name="我的机构").click()
    expect(page).to_have_url("/organisations")
