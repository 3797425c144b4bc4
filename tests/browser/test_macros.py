"""Every macro that pages are built from, in a real browser on a phone."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask, send_from_directory
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from puhui.kernel.errors import Fault
from puhui.web.guard import COOKIE
from tests.makers.identity import SignedIn
from tests.web import things as trial
from tests.web.conftest import li, make_app  # noqa: F401

Check = Callable[[Page], None]
STATIC = Path(__file__).parents[2] / "static"


@pytest.fixture
def live(make_app: Callable[..., Flask]) -> Iterator[str]:  # noqa: F811
    app = make_app()
    app.view_functions["static"] = lambda filename: send_from_directory(STATIC, filename)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_form_can_be_filled_in_mended_and_sent(
    live: str,
    page: Page,
    li: SignedIn,  # noqa: F811
    accessible: Check,
) -> None:
    page.context.add_cookies([{"name": COOKIE, "value": li.token, "url": live}])
    page.goto("/things/new")
    accessible(page)
    page.get_by_label("名称").fill("竹")
    page.get_by_label("数量").fill("两件")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("alert")).to_contain_text("提交的内容有误")
    expect(page.get_by_label("数量")).to_have_attribute("aria-invalid", "true")
    accessible(page)
    page.get_by_label("数量").fill("2")
    page.get_by_role("button", name="提交").dblclick()
    expect(page).to_have_url("/")
    assert len(trial.made) == 1


def test_charts_tables_and_states_are_accessible(page: Page, accessible: Check) -> None:
    for language in ("zh", "en"):
        page.goto(f"/things/chart?lang={language}")
        accessible(page)


def test_a_running_task_shows_how_far_it_is_by_itself(
    live: str, page: Page, accessible: Check
) -> None:
    page.goto(f"{live}/things/task")
    shown = page.locator("#progress")
    expect(shown).to_contain_text("3 / 10")
    expect(shown.get_by_role("button", name="停下")).to_be_visible()
    accessible(page)
    trial.working.done = 7
    expect(shown).to_contain_text("7 / 10")
    refusal = {"code": "invalid", "title": "提交的内容有误", "faults": []}
    fault = Fault("too_few", "至少 %(least)s 项", row=2, field="数量", values={"least": "1"})
    trial.working.state, trial.working.result = "failed", refusal
    trial.working.faults = [fault]
    expect(shown).to_contain_text("第 2 行 数量 至少 1 项")
    accessible(page)
    trial.working.state, trial.working.faults = "stopped", []
    page.goto(f"{live}/things/task")
    expect(shown.get_by_role("button", name="继续")).to_be_visible()
