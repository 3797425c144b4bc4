"""Twice is once, however the second time is written down."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import Barrier
from uuid import uuid4

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from puhui.web.idempotency import meaning
from tests.makers.identity import SignedIn, person
from tests.web import things as trial

THING = {"name": "竹板", "count": 2, "parts": [{"name": "面", "mass_kg": "1.5"}]}


def test_the_same_name_and_content_is_done_once(things: FlaskClient, li: SignedIn) -> None:
    address = f"/api/things/{uuid4()}"
    first = things.put(address, json=THING, headers=li.headers)
    again = things.put(address, json=dict(reversed(THING.items())), headers=li.headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert len(trial.made) == 1


def test_the_same_name_for_something_else_is_refused(things: FlaskClient, li: SignedIn) -> None:
    address = f"/api/things/{uuid4()}"
    things.put(address, json=THING, headers=li.headers)
    other = things.put(address, json={**THING, "count": 3}, headers=li.headers)
    assert (other.status_code, other.json["code"]) == (409, "name_taken")
    assert len(trial.made) == 1


def test_eight_at_once_are_one(make_app: Callable[..., Flask], li: SignedIn) -> None:
    app, address, together = make_app(), f"/api/things/{uuid4()}", Barrier(8)

    def send(_: int) -> int:
        together.wait()
        return app.test_client().put(address, json=THING, headers=li.headers).status_code

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(send, range(8))) == [201] * 8
    assert len(trial.made) == 1


def test_a_post_is_named_by_its_key(things: FlaskClient, li: SignedIn) -> None:
    key = {**li.headers, "Idempotency-Key": '"planting-1"'}
    assert things.post("/api/things", json=THING, headers=key).status_code == 201
    key["Idempotency-Key"] = "planting-1"  # quoted or not, it is the same word
    assert things.post("/api/things", json=THING, headers=key).status_code == 201
    assert len(trial.made) == 1
    assert things.post("/api/things", json={**THING, "count": 9}, headers=key).status_code == 409


@pytest.mark.parametrize("key", [None, "", '""', "two words", "x" * 129, "é"])
def test_a_post_without_a_good_key_is_refused(
    things: FlaskClient, li: SignedIn, key: str | None
) -> None:
    headers = dict(li.headers) if key is None else {**li.headers, "Idempotency-Key": key}
    answer = things.post("/api/things", json=THING, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (400, "idempotency_key_required")


def test_two_people_may_use_the_same_key(things: FlaskClient, li: SignedIn) -> None:
    for who in (li, person("韩梅梅")):
        headers = {**who.headers, "Idempotency-Key": "1"}
        assert things.post("/api/things", json=THING, headers=headers).status_code == 201
    assert len(trial.made) == 2


def test_what_failed_may_be_tried_again_under_the_same_name(
    things: FlaskClient, li: SignedIn
) -> None:
    address = f"/api/things/{uuid4()}"
    assert things.put(address, json={**THING, "count": 0}, headers=li.headers).status_code == 422
    assert things.put(address, json=THING, headers=li.headers).status_code == 201


def test_a_form_means_its_fields_and_the_content_of_its_files(things: FlaskClient) -> None:
    def meant(*, name: str, photo: bytes, called: str = "a.jpg") -> str:
        data = {"species": name, "photo": (BytesIO(photo), called)}
        with things.application.test_request_context("/x", method="POST", data=data):
            found = meaning()
            assert request.files["photo"].read() == photo  # still there for the view
        return found

    # Every call has another boundary between its parts.
    assert meant(name="樟", photo=b"1") == meant(name="樟", photo=b"1", called="b.jpg")
    assert meant(name="樟", photo=b"1") != meant(name="樟", photo=b"2")
    assert meant(name="樟", photo=b"1") != meant(name="枫", photo=b"1")
