"""Somebody new signs in on a phone, without a script of ours, and keeps their account there."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, text

from puhui.identity.sender import ConsoleSender, sender, use_sender
from puhui.kernel.actor import Role
from tests.makers.identity import organisation, person


@pytest.fixture
def codes() -> Iterator[list[str]]:
    """Lines that the console sender prints."""
    before, lines = sender(), []
    use_sender(ConsoleSender(lines.append))
    yield lines
    use_sender(before)


def test_a_new_person_signs_in_with_a_code(
    page: Page, codes: list[str], settle: Callable[[], None], accessible: Callable[[Page], None]
) -> None:
    page.goto("/me")
    expect(page).to_have_url(re.compile("/sign-in"))
    accessible(page)
    page.get_by_label("手机号").fill("138 0000 1234")
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_text("138****1234")).to_be_visible()
    accessible(page)

    page.get_by_label("6位验证码").fill("12")
    page.get_by_role("button", name="登录").click()
    expect(page.locator("#code-fault")).to_be_visible()
    accessible(page)

    settle()
    (line,) = codes
    page.get_by_label("6位验证码").fill(re.search(r"验证码 (\d{6})", line)[1])
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="欢迎，还差一步")).to_be_visible()
    accessible(page)
    page.get_by_label("称呼").fill("李雷")
    page.get_by_label("出生年份").fill("1990")
    page.get_by_role("button", name="同意并登记").click()
    expect(page).to_have_url(re.compile("/me$"))
    expect(page.get_by_role("heading", name="李雷")).to_be_visible()
    accessible(page)

    page.get_by_role("button", name="同意：拍照地点").click()
    expect(page.get_by_role("button", name="撤回：拍照地点")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Where you are signed in")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    page.goto("/me")
    expect(page).to_have_url(re.compile("/sign-in"))


def signed_in_as(page: Page, live: str, token: str) -> None:
    page.context.add_cookies([{"name": "puhui_session", "value": token, "url": live}])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_of_identity_fits_a_phone_and_can_be_used_by_all(
    page: Page, live: str, accessible: Callable[[Page], None], language: str
) -> None:
    keeper = person("李雷", ("将乐竹业", Role.ADMINISTRATOR), ("将乐竹业", Role.MANUFACTURER))
    signed_in_as(page, live, keeper.token)
    where = organisation("将乐竹业")
    for address in (
        "/me",
        "/me/password",
        "/me/children",
        "/organisations",
        "/organisations/new",
        f"/organisations/{where}",
        "/permissions",
        "/sign-in/password",
    ):
        page.goto(f"{address}?lang={language}")
        accessible(page)


def test_a_child_sees_what_to_show_to_the_guardian(
    page: Page, live: str, accessible: Callable[[Page], None], database: Engine
) -> None:
    child = person("小明", birth_year=2015)
    with database.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO identity_withdrawal (consent_id, withdrawn_by, channel, withdrawn_at)"
                " SELECT consent_id, given_by, 'page', given_at FROM identity_consent"
            )
        )
    signed_in_as(page, live, child.token)
    page.goto("/sign-in")
    expect(page.get_by_text("确认码，今明两天有效")).to_be_visible()
    accessible(page)
