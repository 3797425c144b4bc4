"""Paying online, asking for an invoice, and a seller's statement, on a phone in both languages."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO

import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from puhui.credits.kind import Kind
from puhui.credits.paying.seller import seller_id_of
from tests.makers.browser import sign_in
from tests.makers.credits import draft, held, on_sale, operator, organiser
from tests.makers.gateway import connected, twin_at
from tests.makers.paying import VILLAGE_CODE


def test_a_buyer_pays_by_qr_code_and_the_village_is_owed(
    live: str,
    noon: datetime,
    page: Page,
    settle: Callable[[], None],
    accessible: Callable[[Page], None],
) -> None:
    on_sale(draft(Kind.FFCER, 9_000, 1555))
    buyer, clerk = organiser(), operator()
    hold = held(buyer, 3_000)
    here = f"/holds/{hold.hold_id}"
    sign_in(page, buyer)
    with twin_at(live) as twin, connected(twin):
        page.goto(here)
        page.get_by_role("button", name="网上支付").click()
        expect(page.get_by_text("正在向支付渠道下单")).to_be_visible()
        accessible(page)
        settle()
        page.get_by_role("link", name="刷新").click()
        accessible(page)
        picture = Image.open(BytesIO(page.locator(".qr").screenshot()))
        (found,) = zxingcpp.read_barcodes(picture)
        (number,) = twin.orders
        assert found.text == f"weixin://{number}"
        link = page.get_by_role("link", name="就在这部手机上付款")
        expect(link).to_have_attribute("href", f"https://pay.example.cn/{number}")
        assert twin.tell(twin.pay(number))[0] == 200
        assert twin.tell(twin.pay(number))[0] == 200  # somebody pays it a second time
    settle()
    page.get_by_role("link", name="付完了，刷新").click()
    expect(page.get_by_role("link", name="查看证书")).to_be_visible()
    expect(page.get_by_text("已由另一笔款付清")).to_be_visible()
    page.get_by_role("link", name="发票").click()
    for field, value in (
        ("title", "常口村委会"),
        ("tax_number", VILLAGE_CODE),
        ("email", "kuaiji@example.cn"),
        ("phone", "13800001234"),
    ):
        page.fill(f"#{field}", value)
    accessible(page)
    page.get_by_role("button", name="申请发票").click()
    expect(page.get_by_text("待开具")).to_be_visible()

    sign_in(page, clerk)
    for path in ("/odd-money", "/invoices", "/sellers"):
        page.goto(f"{path}?lang=en")
        accessible(page)
    seller = f"/sellers/{seller_id_of('村委会')}"
    page.goto(seller)
    page.fill("#amount_yuan", "46.66")
    page.fill("#paid_on", "2026-03-12")
    page.fill("#reference", "BOC1")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_role("alert")).to_contain_text("more than is owed")
    page.fill("#amount_yuan", "46.65")
    page.get_by_role("button", name="Record it").click()
    expect(page.locator(".figure .number")).to_have_text("0.00")
    accessible(page)
