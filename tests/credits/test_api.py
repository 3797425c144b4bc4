"""Credits over HTTP: what everyone sees, what an operator does, what a buyer may do."""

import csv
import json
from io import BytesIO, StringIO
from uuid import uuid4

import pytest

from puhui.credits.kind import Kind
from puhui.register.claim import claims_of
from puhui.register.note import VerifierKey
from tests.makers.credits import (
    EXAMPLE,
    draft,
    held,
    on_sale,
    operator,
    organiser,
    paid,
)

CHANGKOU = {
    "kind": "forest_ticket",
    "project": "JL-CHANGKOU",
    "project_name": "将乐县常口村林业碳票",
    "project_name_en": "Changkou village forest tickets, Jiangle",
    "county_code": "350428",
    "place": "三明市将乐县高唐镇常口村",
    "place_en": "Changkou village, Jiangle county, Sanming",
    "method": "林业碳票",
    "beneficiaries": "常口村集体与村民",
    "beneficiaries_en": "Changkou village and its people",
    "project_source": "新华社 2021-05-19",
    "registry": "三明市林业碳票",
    "serials": "LYTP-350428-0000001/1-2723000",
    "quantity_kg": 2723000,
    "period_starts": "2016-01-01",
    "period_ends": "2020-12-31",
    "price_yuan_per_t": "15",
    "seller": "常口村村民委员会",
    "source": "新华社 2021-05-19",
}


@pytest.fixture
def clerk(client):
    return operator().headers


@pytest.fixture
def retired_code(client, noon, settle) -> str:
    """The code of a sealed and numbered certificate of 3,000 kg for a need of 2,500."""
    on_sale(draft(Kind.FFCER, 9_000, 1555))
    who = organiser()
    hold = paid(held(who, 2_500))
    settle()
    found = client.get(f"/api/credits/holds/{hold.hold_id}", headers=who.headers).json
    return found["certificate"]


