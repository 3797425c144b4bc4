"""A refusal is told to programs and to people in the same words, in their language."""

import logging
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from puhui.db import reader
from puhui.db.session import transaction
from puhui.kernel.errors import Conflict, Exhausted, Forbidden, NotFound, Unavailable
from puhui.web.guard import COOKIE
from tests.makers.identity import SignedIn, person

ENGLISH = {"Accept-Language": "en-GB,en;q=0.8"}


def raising(make_app, error: Exception | type[Exception]) -> FlaskClient:
    app = make_app()

    def view() -> str:
        raise error

    app.add_url_rule("/api/fails", "api_fails", view)
    app.add_url_rule("/fails", "fails", view)
    return app.test_client()


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFound(thing="x"), 404, "not_found"),
        (Forbidden(), 403, "forbidden"),
        (Conflict(), 409, "conflict"),
        (Exhausted(retry_after_s=7), 429, "too_many_requests"),
        (Unavailable(), 503, "unavailable"),
    ],
)
def test_each_kind_of_refusal_has_its_status(make_app, error, status: int, code: str) -> None:
    answer = raising(make_app, error).get("/api/fails")
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert answer.mimetype == "application/problem+json"
    assert answer.json["instance"] == "/api/fails"
    assert ("Retry-After" in answer.headers) == (status in (429, 503))


def test_what_a_refusal_is_about_stands_in_it(make_app) -> None:
    answer = raising(make_app, NotFound(thing="x", status=200)).get("/api/fails")
    assert answer.json["thing"] == "x"
    assert answer.json["status"] == 404


def test_every_fault_stands_beside_its_row_and_field(things: FlaskClient, li: SignedIn) -> None:
    address = f"/api/things/{uuid4()}/faults"
    chinese = things.post(address, headers=li.headers)
    assert chinese.status_code == 422
    assert chinese.json["errors"] == [
        {"row": 2, "field": "parts", "code": "too_few", "detail": "至少 1 项"},
        {"row": None, "field": None, "code": "unknown", "detail": "没有这个字段"},
    ]
    english = things.post(address, headers={**li.headers, **ENGLISH})
    assert [e["detail"] for e in english.json["errors"]] == [
        "At least 1 items",
        "There is no such field",
    ]
    assert (chinese.headers["Content-Language"], english.headers["Content-Language"]) == (
        "zh-CN",
        "en",
    )
    assert "Accept-Language" in english.headers["Vary"]


def test_a_person_reads_a_page_with_the_same_words(make_app) -> None:
    client = raising(make_app, NotFound())
    page = client.get("/fails", headers=ENGLISH)
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "Not found" in page.get_data(as_text=True)
    assert "没有找到" in client.get("/fails").get_data(as_text=True)
    assert client.get("/fails", headers={"Accept": "application/json"}).json["code"] == "not_found"


def test_our_own_fault_is_logged_and_told_without_details(make_app, caplog) -> None:
    client = raising(make_app, ZeroDivisionError("the secret formula"))
    with caplog.at_level(logging.ERROR):
        answer = client.get("/api/fails")
        page = client.get("/fails")
    assert (answer.status_code, answer.json["code"]) == (500, "our_fault")
    assert page.status_code == 500
    for told in (answer, page):
        assert "secret" not in told.get_data(as_text=True)
        assert "Traceback" not in told.get_data(as_text=True)
    assert "the secret formula" in caplog.text


def test_what_the_driver_refuses_is_our_bug_and_tells_nothing(make_app, database) -> None:
    app = make_app()

    def data() -> str:
        with transaction() as session:
            session.execute(text("SELECT 'secret'::int"))
        return ""

    def twice() -> str:
        with transaction() as session:
            session.execute(
                text(
                    "INSERT INTO web_request_name VALUES (gen_random_uuid(), NULL, now())"
                    " RETURNING 'secret'"
                )
            )
        return ""

    app.add_url_rule("/api/data", "data", data)
    app.add_url_rule("/api/twice", "twice", twice)
    client = app.test_client()
    for path, status in (("/api/data", 400), ("/api/twice", 409)):
        answer = client.get(path)
        assert answer.status_code == status
        assert "secret" not in answer.get_data(as_text=True)


def test_a_database_out_of_reach_is_a_pause_not_a_crash(make_app) -> None:
    error = OperationalError("SELECT 1", {}, Exception("no route"))
    answer = raising(make_app, error).get("/api/fails")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")


def test_whoever_is_signed_in_is_asked_to_wait_too(app, database, monkeypatch) -> None:
    """Who asks is read on a connection of its own: it must not fail otherwise than the pool."""
    li = person("李雷")
    reader.close()
    monkeypatch.setattr(reader, "_address", "postgresql://nobody@127.0.0.1:1/nothing")
    client = app.test_client(use_cookies=False)
    for path, headers in (("/api/me", li.headers), ("/me", {"Cookie": f"{COOKIE}={li.token}"})):
        answer = client.get(path, headers=headers)
        assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "1"), path


def test_a_method_that_is_not_known_is_told_the_ones_that_are(things: FlaskClient) -> None:
    answer = things.patch(f"/api/things/{uuid4()}")
    assert answer.status_code == 405
    assert {"GET", "PUT", "DELETE"} <= set(answer.headers["Allow"].split(", "))


def test_language_is_asked_for_by_query_cookie_or_browser(things: FlaskClient) -> None:
    def title(path: str, **headers: str) -> str:
        return things.get(path, headers=headers).json["title"]

    assert title("/api/none") == "没有找到"
    assert title("/api/none", **{"Accept-Language": "fr"}) == "没有找到"
    assert title("/api/none", **{"Accept-Language": "zh-TW,en;q=0.5"}) == "没有找到"
    assert title("/api/none", **ENGLISH) == "Not found"
    things.set_cookie("lang", "en")
    assert title("/api/none") == "Not found"
    assert title("/api/none?lang=zh", **ENGLISH) == "没有找到"
