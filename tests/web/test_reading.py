"""Bodies and queries are read strictly before any view sees them."""

from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from puhui.web.errors import Malformed
from puhui.web.reading import read_json
from tests.makers.identity import SignedIn
from tests.web import things as trial

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_what_another_writes_is_read_as_it_was_meant(value: object) -> None:
    import json

    assert read_json(json.dumps(value).encode()) == value


@given(
    st.binary(max_size=60) | st.text(alphabet='{}[]",:\\1eE.-NaIn ', max_size=60).map(str.encode)
)
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    try:
        read_json(data)
    except Malformed as refusal:
        assert refusal.code == 400


def test_brackets_inside_strings_do_not_count_as_depth() -> None:
    assert read_json(b'["' + b"[" * 100 + b'\\"[[["]')


def test_depth_is_refused_without_descending() -> None:
    # A search that goes back would take hours, and meet the limit that every test has.
    for data in (b"[" * 2_000_000, b'{"a":' * 400_000, b'"' + b"\\" * 1_999_999):
        with pytest.raises(Malformed):
            read_json(data)


def test_a_number_of_a_million_digits_costs_nothing() -> None:
    assert read_json(b"9" * 1_000_000) == 10**30
    assert read_json(b"-" + b"9" * 1_000_000) == -(10**30)


def test_nobody_is_told_what_is_wrong_before_they_have_signed_in(things: FlaskClient) -> None:
    answer = things.put(f"/api/things/{uuid4()}", data=b"{", content_type="application/json")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="puhui"'


def test_the_language_of_the_answer_is_not_a_filter(things: FlaskClient) -> None:
    assert things.get("/api/things?lang=en&kind=board").status_code == 200


def test_a_list_in_the_query_may_come_more_than_once(things: FlaskClient) -> None:
    assert things.get("/api/things?tag=a&tag=b").status_code == 200
    assert things.get("/api/things?tag=a&tag=b&tag=c&tag=d").status_code == 422


def test_a_wrong_type_is_told_what_would_be_right(things: FlaskClient, li: SignedIn) -> None:
    answer = things.put(f"/api/things/{uuid4()}", data=b"{}", headers=li.headers)
    assert (answer.status_code, answer.headers["Accept"]) == (415, "application/json")
    answer = things.post("/api/things", data=b"{}", headers=li.headers)
    assert (answer.status_code, answer.headers["Accept-Post"]) == (415, "application/json")


def test_a_picture_is_taken_as_it_is_up_to_its_size(things: FlaskClient, li: SignedIn) -> None:
    address = f"/api/things/{uuid4()}/picture"
    sent = {"content_type": "image/png", "headers": li.headers}
    assert things.put(address, data=b"x" * 1000, **sent).status_code == 204
    assert trial.made == [b"x" * 1000]
    assert things.put(address, data=b"x" * 1001, **sent).status_code == 413


def test_a_body_of_unstated_length_is_not_read_in_part(things: FlaskClient, li: SignedIn) -> None:
    from io import BytesIO

    answer = things.put(
        f"/api/things/{uuid4()}",
        input_stream=BytesIO(b'{"name": "' + b"x" * 3_000_000 + b'"}'),
        content_type="application/json",
        headers={**li.headers, "Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.status_code == 411


@pytest.mark.parametrize("code", ["a%00b", "a%0Ab", "%7F", "%E2%80%AE", "x" * 201])
def test_a_path_with_control_characters_leads_nowhere(things: FlaskClient, code: str) -> None:
    assert things.get("/api/things/by-code/竹-1").status_code == 200
    assert things.get(f"/api/things/by-code/{code}").status_code == 404


def test_half_a_character_is_refused_wherever_it_stands(things: FlaskClient, li: SignedIn) -> None:
    for body in (
        b'{"name": "a", "anything": [{"deep": "\\ud800"}]}',
        b'{"name": "a", "\\u0000": 1}',
    ):
        answer = things.put(
            f"/api/things/{uuid4()}",
            data=body,
            content_type="application/json",
            headers=li.headers,
        )
        assert answer.status_code == 422
        assert answer.json["errors"][0]["code"] == "control_character"
    assert answer.json["errors"][0]["field"] is None
