"""Credits for one's own purpose go the same road as an event's: held, paid, retired."""

import json
from uuid import uuid4

import pytest

from puhui.credits.kind import Kind
from puhui.identity.purpose import TEXTS, Purpose
from puhui.register.claim import claims_of
from puhui.register.note import VerifierKey
from tests.makers.credits import SUMMIT, draft, on_sale, operator, organiser
from tests.makers.identity import organisation, person

RESTITUTION = {
    "kind": "judicial",
    "title_zh": "滥伐林木案生态修复",
    "title_en": "Restitution for felled trees",
    "required_kg": 500,
    "boundary_zh": "按福建法院刑事司法林业碳汇损失量计量方法计得",
    "document_title": "生态修复协议",
    "document_number": "（2022）闽0481刑初1号",
    "document_issued_on": "2022-09-20",
}


@pytest.fixture
def pay_and_retire(client, settle):
    def run(hold: dict) -> str:
        """Confirm the transfer of what is due; return the certificate's code."""
        answer = client.put(
            f"/api/credits/holds/{hold['hold_id']}/payment",
            json={
                "reference": f"B{hold['reference']}",
                "amount_fen": hold["total_fen"],
                "paid_on": "2026-06-01",
            },
            headers=operator().headers,
        )
        assert answer.status_code == 201, answer.json
        settle()
        found = client.get(f"/api/credits/retirements?search={hold['title']}").json["items"]
        return next(row["code"] for row in found)

    return run


def fact_of(client, code: str) -> dict:
    text = client.get(f"/c/{code}.json").get_data(as_text=True)
    (claim,) = claims_of(text)
    assert claim.is_signed
    _, fact = claim.check([VerifierKey.parse(claim.key)])
    return {**fact, "told": json.loads(text)["document"]}


def test_a_person_buys_ten_kilograms_a_yuan_and_is_not_named(
    client, noon, settle, pay_and_retire
) -> None:
    on_sale(draft(Kind.ONE_YUAN, 500, 10_000), draft(Kind.FFCER, 9_000, 1555))
    buyer = person("陈小满")
    url = f"/api/credits/personal-purchases/{uuid4()}"
    first, again = (client.put(url, json={"yuan": 3}, headers=buyer.headers) for _ in range(2))
    assert first.json == again.json
    assert (first.json["total_kg"], first.json["total_fen"]) == (30, 300)
    assert first.json["organisation_id"] is None
    assert client.put(url, json={"yuan": 4}, headers=buyer.headers).status_code == 409
    other = person("别的人")
    assert client.put(url, json={"yuan": 3}, headers=other.headers).status_code == 409
    hold = f"/api/credits/holds/{first.json['hold_id']}"
    assert client.get(hold, headers=other.headers).status_code == 404
    assert client.delete(hold, headers=other.headers).status_code == 404
    assert client.put(f"{hold}/announcement", headers=buyer.headers).status_code == 200

    fact = fact_of(client, pay_and_retire(first.json))
    assert (fact["purpose"], fact["kg"], fact["beneficiary"]) == ("personal", "30", None)
    assert [line["kind"] for line in fact["told"]["credits"]] == ["one_yuan"]
    assert "陈小满" not in json.dumps(fact, ensure_ascii=False)
    assert client.get(hold, headers=buyer.headers).json["state"] == "retired"


def test_who_agrees_to_be_named_on_certificates_is(client, noon, settle, pay_and_retire) -> None:
    on_sale(draft(Kind.ONE_YUAN, 500, 10_000))
    buyer = person("陈小满")
    agreed = client.put(
        "/api/me/consents/certificate_name",
        json={"text_hash": TEXTS[Purpose.CERTIFICATE_NAME].hash},
        headers=buyer.headers,
    )
    assert agreed.status_code == 204
    bought = client.put(
        f"/api/credits/personal-purchases/{uuid4()}", json={"yuan": 1}, headers=buyer.headers
    )
    code = pay_and_retire(bought.json)
    assert "陈小满" in client.get(f"/c/{code}").get_data(as_text=True)
    assert fact_of(client, code)["beneficiary"].startswith("sha256:")


