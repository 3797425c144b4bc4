"""An organiser asks what if, plans, states and confirms on a phone."""

import pytest
from playwright.sync_api import expect

from puhui.credits.kind import Kind
from puhui.kernel.actor import Role
from tests.makers import credits, events, planning
from tests.makers.browser import sign_in
from tests.makers.factors import publish_shipped
from tests.makers.identity import person


@pytest.fixture
def li(live, noon):
    publish_shipped()
    return person("李雷", (events.FORESTRY, Role.ORGANISER))


def test_an_event_is_planned_and_stated_on_a_phone(live, page, li, settle, accessible):
    credits.on_sale(credits.draft(Kind.ONE_YUAN, 10_000, 10_000))
    event_id = events.prepared(li)
    events.estimated(li, event_id)
    sign_in(page, li)
    page.goto(f"/events/{event_id}/desk")
    page.get_by_role("link", name="如果换个办法").click()
    first = page.get_by_role("group", name="情景 1")
    first.get_by_label("情景名称").fill("都坐高铁")
    first.get_by_label("原来的交通方式").select_option(label="小汽车")
    first.get_by_label("改为", exact=False).first.select_option(label="高铁动车")
    first.get_by_label("改乘的比例").fill("100")
    page.get_by_role("button", name="看看变化").click()
    expect(page.get_by_role("heading", name="都坐高铁")).to_be_visible()
    accessible(page)

    page.get_by_role("link", name="写进减排方案").click()
    measure = page.get_by_role("group", name="措施 1")
    measure.locator("[name='title_zh-1']").fill("厦门参会者改乘高铁")
    measure.get_by_label("负责").fill("会务组")
    measure.get_by_text("用情景推算减少量").click()
    measure.get_by_label("原来的交通方式").select_option(label="小汽车")
    measure.get_by_label("改为", exact=False).first.select_option(label="高铁动车")
    measure.get_by_label("改乘的比例").fill("100")
    accessible(page)
    page.get_by_role("button", name="保存为新的一版").click()
    expect(page.get_by_role("heading", name="厦门参会者改乘高铁")).to_be_visible()
    accessible(page)

    credits.paid(events.offered(li, event_id))
    settle()
    planning.forest_recorded(li, event_id)
    page.goto(f"/events/{event_id}/statement")
    expect(page.get_by_role("heading", name="大型活动碳中和声明")).to_be_visible()
    page.locator("[name=says_zh]").fill("本单位承诺声明内容真实。")
    accessible(page)
    page.get_by_role("button", name="确认声明").click()
    expect(page.get_by_text("主办单位自我承诺")).to_be_visible()
    page.goto(f"/events/{event_id}/forest")
    accessible(page)
    page.goto(f"/events/{event_id}/estimates/1")
    accessible(page)
