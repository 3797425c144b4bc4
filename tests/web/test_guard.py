"""Another site cannot act for a person, and a browser is told what an answer may do."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from puhui.web.guard import COOKIE
from tests.makers.identity import SignedIn
from tests.web import things as trial


def put(client: FlaskClient, **headers: str) -> int:
    address = f"/api/things/{uuid4()}"
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.put(address, json={"name": "竹"}, headers=names).status_code


@pytest.fixture
def browser(things: FlaskClient, li: SignedIn) -> FlaskClient:
    things.set_cookie(COOKIE, li.token)
    return things


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:81"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "cross-site", "Origin": "http://localhost"},
    ],
)
def test_a_write_from_another_site_is_refused(browser: FlaskClient, headers: dict) -> None:
    assert put(browser, **headers) == 403
    assert trial.made == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://localhost", "Sec_Fetch_Site": "same-origin"},
        {"Origin": "http://localhost"},
        {"Sec_Fetch_Site": "none"},
        {},
    ],
)
def test_a_write_from_our_own_pages_or_no_page_is_taken(
    browser: FlaskClient, headers: dict
) -> None:
    assert put(browser, **headers) == 201


def test_a_program_with_its_own_token_may_come_from_anywhere(
    things: FlaskClient, li: SignedIn
) -> None:
    assert put(things, Origin="https://partner.example", **li.headers) == 201


def test_a_form_of_another_site_is_refused_before_signing_in(things: FlaskClient) -> None:
    headers = {"Origin": "https://evil.example"}
    assert things.post("/things/new", headers=headers).status_code == 403


def test_every_answer_tells_the_browser_what_it_may_do(things: FlaskClient) -> None:
    for path in ("/", "/api/things", "/api/none", "/none", "/api/docs", "/api/openapi.json"):
        headers = things.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Referrer-Policy" in headers
        assert "Strict-Transport-Security" not in headers


def test_a_badge_may_be_framed_by_others(things: FlaskClient) -> None:
    policy = things.get("/things/badge").headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors *")


def test_over_tls_browsers_are_told_to_stay_there(make_app: Callable[..., Flask]) -> None:
    client = make_app(base_url="https://puhui.example").test_client()
    assert "max-age=31536000" in client.get("/").headers["Strict-Transport-Security"]


def test_what_a_person_is_shown_is_kept_nowhere(browser: FlaskClient) -> None:
    assert browser.get("/api/things").headers["Cache-Control"] == "no-store"
    browser.delete_cookie(COOKIE)
    assert browser.get("/api/things").headers["Cache-Control"] == "no-cache"
