"""People in a browser."""

from playwright.sync_api import Locator, Page

from puhui.web.guard import COOKIE
from tests.makers.identity import SignedIn


def sign_in(page: Page, who: SignedIn) -> None:
    """Give the browser `who`'s session, as signing in would."""
    page.context.add_cookies(
        [{"name": COOKIE, "value": who.token, "domain": "127.0.0.1", "path": "/"}]
    )


DOCUMENT = "() => performance.timeOrigin"
"""When the document that is shown was begun: no two of a test have it in common."""


def follow(page: Page, way: Locator) -> None:
    """Click what leads to another page, and wait until that page is there."""
    before = page.evaluate(DOCUMENT)
    way.click()
    page.wait_for_function("before => performance.timeOrigin !== before", arg=before)
    page.wait_for_load_state()
