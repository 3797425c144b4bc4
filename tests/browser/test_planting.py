"""On a phone: a citizen logs three trees, a verifier approves, the wallet shows sixty points."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from puhui.kernel.actor import Role
from tests.makers.identity import SignedIn, person
from tests.makers.photo import photograph
from tests.makers.rewards import BLURRED, base, planted, reviewed, rulebook

PHOTOGRAPH = Path(__file__).resolve().parents[2] / "examples" / "planting.jpg"


@pytest.fixture
def li(live: str) -> SignedIn:
    rulebook()
    base()
    return person("李雷")


@pytest.fixture
def sign_in(context: BrowserContext, live: str) -> Callable[[SignedIn], None]:
    def as_person(who: SignedIn) -> None:
        context.clear_cookies()
        context.add_cookies([{"name": "puhui_session", "value": who.token, "url": live}])

    return as_person


def test_a_planting_becomes_points_on_a_phone(
    page: Page,
    li: SignedIn,
    sign_in: Callable[[SignedIn], None],
    settle: Callable[[], None],
    accessible: Callable[[Page], None],
) -> None:
    sign_in(li)
    page.goto("/plantings/new?lang=en")
    accessible(page)
    page.goto("/plantings/new?lang=zh")
    accessible(page)
    # Four touches here, and the camera's own shutter makes five.
    with page.expect_file_chooser() as chooser:
        page.get_by_label("照片", exact=True).tap()
    chooser.value.set_files(PHOTOGRAPH)
    # In the page's language, whatever the browser's is.
    expect(page.locator(".chosen")).to_have_text(PHOTOGRAPH.name)
    page.get_by_text("3", exact=True).tap()
    page.get_by_text("樟", exact=True).tap()
    page.get_by_role("button", name="登记").tap()
    expect(page.get_by_role("heading", name="樟 × 3")).to_be_visible()
    expect(page.get_by_text("等核查员看过照片。")).to_be_visible()
    accessible(page)

    sign_in(person("王芳", ("核查中心", Role.VERIFIER)))
    page.goto("/review")
    accessible(page)
    picture = page.get_by_alt_text("这次植树的照片")
    assert picture.evaluate("image => image.naturalWidth") == 1600
    expect(page.get_by_text("Cinnamomum camphora")).to_be_visible()
    page.get_by_role("button", name="通过", exact=True).tap()
    expect(page.get_by_text("已通过。")).to_be_visible()
    expect(page.get_by_text("没有等待核查的植树记录。")).to_be_visible()

    settle()
    sign_in(li)
    page.goto("/wallet")
    expect(page.locator(".figure .number")).to_have_text("60")
    accessible(page)
    page.get_by_role("link", name="植树 3 株").tap()
    expect(page.get_by_text("3 株 × 每株 20 积分 = 60 积分")).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="看这次植树和照片").tap()
    expect(page.get_by_alt_text("这次植树的照片")).to_be_visible()


def test_before_the_first_planting_base_the_page_says_so_and_still_shows_what_the_phone_keeps(
    page: Page, live: str, sign_in: Callable[[SignedIn], None], accessible: Callable[[Page], None]
) -> None:
    sign_in(person("李雷"))
    page.goto("/plantings/new")
    expect(page.get_by_text("还没有登记义务植树基地，暂时不能登记植树。")).to_be_visible()
    expect(page.locator("#kept[data-ready=yes]")).to_be_attached()
    accessible(page)


def test_a_fault_keeps_the_photograph_and_what_was_filled_in(
    page: Page, li: SignedIn, sign_in: Callable[[SignedIn], None]
) -> None:
    sign_in(li)
    page.goto("/plantings/new")
    page.get_by_label("照片", exact=True).set_input_files(PHOTOGRAPH)
    page.get_by_text("樟", exact=True).tap()
    page.get_by_role("button", name="登记").tap()
    expect(page.locator("#trees .fault")).to_have_text("请选择株数")
    expect(page.get_by_alt_text("已上传的照片")).to_be_visible()
    expect(page.locator("input[name=species]:checked")).to_have_value("cinnamomum_camphora")
    page.locator("#more_trees").fill("7")
    page.get_by_role("button", name="登记").tap()
    expect(page.get_by_role("heading", name="樟 × 7")).to_be_visible()


def test_a_photograph_used_before_points_to_where(
    page: Page, li: SignedIn, sign_in: Callable[[SignedIn], None]
) -> None:
    sign_in(li)
    for answer in (
        page.get_by_role("heading", name="樟 × 3"),
        page.get_by_role("link", name="看看用过这张照片的那次植树"),
    ):
        page.goto("/plantings/new")
        page.get_by_label("照片", exact=True).set_input_files(PHOTOGRAPH)
        page.get_by_text("3", exact=True).tap()
        page.get_by_text("樟", exact=True).tap()
        page.get_by_role("button", name="登记").tap()
        expect(answer).to_be_visible()
    answer.tap()
    expect(page.get_by_role("heading", name="樟 × 3")).to_be_visible()


def test_a_refusal_needs_a_reason_and_reaches_the_planter(
    page: Page, li: SignedIn, sign_in: Callable[[SignedIn], None]
) -> None:
    planting_id = planted(li)
    sign_in(person("王芳", ("核查中心", Role.VERIFIER)))
    page.goto("/review")
    page.get_by_role("button", name="不通过").tap()
    expect(page.locator("#reason-fault")).to_have_text("不通过须选择原因")
    page.get_by_label("不通过的原因").select_option("number_differs")
    page.get_by_label("给种树人的说明").fill("照片里只有两株")
    page.get_by_role("button", name="不通过").tap()
    expect(page.get_by_text("已写明不通过的原因。")).to_be_visible()
    sign_in(li)
    page.goto(f"/plantings/{planting_id}?lang=en")
    expect(page.get_by_text("you may log the actual number — 照片里只有两株")).to_be_visible()
    expect(page.get_by_role("link", name="Log again as it really was")).to_be_visible()


def test_the_form_refuses_a_file_that_is_no_photograph(
    page: Page, li: SignedIn, sign_in: Callable[[SignedIn], None]
) -> None:
    sign_in(li)
    page.goto("/plantings/new")
    page.get_by_label("照片", exact=True).set_input_files(
        {"name": "trees.jpg", "mimeType": "image/jpeg", "buffer": photograph()[:4000]}
    )
    page.get_by_text("3", exact=True).tap()
    page.get_by_text("樟", exact=True).tap()
    page.get_by_role("button", name="登记").tap()
    expect(page.locator("#photo-fault")).to_have_text("照片不完整或已损坏，无法打开")


def test_what_everyone_may_see_needs_no_account(
    page: Page, li: SignedIn, accessible: Callable[[Page], None]
) -> None:
    for address, heading in (("/bases", "义务植树基地"), ("/rules", "积分规则")):
        page.goto(address)
        expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
        accessible(page)
    page.goto("/rules?lang=en")
    expect(page.get_by_text("planting@2026.1")).to_be_visible()


def test_a_verifier_works_by_keys_and_asks_again(
    page: Page,
    li: SignedIn,
    sign_in: Callable[[SignedIn], None],
    settle: Callable[[], None],
    accessible: Callable[[Page], None],
) -> None:
    first = planted(li)
    planted(li, 2)
    settle()
    sign_in(person("王芳", ("核查中心", Role.VERIFIER)))
    page.goto("/review")
    expect(page.get_by_text("快捷键")).to_be_visible()
    accessible(page)
    page.keyboard.press("w")
    page.keyboard.type("请补一张 a 近照")
    page.keyboard.press("Escape")
    page.keyboard.press("q")
    expect(page.get_by_text("已请种树人补充说明。")).to_be_visible()
    # The hint is shown by the script that listens for keys: now it listens on this page too.
    expect(page.get_by_text("快捷键")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_text("已通过。")).to_be_visible()
    expect(page.get_by_text("没有等待核查的植树记录。")).to_be_visible()

    sign_in(li)
    page.goto(f"/plantings/{first}")
    page.get_by_label("说明").fill("就是这三株")
    accessible(page)
    page.get_by_role("button", name="回答").tap()
    expect(page.get_by_text("就是这三株")).to_be_visible()


def test_a_refusal_is_appealed_and_another_verifier_decides(
    page: Page,
    li: SignedIn,
    sign_in: Callable[[SignedIn], None],
    accessible: Callable[[Page], None],
) -> None:
    wang = person("王芳", ("核查中心", Role.VERIFIER))
    planting_id = planted(li)
    reviewed(wang, planting_id, BLURRED)
    sign_in(li)
    page.goto(f"/plantings/{planting_id}")
    accessible(page)
    page.get_by_label("理由").fill("请换一个人看")
    page.get_by_role("button", name="申诉").tap()
    expect(page.get_by_text("等没有参与过的人复核。")).to_be_visible()
    sign_in(person("赵敏", ("第二核查中心", Role.VERIFIER)))
    page.goto("/review/appeals")
    accessible(page)
    page.get_by_label("理由，会给种树人看").fill("看得清")
    page.get_by_role("button", name="申诉成立，通过").tap()
    expect(page.get_by_text("没有等您复核的申诉。")).to_be_visible()
    sign_in(li)
    page.goto(f"/plantings/{planting_id}")
    expect(page.get_by_text("申诉成立。")).to_be_visible()
