"""On a phone without a signal: a planting is kept, and sent once when there is one again."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from sqlalchemy import Engine, text

from puhui.db.session import transaction
from puhui.identity.service import sessions
from puhui.kernel import clock
from tests.makers.browser import sign_in
from tests.makers.identity import SignedIn, again, person
from tests.makers.rewards import base, planted, rulebook

PHOTOGRAPH = Path(__file__).resolve().parents[2] / "examples" / "planting.jpg"

COUNT = """
addEventListener("pointerdown", () => {
  sessionStorage.touches = Number(sessionStorage.touches || 0) + 1;
}, { capture: true });
"""


@pytest.fixture
def li(live: str) -> SignedIn:
    rulebook()
    base()
    return person("李雷")


def listens(page: Page) -> None:
    """Wait until the script of the form listens."""
    expect(page.locator("#kept[data-ready=yes]")).to_be_attached()


def touches(page: Page) -> int:
    return int(page.evaluate("sessionStorage.touches || 0"))


def test_five_touches_log_a_planting_from_home(
    page: Page, li: SignedIn, accessible: Callable[[Page], None]
) -> None:
    planted(li, 3)
    page.add_init_script(COUNT)
    sign_in(page, li)
    page.goto("/")
    page.get_by_role("link", name="记一次植树", exact=True).first.tap()
    listens(page)
    # Place, species and number stand as they were last time; another number is one touch more.
    with page.expect_file_chooser() as chooser:
        page.get_by_label("照片", exact=True).tap()
    chooser.value.set_files(PHOTOGRAPH)
    page.get_by_text("2", exact=True).tap()
    page.get_by_role("button", name="登记", exact=True).tap()
    expect(page.get_by_role("heading", name="樟 × 2")).to_be_visible()
    # The camera's own shutter is the fifth.
    assert touches(page) + 1 == 5
    accessible(page)


def test_the_first_planting_of_all_takes_five_touches_too(
    page: Page, li: SignedIn, accessible: Callable[[Page], None]
) -> None:
    page.add_init_script(COUNT)
    sign_in(page, li)
    page.goto("/")
    accessible(page)
    page.get_by_role("link", name="记一次植树：3 株").tap()
    listens(page)
    with page.expect_file_chooser() as chooser:
        page.get_by_label("照片", exact=True).tap()
    chooser.value.set_files(PHOTOGRAPH)
    page.get_by_text("樟", exact=True).tap()
    page.get_by_role("button", name="登记", exact=True).tap()
    expect(page.get_by_role("heading", name="樟 × 3")).to_be_visible()
    # The camera's own shutter is the fifth.
    assert touches(page) + 1 == 5


def kept_form(page: Page) -> None:
    """Fill in the form that the phone has kept, and send it."""
    listens(page)
    page.get_by_label("照片", exact=True).set_input_files(PHOTOGRAPH)
    page.get_by_text("3", exact=True).tap()
    page.get_by_text("樟", exact=True).tap()
    page.get_by_role("button", name="登记", exact=True).tap()


def on_record(database: Engine) -> list[tuple[int, int]]:
    """Return trees, and tickets used, of each planting that the server has."""
    with database.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT p.trees, count(t.ticket_id) FROM rewards_planting p LEFT JOIN"
                " evidence_ticket t ON t.spent_on = p.planting_id"
                " GROUP BY p.planting_id ORDER BY p.logged_at"
            )
        )
        return [(row[0], row[1]) for row in rows]


def test_a_planting_kept_without_a_signal_is_sent_once_even_if_the_answer_was_lost(
    page: Page,
    context: BrowserContext,
    li: SignedIn,
    database: Engine,
    accessible: Callable[[Page], None],
) -> None:
    sign_in(page, li)
    page.goto("/plantings/new")
    expect(page.locator("#kept[data-prepared=yes]")).to_be_attached()
    context.set_offline(True)
    page.goto("/plantings/new")
    expect(page.get_by_text("现在没有网络。")).to_be_visible()
    assert li.actor.person_id.hex not in page.content().replace("-", "")
    kept_form(page)
    expect(page.locator("#kept").get_by_text("待发送")).to_be_visible()
    accessible(page)
    page.reload()
    listens(page)
    expect(page.locator("#kept").get_by_text("樟 × 3")).to_be_visible()
    assert on_record(database) == []

    # Another person on the same phone neither sees nor sends it.
    sign_in(page, person("韩梅梅"))
    context.set_offline(False)
    page.goto("/plantings/new")
    expect(page.locator("#kept[data-prepared=yes]")).to_be_attached()
    expect(page.get_by_text("这台手机上还有另一位的植树没有发送。")).to_be_visible()
    expect(page.get_by_text("樟 × 3")).to_have_count(0)
    assert on_record(database) == []

    # The first answer is lost on its way: the server has it, the phone does not know.
    lost: list[str] = []

    def lose_once(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.request.url)
            route.fetch()
            route.abort()

    context.route("**/api/plantings/*", lose_once)
    sign_in(page, li)
    with page.expect_event("requestfailed", lambda one: "/api/plantings/" in one.url):
        page.goto("/plantings")
    expect(page.locator("#kept").get_by_text("待发送")).to_be_visible()
    assert on_record(database) == [(3, 1)]
    page.get_by_role("button", name="现在发送").tap()
    expect(page.locator("#kept").get_by_text("已发送")).to_be_visible()
    assert lost
    assert on_record(database) == [(3, 1)]
    page.locator("#kept").get_by_role("link", name="樟 × 3").tap()
    expect(page.get_by_role("heading", name="樟 × 3")).to_be_visible()


def test_an_ended_session_keeps_it_a_refusal_says_why_and_signing_out_asks(
    page: Page, context: BrowserContext, li: SignedIn, database: Engine
) -> None:
    sign_in(page, li)
    page.goto("/plantings/new")
    expect(page.locator("#kept[data-prepared=yes]")).to_be_attached()
    context.set_offline(True)
    page.goto("/plantings/new?trees=5")
    listens(page)
    expect(page.locator("[name=trees]:checked")).to_have_value("5")
    kept_form(page)
    expect(page.locator("#kept").get_by_text("待发送")).to_be_visible()
    with transaction() as session:
        sessions.end_token(session, li.token, clock.now())
    context.set_offline(False)
    expect(page.locator("#kept").get_by_text("待登录")).to_be_visible()
    assert on_record(database) == []
    # No rule covers the day any more: the server refuses in its own words, the phone shows them.
    with database.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE rewards_rule SET valid_until = valid_from"))
    sign_in(page, again(li))
    page.goto("/plantings")
    shelf = page.locator("#kept")
    expect(shelf.get_by_text("未接受")).to_be_visible()
    expect(shelf.get_by_text("这一天没有生效的积分规则")).to_be_visible()

    answers: list[str] = []

    def refuse_then_agree(dialog) -> None:
        answers.append(dialog.message)
        (dialog.dismiss if len(answers) == 1 else dialog.accept)()

    page.on("dialog", refuse_then_agree)
    for stays in (True, False):
        page.goto("/me")
        expect(page.locator("form[data-ready=yes]")).to_be_attached()
        # The page asks only after looking at what is kept: who leaves before that is not asked.
        with page.expect_event("dialog"):
            page.get_by_role("button", name="退出登录").tap()
        if stays:
            expect(page).to_have_url("/me")
        else:
            page.wait_for_url("**/")
    assert ["还有 1 次植树没有发送" in said for said in answers] == [True, True]
    sign_in(page, again(li))
    page.goto("/plantings")
    listens(page)
    expect(shelf).to_be_hidden()
    assert on_record(database) == []