def test_a_person_pays_no_more_than_a_yuan_for_ten_kilograms(client, noon) -> None:
    on_sale(draft(Kind.ONE_YUAN, 500, 10_001), draft(Kind.FOREST_TICKET, 500, 1_000))
    answer = client.put(
        f"/api/credits/personal-purchases/{uuid4()}",
        json={"yuan": 1},
        headers=person("陈小满").headers,
    )
    assert (answer.status_code, answer.json["code"]) == (409, "not_enough_credits")


def test_restitution_names_its_document(client, noon, settle, pay_and_retire) -> None:
    on_sale(draft(Kind.FOREST_TICKET, 5_000, 1_400))
    asked = {**RESTITUTION, "organisation_id": str(organisation(SUMMIT))}
    buyer = organiser()
    url = f"/api/credits/purchases/{uuid4()}"
    without = {key: value for key, value in asked.items() if key != "document_number"}
    refused = client.put(url, json=without, headers=buyer.headers)
    assert [fault["field"] for fault in refused.json["errors"]] == ["document_number"]
    bought, again = (client.put(url, json=asked, headers=buyer.headers) for _ in range(2))
    assert bought.status_code == 201, bought.json
    assert bought.json == again.json
    code = pay_and_retire(bought.json)
    fact = fact_of(client, code)
    assert (fact["purpose"], fact["kg"]) == ("judicial", "500")
    assert fact["told"]["purpose"]["document"] == {
        "title": "生态修复协议",
        "number": "（2022）闽0481刑初1号",
        "issued_on": "2022-09-20",
        "sha256": None,
    }
    assert "（2022）闽0481刑初1号" in client.get(f"/c/{code}").get_data(as_text=True)
    assert client.get(f"/c/{code}.pdf").data.startswith(b"%PDF")


@pytest.mark.parametrize("kind", ["building", "branch", "transport", "other"])
def test_other_purposes_need_no_event_and_no_document(client, noon, kind) -> None:
    on_sale(draft(Kind.FOREST_TICKET, 5_000, 1_400))
    asked = {
        "organisation_id": str(organisation(SUMMIT)),
        "kind": kind,
        "title_zh": "网点 2025 年度运营",
        "required_kg": 81,
        "boundary_zh": "用电，按电费单",
    }
    url = f"/api/credits/purchases/{uuid4()}"
    found = client.put(url, json=asked, headers=organiser().headers)
    assert (found.json["purpose_kind"], found.json["need_kg"]) == (kind, 81)
    forged = client.put(url, json={**asked, "kind": "event"}, headers=organiser().headers)
    assert forged.status_code == 422


def test_both_forms_lead_to_a_hold(client, noon) -> None:
    on_sale(draft(Kind.ONE_YUAN, 500, 10_000), draft(Kind.FOREST_TICKET, 5_000, 1_400))
    buyer = organiser()
    name = str(uuid4())
    assert "一元" in client.get("/credits/personal", headers=buyer.headers).get_data(as_text=True)
    for _ in range(2):
        sent = client.post(
            "/credits/personal", data={"form_name": name, "yuan": "2"}, headers=buyer.headers
        )
        assert (sent.status_code, sent.location) == (303, f"/holds/{name}")
    page = client.get("/credits/personal", headers=buyer.headers).get_data(as_text=True)
    assert page.count(f"/holds/{name}") == 1
    assert SUMMIT in client.get("/credits/retire", headers=buyer.headers).get_data(as_text=True)
    form = {**RESTITUTION, "organisation_id": str(organisation(SUMMIT))}
    faulty = client.post(
        "/credits/retire", data={**form, "document_number": ""}, headers=buyer.headers
    )
    assert faulty.status_code == 422
    name = str(uuid4())
    sent = client.post("/credits/retire", data={**form, "form_name": name}, headers=buyer.headers)
    assert sent.location == f"/holds/{name}"
