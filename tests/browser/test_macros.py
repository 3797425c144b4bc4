"""Every macro that pages are built from, in a real browser on a phone."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask, send_from_directory
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

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
