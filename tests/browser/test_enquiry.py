"""An attendee corrects their own trip on a phone; the organiser sees the rate rise."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from puhui.kernel import clock
from puhui.kernel.actor import Role
from tests.makers import events
from tests.makers.browser import follow, sign_in
from tests.makers.factors import publish_shipped
from tests.makers.identity import person


@pytest.fixture
def spring(live):
    with clock.stopped(datetime(2026, 3, 12, 4, 0, tzinfo=UTC)):
        yield


def tell(page: Page, city: str, mode: str, nights: str) -> None:
    page.get_by_label("从哪个城市出发").fill(city)
    page.get_by_label("往返主要乘坐什么").select_option(label=mode)
    page.get_by_label("住几晚酒店").fill(nights)


def test_an_attendee_puts_their_trip_right_and_the_next_version_counts_it(
    live, page, spring, accessible
):
    publish_shipped()
    organiser = person("李雷", (events.FORESTRY, Role.ORGANISER))
    # The list: one from Fuzhou by rail, one from Xiamen by car, one at home.
    event_id = events.prepared(organiser)
    events.estimated(organiser, event_id)
    sign_in(page, organiser)
    page.goto(f"/events/{event_id}/desk")
    page.get_by_role("link", name="请参会者填报行程").click()
    expect(page.get_by_text("已填报 0 份")).to_be_visible()
    follow(page, page.get_by_role("button", name="生成链接和二维码"))
    accessible(page)
    code = re.search(r"/trips/([0-9A-Z]{10})", page.locator("main").inner_text())[1]
    page.get_by_role("link", name="打印海报").click()
    expect(page.get_by_role("img", name="填报二维码")).to_be_visible()
    accessible(page)

    # The same phone, another person: nobody has signed in.
    page.context.clear_cookies()
    page.goto(f"/trips/{code}")
    accessible(page)
    tell(page, "Fuzhou", "小汽车", "1")
    page.get_by_role("button", name="提交我的行程").click()
    expect(page.get_by_text("这个名称可能指：福州市、抚州市").first).to_be_visible()
    tell(page, "厦门", "小汽车", "1")
    page.get_by_role("button", name="提交我的行程").click()
    expect(page.get_by_text("谢谢，已经收到")).to_be_visible()
    accessible(page)
    page.goto(f"/trips/{code}")  # the poster is scanned once more
    expect(page.get_by_role("heading", name="我的码")).to_be_visible()
    page.get_by_text("更正我的填报").click()
    tell(page, "厦门", "高铁动车", "1")
    page.get_by_role("button", name="保存更正").click()
    expect(page.get_by_text("已按您的更正保存")).to_be_visible()

    sign_in(page, organiser)
    page.goto(f"/events/{event_id}/desk")
    expect(page.get_by_text("填报率 33.3%")).to_be_visible()
    page.get_by_role("button", name="按实际数据核算").click()
    expect(page.get_by_role("heading", name="排放核算第 2 版")).to_be_visible()
    expect(page.get_by_text("其中 1 份顶替了名单上的人")).to_be_visible()
    expect(page.get_by_text("小汽车")).to_have_count(0)
    page.goto(f"/events/{event_id}?lang=en")
    expect(page.get_by_text("took the place of somebody on the list")).to_be_visible()
    accessible(page)