def test_an_operator_brings_a_batch_in_once(client, clerk) -> None:
    url = f"/api/credits/batches/{uuid4()}"
    answers = [client.put(url, json=CHANGKOU, headers=clerk) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json == client.get(url).json
    assert answers[0].json["available_kg"] == 2_723_000
    assert answers[0].json["price_fen_per_t"] == 1500
    other = client.put(url, json=CHANGKOU | {"seller": "别人"}, headers=clerk)
    assert (other.status_code, other.json["code"]) == (409, "name_taken")


def test_a_batch_with_faults_is_refused_with_all_of_them(client, clerk) -> None:
    wrong = CHANGKOU | {"quantity_kg": 2723, "serials": "1-2723000", "period_ends": "2015-01-01"}
    answer = client.put(f"/api/credits/batches/{uuid4()}", json=wrong, headers=clerk)
    assert answer.status_code == 422
    assert {fault["field"] for fault in answer.json["errors"]} == {"serials", "period_ends"}


def test_a_citizen_brings_nothing_in(client) -> None:
    answer = client.put(
        f"/api/credits/batches/{uuid4()}", json=CHANGKOU, headers=organiser().headers
    )
    assert answer.status_code == 403


def test_a_file_is_imported_once_for_each_key(client, clerk) -> None:
    def send(key: str, content: bytes):
        headers = clerk | {"Idempotency-Key": key, "Content-Type": "text/csv"}
        return client.post("/api/credits/imports", data=content, headers=headers)

    example = EXAMPLE.read_bytes()
    assert [send("a", example).json for _ in range(2)] == [{"batches": 6}] * 2
    # An older spreadsheet writes another encoding; the rows are known.
    assert send("b", example.decode().encode("gb18030")).json == {"batches": 6}
    refused = send("c", example.replace(b"15.55", b"free"))
    assert refused.status_code == 422
    assert refused.json["errors"][0] | {"detail": ""} == {
        "row": 4,
        "field": "price_yuan_per_t",
        "code": "malformed_price",
        "detail": "",
    }
    assert len(client.get("/api/credits/batches").json["items"]) == 6


def batches(client) -> list[dict]:
    return client.get("/api/credits/batches").json["items"]


def lot_left(client, line: dict) -> int:
    return next(b["available_kg"] for b in batches(client) if b["batch_id"] == line["batch_id"])


def test_everyone_may_ask_what_a_need_would_cost(client, clerk) -> None:
    client.post(
        "/api/credits/imports",
        data=EXAMPLE.read_bytes(),
        headers=clerk | {"Idempotency-Key": "a", "Content-Type": "text/csv"},
    )
    found = client.get("/api/credits/proposals?need_kg=139560").json
    # Tickets at 14.02 yuan per tonne are cheapest: 139.56 t cost 1,956.6312 yuan.
    assert (found["total_kg"], found["surplus_kg"], found["total_fen"]) == (139_560, 0, 195_664)
    ffcer = client.get("/api/credits/proposals?need_kg=139560&kinds=ffcer").json
    assert (ffcer["total_kg"], ffcer["surplus_kg"], ffcer["total_fen"]) == (
        140_000,
        440,
        217_700,
    )
    shared = client.get(
        "/api/credits/proposals?need_kg=139560&share_kind=one_yuan&share_percent=1"
    ).json
    # One per cent is 1,395.6 kg, in granules of ten 1,400 kg for 140 yuan.
    assert {line["kind"]: line["quantity_kg"] for line in shared["lines"]} == {
        "one_yuan": 1_400,
        "forest_ticket": 138_160,
    }
    # 1,956.64 yuan pay for those 139.56 t, and for not a kilogram more.
    spent = client.get("/api/credits/proposals?budget_fen=195664").json
    assert (spent["need_kg"], spent["total_fen"]) == (139_560, 195_664)
    assert spent["lines"][0]["left_kg"] == lot_left(client, spent["lines"][0]) - 139_560
    near = client.get(
        "/api/credits/proposals?need_kg=10000&share_county=3507&share_county_percent=20"
    ).json
    county = {each["batch_id"]: each["county_code"] for each in batches(client)}
    from_nanping = [x for x in near["lines"] if county[x["batch_id"]].startswith("3507")]
    assert sum(line["quantity_kg"] for line in from_nanping) == 2_000
    assert near["lines"] == sorted(near["lines"], key=lambda line: line["price_fen_per_t"])
    for wrong in ("", "need_kg=1&budget_fen=1"):
        refused = client.get(f"/api/credits/proposals?{wrong}")
        assert refused.json["errors"][0]["code"] == "need_or_budget"
    little = client.get("/api/credits/proposals?budget_fen=1")
    assert (little.status_code, little.json["code"]) == (409, "budget_too_small")
    none = client.get("/api/credits/proposals?need_kg=139560&kinds=vcs")
    assert (none.status_code, none.json["code"]) == (409, "not_enough_credits")


def test_a_hold_is_its_organisations_business_and_an_operators(client, noon, clerk) -> None:
    on_sale(draft(Kind.FFCER, 9_000, 1555))
    who = organiser()
    url = f"/api/credits/holds/{held(who, 2_500).hold_id}"
    assert client.get(url, headers=who.headers).json["total_fen"] == 4665
    assert client.get(url, headers=clerk).status_code == 200
    assert client.get(url, headers=organiser(where="别的组委会").headers).status_code == 404
    assert client.get(url).status_code == 401
    listed = client.get("/api/credits/holds", headers=clerk).json["items"]
    assert [hold["state"] for hold in listed] == ["held"]
    assert client.get("/api/credits/holds", headers=who.headers).status_code == 403
    kept = client.put(url + "/announcement", headers=who.headers)
    assert kept.json["expires_at"] == "2026-03-17T04:00:00Z"
    assert client.delete(url, headers=who.headers).json["state"] == "released"


def test_a_payment_is_confirmed_over_http(client, noon, clerk, settle) -> None:
    on_sale(draft(Kind.FFCER, 9_000, 1555))
    who = organiser()
    url = f"/api/credits/holds/{held(who, 2_500).hold_id}"
    money = {"reference": "BOC1", "amount_fen": 4665, "paid_on": "2026-03-12"}
    short = client.put(url + "/payment", json=money | {"amount_fen": 4664}, headers=clerk)
    assert (short.status_code, short.json["code"]) == (409, "wrong_amount")
    for _ in range(2):
        assert client.put(url + "/payment", json=money, headers=clerk).status_code == 201
    settle()
    assert client.get(url, headers=who.headers).json["state"] == "retired"


def test_a_certificate_downloaded_checks_offline(client, retired_code) -> None:
    for url in (f"/api/credits/certificates/{retired_code}", f"/c/{retired_code}.json"):
        (claim,) = claims_of(client.get(url).text)
        _, fact = claim.check([VerifierKey.parse(claim.key)])
        assert (fact["kg"], fact["required_kg"]) == ("3000", "2500")
    proof = client.get(f"/c/{retired_code}.tlog-proof").text
    (claim,) = claims_of(proof)
    assert json.loads(claim.proof.entry)["certificate"] == retired_code
    assert client.get("/c/0000000000.json").status_code == 404


@pytest.mark.parametrize(
    "search", ["数字中国", "Digital China", "组委会", "{project}", "{code}", "{serials}", "{part}"]
)
def test_a_retirement_is_found_by_what_is_known_of_it(client, retired_code, search) -> None:
    (row,) = client.get("/api/credits/retirements").json["items"]
    (serials,) = row["serials"]
    words = search.format(
        project=row["projects"][0],
        code=retired_code.lower(),
        serials=serials,
        part=serials.replace("-7-9", "-8-8"),
    )
    query = {"search": words}
    found = client.get("/api/credits/retirements", query_string=query).json["items"]
    assert [each["code"] for each in found] == [retired_code]
    missed = {"search": serials.replace("-7-9", "-1-6")}
    assert client.get("/api/credits/retirements", query_string=missed).json["items"] == []


def test_the_public_table_adds_up_to_the_ledger(client, retired_code) -> None:
    rows = list(csv.DictReader(StringIO(client.get("/register.csv").text.removeprefix("\ufeff"))))
    assert [int(row["kg"]) for row in rows] == [3000]
    page = client.get("/register").text
    assert "9,000 kg" in page
    assert "6,000 kg" in page
    assert "3,000 kg" in page
    assert retired_code in page


def test_the_pages_say_it_in_both_languages(client, retired_code) -> None:
    chinese = client.get(f"/c/{retired_code}?lang=zh").text
    assert "碳信用注销证书" in chinese
    assert "取整多出" in chinese
    english = client.get(f"/c/{retired_code}?lang=en").text
    assert "Certificate of carbon credit retirement" in english
    assert "4th Digital China Summit" in english
    assert client.get(f"/c/{retired_code.lower()}").status_code == 301
    assert client.get(f"/c/{retired_code}.pdf").data.startswith(b"%PDF")


def test_an_operator_imports_and_confirms_on_pages(client, noon, settle) -> None:
    clerk, who = operator(), organiser()
    client.set_cookie("puhui_session", clerk.token)
    shown = client.get("/credits/import").text
    name = shown.split('name="form_name" value="')[1][:36]
    bad = client.post(
        "/credits/import",
        data={"form_name": name, "file": (BytesIO(b"kind\nffcer\n"), "x.csv")},
    )
    assert bad.status_code == 422
    assert "serials" in bad.text
    for _ in range(2):
        done = client.post(
            "/credits/import",
            data={"form_name": name, "file": (BytesIO(EXAMPLE.read_bytes()), "x.csv")},
        )
        assert done.status_code == 303
    assert "常口村" in client.get("/credits").text
    hold = held(who, 139_560)
    assert hold.reference in client.get("/payments").text
    form = {"reference": "BOC1", "amount_yuan": "1956.63", "paid_on": "2026-03-12"}
    assert client.post(f"/payments/{hold.hold_id}", data=form).status_code == 409
    form["amount_yuan"] = "1956.64"
    assert client.post(f"/payments/{hold.hold_id}", data=form).status_code == 303
    settle()
    client.set_cookie("puhui_session", who.token)
    assert "/c/" in client.get(f"/holds/{hold.hold_id}").text


def test_a_buyer_announces_and_gives_back_on_the_page(client, noon) -> None:
    on_sale(draft(Kind.FFCER, 9_000, 1555))
    who = organiser()
    hold = held(who, 2_500)
    client.set_cookie("puhui_session", who.token)
    page = f"/holds/{hold.hold_id}"
    assert "46.65" in client.get(page).text
    assert client.post(page + "/ways/bank").status_code == 303
    assert "2026-03-17" in client.get(page).text
    assert client.post(page + "/release").status_code == 303
    assert "已放弃" in client.get(page).text
    client.set_cookie("puhui_session", organiser(where="别的组委会").token)
    assert client.get(page).status_code == 404
