"""The label on a phone: read, scanned, claimed; and the desks of makers, shops and verifiers."""

from io import BytesIO
from pathlib import Path

import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from puhui.db.session import snapshot
from puhui.footprint import queries
from puhui.kernel.clock import now
from puhui.web.guard import COOKIE
from tests.makers import footprint as make
from tests.makers.browser import follow
from tests.makers.factors import publish_shipped
from tests.makers.identity import SignedIn, person


def come_in(page: Page, live: str, who: SignedIn) -> None:
    page.context.clear_cookies()
    page.context.add_cookies([{"name": COOKIE, "value": who.token, "url": live}])


def test_a_shopper_reads_the_label_in_two_languages(page: Page, accessible) -> None:
    label = make.label(make.mill(), now())
    page.goto(f"/l/{label.code.lower()}")
    expect(page.get_by_role("heading", level=1)).to_have_text("竹集成材板")
    expect(page.locator(".figure .number").first).to_have_text("283.3")
    expect(page.get_by_text("单列，不从碳足迹中扣除")).to_be_visible()
    expect(page.get_by_text("不是国家产品碳足迹标识认证")).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Laminated bamboo board")
    expect(page.get_by_text("apart, not deducted")).to_be_visible()
    expect(page.get_by_text("neutral")).to_have_count(0)
    accessible(page)


def test_the_printed_code_leads_to_the_label(page: Page) -> None:
    label = make.label(make.mill(), now())
    page.goto(f"/api/labels/{label.label_id}/qr.svg")
    with Image.open(BytesIO(page.screenshot())) as picture:
        found = zxingcpp.read_barcode(picture.convert("L"))
    assert found.text == label.url
    # A scanner gives the address as it is printed, in capitals.
    page.goto(found.text.removeprefix("HTTP://LOCALHOST"))
    expect(page.get_by_role("heading", level=1)).to_have_text("竹集成材板")


def test_a_buyer_claims_what_they_bought(page: Page, live: str, accessible) -> None:
    serial, other = make.serials(make.mill(), now(), count=2)
    address = f"/l/{serial.token.lower()}"
    page.goto(address)
    expect(page.get_by_role("link", name="登录后领取")).to_have_attribute(
        "href", f"/sign-in?next=/l/{serial.token}"
    )
    come_in(page, live, person("林梅"))
    page.goto(address)
    page.get_by_label("密码").fill(other.pin)
    page.get_by_role("button", name="领取").click()
    expect(page.get_by_role("alert")).to_contain_text("标签码或密码不正确")
    expect(page.get_by_label("标签码")).to_have_value(serial.token)
    accessible(page)
    page.get_by_label("密码").fill(f"{serial.pin[:4]} {serial.pin[4:]}".lower())
    page.get_by_role("button", name="领取").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("谢谢，已经领取")
    accessible(page)


def test_a_product_goes_from_its_form_to_its_label(
    page: Page, live: str, accessible, settle, tmp_path: Path
) -> None:
    maker, verifier, shop = make.mill(), make.auditor(), make.shopkeeper()
    publish_shipped(now())
    come_in(page, live, maker)
    page.goto("/products")
    follow(page, page.get_by_role("link", name="登记产品"))
    accessible(page)
    page.get_by_label("中文名称").fill("竹集成材板")
    page.get_by_label("英文名称").fill("Laminated bamboo board")
    page.get_by_label("一个声明单位的质量").fill("660")
    page.get_by_label("产地").fill("35072")
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_text("格式不对")).to_have_count(2)  # above the form, and at the field
    page.get_by_label("产地").fill("350721")
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("竹集成材板")

    page.get_by_label("上传填好的清单").set_input_files(make.EXAMPLES / "bamboo-board.md")
    page.get_by_role("button", name="上传并计算").click()
    expect(page.get_by_role("alert")).to_contain_text("不是可读取的 xlsx 表格")
    page.get_by_label("上传填好的清单").set_input_files(make.EXAMPLES / "bamboo-board.xlsx")
    page.get_by_role("button", name="上传并计算").click()
    expect(page.locator("#result .figure .number")).to_have_text("283.3")
    accessible(page)
    page.get_by_role("button", name="声明并提交核查").click()
    expect(page.get_by_text("等待核查")).to_be_visible()
    product = page.url.partition("#")[0]

    come_in(page, live, verifier)
    page.goto("/verify")
    accessible(page)
    page.get_by_role("link", name="竹集成材板").click()
    expect(page.get_by_text("DEMO-2025-07")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="核查通过").click()
    expect(page.get_by_role("alert")).to_contain_text("核查表的每一点都须回答")
    for choice in page.locator("#checklist select").all():
        choice.select_option("yes")
    page.get_by_role("button", name="核查通过").click()
    expect(page.get_by_text("没有等待核查的碳足迹")).to_be_visible()

    come_in(page, live, maker)
    page.goto(product)
    page.get_by_role("button", name="签发标签").click()
    page.get_by_role("button", name="印制").click()
    expect(page.get_by_text("正在进行")).to_be_visible()
    accessible(page)
    settle()
    page.reload()
    accessible(page)
    page.get_by_label("形式").select_option("csv")
    page.get_by_label("我知道文件只给一次").check()
    with page.expect_download() as download:
        page.get_by_role("button", name="下载").click()
    file = tmp_path / "serials.csv"
    download.value.save_as(file)
    printed = file.read_text("utf-8-sig").splitlines()
    assert len(printed) == 11
    page.reload()
    page.get_by_role("button", name="这一批已出厂").click()
    expect(page.get_by_text("已出厂").first).to_be_visible()
    accessible(page)

    come_in(page, live, shop)
    page.goto("/sales")
    accessible(page)
    page.get_by_label("标签码").fill(printed[1].split(",")[1])
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("已登记 1 件。")

    page.context.clear_cookies()
    page.goto("/labels")
    expect(page.get_by_role("link", name="竹集成材板")).to_be_visible()
    accessible(page)
    page.goto("/factors?q=福建")
    expect(page.get_by_text("grid.cn-fj.co2@2023.1")).to_be_visible()
    accessible(page)
    with snapshot() as session:
        assert len(queries.labels(session, now())) == 1


def test_a_refused_footprint_tells_its_maker_why(page: Page, live: str) -> None:
    maker, verifier = make.mill(), make.auditor()
    product_id = make.board(maker, now())
    come_in(page, live, maker)
    page.goto(f"/products/{product_id}")
    page.get_by_role("button", name="声明并提交核查").click()
    come_in(page, live, verifier)
    page.goto("/verify")
    page.get_by_role("link", name="竹集成材板").click()
    # A page of many screens: what is asked of each line opens on demand, its parts are a tap away.
    expect(page.locator("#reason-4")).to_be_hidden()
    page.get_by_text("这一行有问题").nth(3).click()
    page.locator("#reason-4").fill("供应商声明已过期")
    page.get_by_role("navigation", name="本页").get_by_role("link", name="决定").click()
    expect(page.get_by_role("heading", name="决定")).to_be_in_viewport()
    page.get_by_role("button", name="不予通过").click()
    come_in(page, live, maker)
    page.goto(f"/products/{product_id}")
    expect(page.get_by_text("第 4 行 供应商声明已过期")).to_be_visible()
