"""The application behind a real threaded server, and a real browser on a phone's screen.

def test_a_citizen_sees_their_wallet(live, page):
    li = person("李雷")
    sign_in(page, li)
    page.goto("/wallet")
"""

import shutil
from collections.abc import Callable, Iterator
from threading import Thread

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright
from sqlalchemy import Engine
from werkzeug.serving import make_server

from tests.makers.browser import DOCUMENT

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""One engine under several names; the first is the same without a window to draw, and a fifth
quicker at what it does."""


def chromium_here() -> str:
    """Return where this machine has Chromium."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    assert found, f"the tests of pages need one of {', '.join(CHROMIUM)}"
    return found


@pytest.fixture(scope="session")
def address(app: Flask) -> Iterator[str]:
    """Where the application answers, for the whole run."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def live(app: Flask, address: str, database: Engine) -> str:
    """The address of the application, on an empty database."""
    app.extensions["puhui.limits"].counter.forget()
    return address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, once for the run."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_here(), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser, live: str) -> Iterator[BrowserContext]:
    """A phone that reads Chinese, without cookies; it knows nobody but us."""
    phone = browser.new_context(
        base_url=live,
        viewport={"width": 390, "height": 844},
        device_scale_factor=1,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        has_touch=True,
    )
    # Long enough for a machine that is busy with other things.
    phone.set_default_timeout(30_000)
    expect.set_options(timeout=20_000)
    yield phone
    phone.close()


@pytest.fixture
def page(context: BrowserContext, live: str) -> Iterator[Page]:
    """A page on that phone. Errors of scripts and requests to other hosts fail the test."""
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((live, "data:", "blob:", "about:"))
            else faults.append(request.url)
        ),
    )
    yield opened
    assert faults == []


ONLY_FAULTS = {"resultTypes": ["violations"]}
"""All rules are tried. What keeps them is not told element by element: nobody reads it."""


def _found(page: Page) -> AxeResults:
    """Return what axe finds in the page that a link or button has led to.

    A click comes back before its page has come. Of a page that left under axe nothing was
    learned, whatever axe said, so the one that took its place is looked at.
    """
    fault: Error | None = None
    for _ in range(5):
        page.wait_for_load_state()
        try:
            document = page.evaluate(DOCUMENT)
            found = Axe().run(page, options=ONLY_FAULTS)
            if page.evaluate(DOCUMENT) == document:
                return found
        except Error as left:
            fault = left
    raise fault or AssertionError("no page stays long enough to be looked at")


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """Assert that axe finds nothing wrong with a page, and that it fits the screen's width."""

    def check(page: Page) -> None:
        found = _found(page)
        assert found.violations_count == 0, found.generate_report()
        width = page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
        assert width[0] <= width[1], "the page is wider than the screen"

    return check
