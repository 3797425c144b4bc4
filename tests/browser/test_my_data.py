"""On a phone, without a script of ours: take everything along, ask to leave, call it back."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from puhui.identity.sender import ConsoleSender, sender, use_sender
from tests.makers.identity import person
from tests.makers.rewards import rulebook
from tests.makers.rights import with_phone


@pytest.fixture
def codes() -> Iterator[list[str]]:
    """Lines that the console sender prints."""
    before, lines = sender(), []
    use_sender(ConsoleSender(lines.append))
    yield lines
    use_sender(before)


def shot(page: Page, name: str) -> None:
    """Keep a picture of the page where somebody asked for pictures."""
    if folder := os.environ.get("SCREENS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_person_takes_everything_along_and_thinks_better_of_leaving(
    page: Page,
    context: BrowserContext,
    live: str,
    codes: list[str],
    settle: Callable[[], None],
    accessible: Callable[[Page], None],
) -> None:
    rulebook()
    li = with_phone(person("李雷"))
    context.add_cookies([{"name": "puhui_session", "value": li.token, "url": live}])
    page.goto("/me")
    page.get_by_role("link", name="我的数据").click()
    page.get_by_role("button", name="同意：拍照地点").click()
    expect(page).to_have_url(re.compile("/me/data$"))
    page.get_by_role("button", name="撤回：拍照地点").click()
    page.get_by_text("同意的历史（1）").click()
    expect(page.get_by_text(re.compile("撤回于"))).to_be_visible()
    accessible(page)
    shot(page, "data")

    page.get_by_role("button", name="索取资料").click()
    expect(page.get_by_text("正在进行")).to_be_visible()
    accessible(page)
    shot(page, "export-running")
    settle()
    page.reload()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载压缩包").click()
    with ZipFile(waiting.value.path()) as whole:
        assert {"README.txt", "everything.json", "csv/person.csv"} <= set(whole.namelist())
    accessible(page)
    shot(page, "export-ready")

    page.get_by_role("link", name="我的数据").click()
    page.get_by_role("link", name="注销意味着什么").click()
    expect(page.get_by_text("剩下的积分全部作废")).to_be_visible()
    accessible(page)
    shot(page, "erasure")
    page.get_by_role("button", name="我已了解，发送验证码").click()
    settle()
    page.get_by_label("6位验证码").fill("000")
    page.get_by_role("button", name="确认注销").click()
    expect(page.locator("#code-fault")).to_be_visible()
    accessible(page)
    shot(page, "confirm")
    page.get_by_label("6位验证码").fill(re.findall(r"验证码 (\d{6})", "".join(codes))[-1])
    page.get_by_role("button", name="确认注销").click()
    expect(page.get_by_text(re.compile("已要求注销"))).to_be_visible()
    accessible(page)
    shot(page, "asked")
    page.goto("/me/data?lang=en")
    shot(page, "data-en")
    page.goto("/me/data/erasure?lang=en")
    shot(page, "erasure-en")
    page.goto("/me/data?lang=zh")
    page.get_by_role("button", name="收回注销").click()
    expect(page.get_by_text(re.compile("已要求注销"))).to_have_count(0)
