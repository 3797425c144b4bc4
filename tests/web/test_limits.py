"""Who asks too often waits, and is told for how long."""

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest
from flask import Flask

from puhui.web import limits
from puhui.web.limits import Counter
from tests.makers.identity import SignedIn, person


@pytest.fixture
def strict(make_app: Callable[..., Flask]) -> Flask:
    app = make_app(limit_signed_in="4/hour", limit_public="2/hour")
    app.extensions["puhui.limits"].counter.forget()
    return app


def test_the_public_waits_after_its_quota(strict: Flask) -> None:
    client = strict.test_client()
    first = client.get("/api/things")
    assert first.headers["RateLimit-Policy"] == '"public";q=2;w=3600'
    assert first.headers["RateLimit"].startswith('"public";r=1;t=')
    assert client.get("/api/things").status_code == 200
    third = client.get("/api/things")
    assert third.status_code == 429
    assert third.json["type"].endswith("#quota-exceeded")
    assert third.json["violated-policies"] == ["public"]
    assert 0 < int(third.headers["Retry-After"]) <= 3600
    assert third.headers["RateLimit"].startswith('"public";r=0;t=')


def test_an_address_does_not_use_up_anothers_quota(strict: Flask) -> None:
    client = strict.test_client()

    def status(address: str) -> int:
        return client.get("/api/things", environ_base={"REMOTE_ADDR": address}).status_code

    assert [status("192.0.2.1") for _ in range(3)] == [200, 200, 429]
    assert status("192.0.2.2") == 200
    assert [status(f"2001:db8::{i}") for i in range(3)] == [200, 200, 429]  # one household
    assert status("2001:db8:0:1::1") == 200


def test_a_person_is_counted_wherever_they_are(strict: Flask, li: SignedIn) -> None:
    client, mei = strict.test_client(), person("韩梅梅")
    statuses = [client.get("/api/things", headers=li.headers).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 200, 429]
    assert client.get("/api/things", headers=mei.headers).status_code == 200


def test_a_guess_at_a_token_counts_against_its_address(strict: Flask) -> None:
    client = strict.test_client()
    guesses = [
        client.get("/api/things", headers={"Authorization": f"Bearer {i}"}).status_code
        for i in range(3)
    ]
    assert guesses == [200, 200, 429]


def test_a_view_may_have_a_policy_of_its_own(strict: Flask, li: SignedIn) -> None:
    client = strict.test_client()
    sent = {"data": b"x", "content_type": "image/png", "headers": li.headers}
    addresses = [f"/api/things/{uuid4()}/picture" for _ in range(3)]
    answers = [client.put(address, **sent) for address in addresses]
    assert [a.status_code for a in answers] == [204, 204, 429]
    assert answers[0].headers["RateLimit-Policy"] == '"upload";q=2;w=3600'


def test_a_page_may_have_one_too_and_says_so_as_a_page(strict: Flask) -> None:
    client = strict.test_client()
    answers = [client.get("/things/limited") for _ in range(3)]
    assert [a.status_code for a in answers] == [200, 200, 429]
    assert answers[2].mimetype == "text/html"
    assert client.get("/").status_code == 200


def test_without_redis_each_process_counts_and_goes_back_when_it_answers(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = make_app(redis_url="redis://127.0.0.1:1", limit_public="2/hour")
    client = alone.test_client()
    statuses = [client.get("/api/things").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]

    # Redis comes back: after a pause the common count is used again.
    shared = make_app().extensions["puhui.limits"].counter.shared
    counter: Counter = alone.extensions["puhui.limits"].counter
    healed = replace(counter, shared=shared)
    healed.forget()
    assert healed.add("puhui:limit:test", 3600) == 1
    assert healed.own.get("puhui:limit:test") == 1
    monkeypatch.setattr(limits, "PAUSE_S", 0.0)
    healed.away_until = 0.0
    assert healed.add("puhui:limit:test", 3600) == 1
    assert shared.get("puhui:limit:test") == 1
