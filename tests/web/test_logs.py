"""A line for each request: enough to find what happened, nothing about whom it happened to."""

import json

import pytest
import structlog

from puhui import logs
from tests.makers.identity import person
from tests.makers.logs import written_down


@pytest.fixture
def lines():
    """What was logged so far, a list of objects."""
    with written_down() as written:
        yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_request_id_that_is_sane_is_kept_and_returned(client, lines):
    answer = client.get("/nowhere", headers={"X-Request-ID": "from-the-proxy-1"})
    assert answer.headers["X-Request-ID"] == "from-the-proxy-1"
    assert [line["request_id"] for line in lines()] == ["from-the-proxy-1"]


@pytest.mark.parametrize(
    "offered", ["", "short", "a" * 65, "two words", "<script>alert(1)</script>"]
)
def test_any_other_is_replaced(client, offered):
    given = client.get("/livez", headers={"X-Request-ID": offered}).headers["X-Request-ID"]
    assert given != offered
    assert len(given) == 32


def test_a_line_names_the_route_and_the_actor_s_id_and_no_more(client, lines):
    li = person("李阿姨")
    client.get("/nowhere/13812345678?phone=13812345678", headers=li.headers)
    (line,) = lines()
    assert line["route"] == "-"
    assert line["status"] == 404
    written = json.dumps(line, ensure_ascii=False)
    assert "13812345678" not in written
    assert "李阿姨" not in written
    assert li.token not in written


@pytest.mark.parametrize(
    "sentence",
    [
        "手机13812345678已登记",
        "+86 13812345678",
        "8613812345678",
        "token nFq4yKk0d5m2b1T8Yv6Zs3Lw7Rp9Xc_JhGaUoEi-QsM in a sentence",
        {"deep": ["call 13812345678"]},
        13812345678,
    ],
)
def test_a_phone_number_or_token_is_struck_out_wherever_it_stands(sentence):
    struck = str(logs.strike_out(None, "info", {"event": sentence}))
    assert "13812345678" not in struck
    assert "nFq4yKk0d5" not in struck
    assert logs.STRUCK in struck


@pytest.mark.parametrize("name", ["password", "Authorization", "code", "phone", "pin", "secret"])
def test_what_is_called_a_secret_is_struck_out_whatever_it_looks_like(name):
    assert logs.strike_out(None, "info", {name: "x"}) == {name: logs.STRUCK}


@pytest.mark.parametrize(
    "harmless",
    ["00000000-0000-4000-8000-138123456789", "planting 20260312", "FJ-ZT-26-13812345678-1", 12.5],
)
def test_ids_and_numbers_are_kept(harmless):
    assert logs.strike_out(None, "info", {"event": harmless}) == {"event": harmless}


def test_an_exception_is_one_line_without_personal_data(lines):
    try:
        raise ValueError("no such phone: 13812345678")
    except ValueError:
        structlog.get_logger("test").exception("it.failed")
    (line,) = lines()
    assert "ValueError: no such phone" in line["exception"]
    assert "13812345678" not in line["exception"]
