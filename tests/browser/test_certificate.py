"""The certificate and the pages around it, on a phone, in both languages."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from puhui.credits import service
from puhui.db.session import transaction
from puhui.kernel.clock import now
from tests.makers.browser import follow, sign_in
from tests.makers.credits import EXAMPLE, held, operator, organiser, paid, retired
from tests.makers.identity import SignedIn


@pytest.fixture
def stock(live: str, noon: datetime) -> SignedIn:
    """An operator who has brought the example batches in."""
    clerk = operator()
    with transaction() as session:
        service.import_file(
            session, clerk.actor, clerk.person_id, EXAMPLE.read_text("utf-8"), now()
        )
    return clerk


def test_a_certificate_reads_on_a_phone_and_its_code_leads_back(
    stock: SignedIn,
    page: Page,
    settle: Callable[[], None],
    accessible: Callable[[Page], None],
) -> None:
    code = retired(paid(held(organiser(), 139_560), stock)).certificate_code
    settle()
    for language, title in (
        ("zh", "碳信用注销证书"),
        ("en", "Certificate of carbon credit retirement"),
    ):
        page.goto(f"/c/{code}?lang={language}")
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        expect(page.locator(".figure")).to_contain_text("139,560")
        accessible(page)
        picture = Image.open(BytesIO(page.locator(".qr").screenshot()))
        (found,) = zxingcpp.read_barcodes(picture)
        assert found.text == f"http://localhost/c/{code}"
        with page.expect_download() as download:
            page.locator("a[href$='.tlog-proof']").click()
        assert download.value.suggested_filename == f"puhui-{code}.tlog-proof"


def test_credits_are_imported_paid_for_and_looked_up_on_a_phone(
    live: str,
    noon: datetime,
    page: Page,
    settle: Callable[[], None],
    accessible: Callable[[Page], None],
) -> None:
    clerk, buyer = operator(), organiser()
    sign_in(page, clerk)
    page.goto("/credits/import")
    accessible(page)
    page.set_input_files("input[type=file]", EXAMPLE)
    page.get_by_role("button", name="导入").click()
    expect(page.get_by_role("status")).to_contain_text("新增 6 批")

    page.goto("/credits")
    accessible(page)
    expect(page.get_by_text("顺昌县一元碳汇", exact=True)).to_be_visible()
    page.select_option("#kind", "ffcer")
    page.get_by_role("button", name="筛选").click()
    expect(page.get_by_text("顺昌县一元碳汇", exact=True)).to_have_count(0)

    hold = held(buyer, 139_560)
    sign_in(page, buyer)
    page.goto(f"/holds/{hold.hold_id}")
    accessible(page)
    expect(page.locator(".figure")).to_contain_text("1,956.64")
    page.get_by_role("button", name="接受价格").click()
    expect(page.get_by_text("2026-03-17")).to_be_visible()

    sign_in(page, clerk)
    page.goto("/payments")
    accessible(page)
    follow(page, page.get_by_role("link", name="确认到账"))
    accessible(page)
    page.fill("#reference", "BOC20260312001")
    page.fill("#amount_yuan", "1956.63")
    page.fill("#paid_on", "2026-03-12")
    page.get_by_role("button", name="确认到账").click()
    expect(page.get_by_role("alert")).to_contain_text("到账金额与应付金额不符")
    page.fill("#amount_yuan", "1956.64")
    page.get_by_role("button", name="确认到账").click()
    expect(page.get_by_text("没有待确认的付款")).to_be_visible()
    settle()

    sign_in(page, buyer)
    page.goto(f"/holds/{hold.hold_id}")
    page.get_by_role("link", name="查看证书").click()
    expect(page.locator(".figure")).to_contain_text("139,560")

    page.goto("/register")
    accessible(page)
    page.fill("#search", "数字中国")
    page.get_by_role("button", name="查找").click()
    expect(page.get_by_role("link", name="第四届数字中国建设峰会")).to_be_visible()
    page.fill("#search", "没有这样的活动")
    page.get_by_role("button", name="查找").click()
    expect(page.get_by_text("没有找到注销记录")).to_be_visible()
    page.fill("#search", "FFCER-350429-TNSY-2019-300")
    page.get_by_role("button", name="查找").click()
    expect(page.get_by_role("heading", name="这些序列号在哪里")).to_be_visible()
    accessible(page)
    for language, name in (("zh", "将乐县常口村林业碳票"), ("en", "Changkou village")):
        for address in ("/credits/projects", "/credits/projects/JL-CHANGKOU"):
            page.goto(f"{address}?lang={language}")
            expect(page.get_by_text(name).first).to_be_visible()
            accessible(page)
        page.goto(f"/register/statistics?lang={language}")
        accessible(page)
