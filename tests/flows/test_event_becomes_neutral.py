"""A conference becomes carbon-neutral: from a messy list to serials that anyone can look up."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest

from puhui.events.document import recompute
from puhui.kernel import clock
from puhui.kernel.actor import Role
from tests.makers import events
from tests.makers.credits import EXAMPLE as BATCHES
from tests.makers.credits import EXCHANGE
from tests.makers.factors import publish_shipped
from tests.makers.identity import organisation, person

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
TOLD = json.loads((EXAMPLES / "event.json").read_text(encoding="utf-8"))
AUTUMN = datetime(2026, 10, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def autumn():
    with clock.stopped(AUTUMN):
        yield AUTUMN


def test_an_event_becomes_neutral(client, autumn, settle):
    publish_shipped()
    li = person("李雷", (events.FORESTRY, Role.ORGANISER))
    han = person("韩梅梅", (EXCHANGE, Role.OPERATOR))

    def put(who, url, body=None):
        answer = client.put(url, json=body, headers=who.headers)
        again = client.put(url, json=body, headers=who.headers)
        assert (answer.status_code, again.json) == (again.status_code, answer.json), url
        return answer

    # The exchange brings credits of several kinds.
    sent = client.post(
        "/api/credits/imports",
        data=BATCHES.read_bytes(),
        headers={**han.headers, "Content-Type": "text/csv", "Idempotency-Key": "batches"},
    )
    assert sent.status_code == 201, sent.json

    # The organiser describes the event, enters amounts, sends the list as it is, decides a city.
    event = f"/api/events/{uuid4()}"
    draft = {**TOLD["event"], "organisation_id": str(organisation(events.FORESTRY))}
    assert put(li, event, draft).status_code == 201
    assert put(li, f"{event}/inventory", TOLD["inventory"]).status_code == 201
    for _ in range(2):
        sent = client.post(
            f"{event}/attendees",
            data=(EXAMPLES / "attendees.csv").read_bytes(),
            headers={**li.headers, "Content-Type": "text/csv", "Idempotency-Key": "list"},
        )
        assert sent.status_code == 201, sent.json
    assert (sent.json["rows"], sent.json["merged"], sent.json["people"]) == (21, 1, 20)
    assert [question["written"] for question in sent.json["questions"]] == ["厦们"]
    estimates = f"{event}/estimates/{uuid4()}"
    refused = client.put(estimates, json={"stage": "actual"}, headers=li.headers)
    assert (refused.status_code, refused.json["code"]) == (409, "cities_undecided")
    cities = f"{event}/attendees/{sent.json['list_id']}/cities"
    assert put(li, cities, {"decisions": TOLD["decisions"]}).json["questions"] == []

    # The estimate is what examples/event.md computes by hand.
    estimate = put(li, estimates, {"stage": "actual"}).json
    assert (estimate["total_kg"], estimate["need_kg"]) == ("4853.9982416", 4854)
    assert recompute(estimate["document"]) == []

    # A bundle over three kinds is held at a price, accepted, paid by bank transfer.
    offer = f"{event}/offers/{uuid4()}"
    held = put(li, offer, TOLD["wishes"]).json
    bought = {line["kind"]: line["quantity_kg"] for line in held["lines"]}
    assert bought == {"ffcer": 2000, "one_yuan": 490, "forest_ticket": 2364}
    assert (held["total_fen"], held["surplus_kg"], held["state"]) == (11325, 0, "held")
    put(li, f"{offer}/acceptance")
    payment = {"reference": "BOC20261001000123", "amount_fen": 11325, "paid_on": "2026-10-01"}
    paid = put(han, f"/api/credits/holds/{held['offer_id']}/payment", payment)
    assert paid.status_code == 201, paid.json
    assert client.get(event).json["standing"]["state"] == "paid"

    # What follows, follows by itself, and once.
    settle()
    settle()
    shown = client.get(event).json
    assert shown["standing"]["state"] == "neutral"
    assert (shown["standing"]["retired_kg"], shown["standing"]["surplus_kg"]) == (4854, 0)
    assert shown["neutral_by"] == "2027-09-20"

    # Anyone sees it: the page, the reason for each exclusion, the badge, the certificate.
    number = event.removeprefix("/api")
    page = client.get(number).text
    assert "已实现碳中和" in page
    assert "展品与物资均由三明市内供应" in page
    assert "已实现碳中和" in client.get(f"{number}/badge.svg").text
    document = client.get(f"{number}/estimates/1.json").data
    assert sha256(document).hexdigest() == estimate["sha256"]
    code = client.get(offer, headers=li.headers).json["certificate"]
    certificate = client.get(f"/c/{code}").text
    assert "三明林业碳汇发展大会" in certificate
    assert "4854" in certificate.replace(",", "")
