"""A long list comes in pages, and nobody can make up where one begins."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from puhui.web import paging


def test_pages_follow_one_another_to_the_end(things: FlaskClient) -> None:
    seen, address = [], "/api/things?limit=3&kind=board"
    while address:
        answer = things.get(address)
        seen += [thing["count"] for thing in answer.json["items"]]
        address = answer.json["next"]
        if address:
            assert answer.headers["Link"] == f'<{address}>; rel="next"'
            assert address.startswith("http://localhost/api/things?")
            assert "limit=3" in address
            assert "kind=board" in address
    assert seen == [1, 2, 3, 4, 5, 6, 7]
    assert "Link" not in answer.headers


def test_the_last_page_may_be_exactly_full(things: FlaskClient) -> None:
    answer = things.get("/api/things?limit=7")
    assert (len(answer.json["items"]), answer.json["next"]) == (7, None)


def test_a_key_comes_back_as_it_went(things: FlaskClient) -> None:
    key = (7, "竹", uuid4(), datetime(2026, 3, 12, 4, 0, 0, 123456, tzinfo=UTC), date(2026, 3, 12))
    with things.application.test_request_context("/api/things"):
        assert paging.read_cursor(paging.write_cursor(key)) == key


def test_a_cursor_belongs_to_its_own_list(things: FlaskClient) -> None:
    with things.application.test_request_context("/api/things"):
        cursor = paging.write_cursor((UUID(int=1),))
    with things.application.test_request_context("/api/plantings"):
        assert paging.read_cursor(cursor) is None


def test_no_cursor_can_be_made_up(make_app) -> None:
    app = make_app()

    @given(st.text(max_size=80) | st.from_regex(r"[A-Za-z0-9_-]{20,60}", fullmatch=True))
    def refused(text: str) -> None:
        with app.test_request_context("/api/things"):
            assert paging.read_cursor(text) is None

    refused()
