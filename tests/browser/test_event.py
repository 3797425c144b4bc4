"""An organiser makes an event carbon-neutral on a phone; the public looks at it."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from puhui.db.session import transaction
from puhui.events.activity import Source
from puhui.kernel import clock
from puhui.kernel.actor import Role
from tests.makers import events
from tests.makers.browser import follow, sign_in
from tests.makers.credits import EXAMPLE as BATCHES
from tests.makers.credits import EXCHANGE, service
from tests.makers.factors import publish_shipped
from tests.makers.identity import person

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def autumn(live):
    with clock.stopped(datetime(2026, 10, 1, 2, 0, tzinfo=UTC)):
        yield


@pytest.fixture
def li(autumn):
    publish_shipped()
    han = person("韩梅梅", (EXCHANGE, Role.OPERATOR))
    with transaction() as session:
        text = BATCHES.read_text(encoding="utf-8")
        service.import_file(session, han.actor, han.person_id, text, clock.now())
    return person("李雷", (events.FORESTRY, Role.ORGANISER)), han


def describe(page: Page) -> None:
    page.goto("/events")
    page.get_by_role("link", name="登记一场活动").click()
    page.get_by_label("活动名称").fill("三明林业碳汇发展大会")
    page.get_by_label("英文名称").fill("Sanming Conference on Forest Carbon")
    page.get_by_label("会场所在城市").fill("三明")
    page.get_by_label("开始日期").fill("2026-09-19")
    page.get_by_label("结束日期").fill("2026-09-20")
    page.get_by_label("参会人数").fill("20")
    for source in Source:
        if source not in {Source.TRAVEL, Source.VENUE_ENERGY, Source.LODGING}:
            page.locator(f"input[name='included.{source}'][value=no]").check()
            page.locator(f"[name='boundary.{source}']").fill("本次会议不涉及")
    page.locator("[name='boundary.water']").fill("")
    page.get_by_role("button", name="保存").click()


def test_an_event_becomes_neutral_on_a_phone(live, page, li, settle, accessible):
    organiser, operator = li
    sign_in(page, organiser)
    describe(page)
    expect(page.get_by_role("alert")).to_contain_text("排除一个来源须写明理由")
    accessible(page)
    page.locator("[name='boundary.water']").fill("会场不单独计量用水")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name="三明林业碳汇发展大会")).to_be_visible()
    accessible(page)
    desk = page.url

    page.get_by_role("link", name="上传或确认名单").click()
    page.get_by_label("名单文件").set_input_files(EXAMPLES / "attendees.csv")
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_text("名单写作“厦们”")).to_be_visible()
    accessible(page)
    page.get_by_label("可能是").select_option(label="厦门市 CN-FJ")
    page.get_by_role("button", name="确认").click()
    expect(page.get_by_text("名单已齐")).to_be_visible()

    page.goto(desk)
    follow(page, page.get_by_role("link", name="填写数据"))
    accessible(page)
    amounts = page.locator("fieldset.row")
    for row in range(amounts.count()):
        kind = amounts.nth(row).get_by_label("活动数据").input_value()
        if kind == "electricity" and not page.get_by_label("数量").nth(row).input_value():
            page.get_by_label("数量").nth(row).fill("3200")
            break
    page.get_by_label("每间几人").fill("1.5")
    page.get_by_role("button", name="保存").click()

    page.get_by_role("button", name="按实际数据核算").click()
    expect(page.get_by_role("heading", name="排放核算第 1 版")).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="回到工作台").click()
    page.get_by_role("button", name="索取报价").click()
    page.get_by_role("button", name="接受价格，将转账付款").click()
    hold_id = re.search(r"/holds/([0-9a-f-]{36})", page.url)[1]

    page.context.clear_cookies()
    sign_in(page, operator)
    page.goto(f"/payments/{hold_id}")
    page.get_by_role("button").last.scroll_into_view_if_needed()
    price = page.locator("main").inner_text()
    for field in page.locator("main input:not([type=hidden])").all():
        name = field.get_attribute("name")
        if name == "reference":
            field.fill("BOC20261001000123")
        elif "amount" in (name or ""):
            field.fill(re.search(r"(\d+\.\d{2})", price)[1])
        elif field.get_attribute("type") == "date":
            field.fill("2026-10-01")
    page.locator("main form button").last.click()
    settle()

    page.context.clear_cookies()
    page.goto(desk.removesuffix("/desk"))
    expect(page.get_by_text("已实现碳中和").first).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="English").click()
    expect(page.get_by_text("Carbon-neutral").first).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sanming Conference on Forest Carbon")
    accessible(page)
