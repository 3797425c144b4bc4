"""A form works without script, comes back with its faults, and sent twice is sent once."""

import re

import pytest
from flask.testing import FlaskClient

from puhui.web.guard import COOKIE
from tests.makers.identity import SignedIn
from tests.web import things as trial


@pytest.fixture
def browser(things: FlaskClient, li: SignedIn) -> FlaskClient:
    things.set_cookie(COOKIE, li.token)
    return things


def hidden_name(page: str) -> str:
    found = re.search(r'name="form_name" value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_form_sent_twice_is_sent_once_and_ends_in_a_get(browser: FlaskClient) -> None:
    name = hidden_name(browser.get("/things/new").get_data(as_text=True))
    form = {"form_name": name, "name": "竹板", "count": "2"}
    answers = [browser.post("/things/new", data=form) for _ in range(2)]
    assert [(a.status_code, a.headers["Location"]) for a in answers] == [(303, "/")] * 2
    assert trial.made == [{"name": "竹板", "parts": [], "count": 2, "note": None}]


def test_a_form_with_faults_comes_back_as_it_was_filled_in(browser: FlaskClient) -> None:
    name = hidden_name(browser.get("/things/new").get_data(as_text=True))
    form = {"form_name": name, "name": "<b>" + "竹" * 30, "count": ""}
    answer = browser.post("/things/new", data=form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "最多 20 个字符" in page
    assert "必须填写" in page
    assert "&lt;b&gt;" + "竹" * 30 in page
    assert hidden_name(page) == name
    assert page.count('aria-invalid="true"') == 2
    assert trial.made == []


def test_who_has_not_signed_in_is_sent_there_and_back(things: FlaskClient) -> None:
    answer = things.get("/things/new?kind=board")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=%2Fthings%2Fnew%3Fkind%3Dboard"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/a\r\nSet-Cookie: x=1",
        "/a\\..\\b",
        "evil",
        "",
    ],
)
def test_next_leads_to_our_own_pages_only(things: FlaskClient, wanted: str) -> None:
    from puhui.web.pages import next_address

    with things.application.test_request_context("/sign-in", query_string={"next": wanted}):
        assert next_address("/home") == "/home"
    with things.application.test_request_context("/sign-in", query_string={"next": "/wallet?x=1"}):
        assert next_address() == "/wallet?x=1"


def test_the_switch_of_language_keeps_the_page_and_is_remembered(things: FlaskClient) -> None:
    page = things.get("/?from=poster").get_data(as_text=True)
    assert '<html lang="zh-CN">' in page
    switch = re.search(r'href="([^"]+)" lang="en"', page)
    assert switch
    assert switch[1] == "/?from=poster&amp;lang=en"
    assert '<html lang="en">' in things.get("/?from=poster&lang=en").get_data(as_text=True)
    assert '<html lang="en">' in things.get("/").get_data(as_text=True)
    assert '<html lang="zh-CN">' in things.get("/?lang=zh").get_data(as_text=True)


def test_a_chart_repeats_every_figure_as_text(things: FlaskClient) -> None:
    page = things.get("/things/chart").get_data(as_text=True)
    assert "style=" not in page
    for part in ("原料", "2.5", "25%", "7.5", "75%", "-5"):
        assert part in page
