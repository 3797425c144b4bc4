"""People in a browser."""

from playwright.sync_api import Page

from puhui.web.guard import COOKIE
from tests.makers.identity import SignedIn


def sign_in(page: Page, who: SignedIn) -> None:
    """Give the browser `who`'s session, as signing in would."""
    page.context.add_cookies(
        [{"name": COOKIE, "value": who.token, "domain": "127.0.0.1", "path": "/"}]
    )
