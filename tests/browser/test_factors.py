"""The factor library on a phone: read by anybody, filled by an operator."""

from pathlib import Path

from playwright.sync_api import Page, expect

from puhui.db.session import transaction
from puhui.factors.service import load_library
from puhui.kernel.actor import Role
from puhui.kernel.clock import now
from tests.factors.test_library import GOOD, JUDGED, library
from tests.makers.browser import sign_in
from tests.makers.identity import person


def test_an_operator_mends_a_file_and_publishes_it(
    page: Page, live: str, accessible, tmp_path: Path
) -> None:
    with transaction() as session:
        load_library(session, now())
    wrong, right = tmp_path / "wrong.csv", tmp_path / "right.csv"
    wrong.write_text(library({**GOOD, "unit": "furlong"}))
    right.write_text(library({**JUDGED, "proxy": "没有本地数据，以邻省代替"}))
    sign_in(page, person("韩", ("平台", Role.OPERATOR)))
    page.goto("/factors/imports")
    page.get_by_label("CSV 或 xlsx 文件").set_input_files(wrong)
    page.get_by_role("button", name="导入").click()
    expect(page.get_by_text("不认识单位“furlong”")).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="因子的导入与发布").click()
    page.get_by_label("CSV 或 xlsx 文件").set_input_files(right)
    page.get_by_role("button", name="导入").click()
    page.get_by_role("button", name="发布这 1 个因子").click()
    page.get_by_role("link", name="测试电力").click()
    expect(page.get_by_text("替代数据：没有本地数据，以邻省代替")).to_be_visible()
    accessible(page)
    page.goto("/factors?subject=plastic&region=GB")
    expect(page.locator("article").first).to_contain_text("替代数据")
    accessible(page)
    page.goto("/factors/missing")
    expect(page.get_by_role("heading", name="脲醛胶", exact=True)).to_be_visible()
    accessible(page)
