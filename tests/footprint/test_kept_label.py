"""A label's page that is kept in front of the application is the application's own page."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import Client, TestResponse

from puhui.app import create_app
from puhui.db.session import transaction
from puhui.footprint import service
from puhui.kernel import clock
from puhui.web.kept import Kept
from puhui.web.metrics import REQUESTS
from tests.makers import footprint as make
from tests.makers.identity import SignedIn

ASKED: list[dict[str, str]] = [
    {},
    {"Accept-Language": "en-GB,en;q=0.9"},
    {"Accept-Language": "en", "Cookie": "lang=zh"},
    {"Cookie": "lang=en", "Accept": "text/html,application/xhtml+xml,*/*;q=0.8"},
]


@pytest.fixture
def maker(client: FlaskClient, noon) -> SignedIn:
    return make.mill()


def kept_of(app: Flask) -> Kept:
    assert isinstance(app.wsgi_app, Kept)
    return app.wsgi_app


def drawn(app: Flask, path: str, headers: dict[str, str] | None = None) -> TestResponse:
    """Ask the application behind what is kept."""
    return Client(kept_of(app).application).get(path, headers=headers)


def told(answer: TestResponse) -> tuple[int, set[tuple[str, str]], bytes]:
    headers = {pair for pair in answer.headers if pair[0] != "X-Request-ID"}
    return answer.status_code, headers, answer.data


def addresses(maker: SignedIn, now) -> Iterable[str]:
    """Return the page of a label, as typed and as its QR code has it, and of a unit."""
    code, unit = make.label(maker, now).code, make.serials(maker, now)[0].token
    return f"/l/{code}", f"/L/{code}", f"/L/{unit}"


def test_a_kept_page_is_what_the_application_says(app, client, maker, noon) -> None:
    for path in addresses(maker, noon):
        for headers in ASKED:
            own = drawn(app, path, headers)
            for _ in range(2):
                assert told(client.get(path, headers=headers)) == told(own)
            again = {**headers, "If-None-Match": f"W/{own.headers['ETag']}"}
            unchanged = client.get(path, headers=again)
            assert (unchanged.status_code, unchanged.data) == (304, b"")
            assert told(unchanged) == told(drawn(app, path, again))
    assert kept_of(app).pages


def test_every_answer_has_an_id_and_is_counted(app, client, maker, noon) -> None:
    path = f"/l/{make.label(maker, noon).code}"
    series = REQUESTS.labels("/l/<string:code>", "GET", 200)
    before = series._value.get()
    ids = {client.get(path).headers["X-Request-ID"] for _ in range(3)}
    assert client.get(path, headers={"X-Request-ID": "0123abcd"}).headers["X-Request-ID"] == (
        "0123abcd"
    )
    assert (len(ids), series._value.get() - before) == (3, 4)


def test_a_withdrawn_label_says_so_at_once_in_every_process(
    app, client, maker, noon, settings
) -> None:
    label = make.label(maker, noon)
    another = create_app(settings).test_client()
    path = f"/l/{label.code}"
    for reader in (client, another, client, another):
        assert "配方改变" not in reader.get(path).text
    with transaction() as session:
        service.withdraw_label(session, maker.actor, label.label_id, "配方改变", noon)
    for reader in (client, another):
        assert "配方改变" in reader.get(path).text


def test_a_label_expires_at_its_instant(client, maker, noon) -> None:
    label = make.label(maker, noon)
    path = f"/l/{label.code}"
    with clock.stopped(label.expires_at - timedelta(seconds=1)):
        assert "已过期" not in client.get(path).text
        assert "已过期" not in client.get(path).text
    with clock.stopped(label.expires_at):
        assert "已过期" in client.get(path).text


def test_units_of_a_label_share_a_page_but_for_their_code(app, client, maker, noon) -> None:
    one, other, claimed = (serial.token for serial in make.serials(maker, noon, 3))
    for unit in (one, other):
        # Who looks first is noted, so that look is not answered from what is kept.
        client.get(f"/L/{unit}")
    pages = len(kept_of(app).pages)
    client.get(f"/L/{one}")
    page = client.get(f"/L/{other}")
    assert len(kept_of(app).pages) == pages + 1
    assert told(page) == told(drawn(app, f"/L/{other}"))
    assert one not in page.text
    assert other in page.text
    assert claimed not in page.text


def test_what_is_not_plain_goes_to_the_application(app, client, maker, noon) -> None:
    path = f"/l/{make.label(maker, noon).code}"
    client.get(path)
    assert client.get(f"{path}?lang=en").headers["Content-Language"] == "en"
    assert client.head(path).data == b""
    assert client.get(path, headers={"Accept": "application/ld+json"}).status_code == 303
    own = client.get(path, headers={"Cookie": maker.headers["Authorization"][7:]})
    assert own.status_code == 200
    assert client.get(f"/l/{'0' * 26}").status_code == 404
    assert client.get("/l/%00").status_code == 404
