"""The shop over HTTP: pages without script, and the JSON that says the same."""

import csv
import io
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.rewards.offer import Delivery
from tests.makers.identity import SignedIn, organisation, person
from tests.makers.shop import SHOP, buyer, cause, clerk, has, left, offered, operator, redeemed


def sign_in(client: FlaskClient, who: SignedIn) -> None:
    client.set_cookie("puhui_session", who.token)


TERMS = {
    "kind": "bamboo", "stock": "3", "name_zh": "竹牙刷一支", "name_en": "A toothbrush",
    "says_zh": "到店领取。", "says_en": "Fetched.", "points": "40", "delivery": "pickup",
    "county_code": "将乐县", "offered_until": "2026-12-31", "code_days": "30",
    "returns_unused": "true", "most_each": "2",
}  # fmt: skip


def test_from_a_partners_offer_to_the_desk_without_script(client: FlaskClient) -> None:
    staff, shop, li = clerk(), organisation(SHOP), buyer()
    sign_in(client, staff)
    form = {**TERMS, "form_name": str(uuid4()), "organisation_id": str(shop)}
    faulty = client.post(
        f"/partners/{shop}/offers/new", data={**form, "says_zh": "值 20 元", "county_code": ""}
    )
    assert faulty.status_code == 422
    assert "请不要写金额" in faulty.text
    assert "须写明在哪个县" in faulty.text
    for _ in range(2):
        assert client.post(f"/partners/{shop}/offers/new", data=form).status_code == 303
    sign_in(client, operator())
    waiting = client.get("/shop/offers").text
    version = re.search(r"/shop/versions/([0-9a-f-]{36})/decision", waiting)[1]
    assert (
        client.post(f"/shop/versions/{version}/decision", data={"approved": "false"}).status_code
        == 422
    )
    assert (
        client.post(f"/shop/versions/{version}/decision", data={"approved": "true"}).status_code
        == 303
    )

    sign_in(client, li)
    assert "竹牙刷一支" in client.get("/shop?county=将乐").text
    assert "竹牙刷一支" not in client.get("/shop?county=鼓楼").text
    offer = re.search(r"/shop/([0-9a-f-]{36})", client.get("/shop").text)[1]
    assert "兑换后剩余" in client.get(f"/shop/{offer}/redeem").text
    name = str(uuid4())
    for _ in range(2):
        sent = client.post(f"/shop/{offer}/redeem", data={"form_name": name, "version_id": version})
        assert (sent.status_code, sent.location) == (303, f"/shop/redemptions/{name}")
    assert has(li) == 60
    shown = client.get(f"/shop/redemptions/{name}").text
    code = re.search(r"([0-9A-Z]{5}-[0-9A-Z]{5})", shown)[1]
    assert "<svg" in shown
    assert f'href="/shop/redemptions/{name}"' in client.get("/wallet").text

    sign_in(client, staff)
    assert code.replace("-", "") not in client.get(f"/partners/{shop}").text
    assert client.get("/partners/handover").location == f"/partners/{shop}"
    scanned = client.get(f"/partners/handover?code={code}")
    assert (scanned.status_code, code in scanned.text) == (200, True)
    wrong = client.post(f"/partners/{shop}/handover", data={"code": "00000-00000"})
    assert (wrong.status_code, "兑换码不对" in wrong.text) == (409, True)
    assert (
        "请交付：竹牙刷一支" in client.post(f"/partners/{shop}/handover", data={"code": code}).text
    )
    again = client.post(f"/partners/{shop}/handover", data={"code": code})
    assert (again.status_code, "已经用过" in again.text) == (409, True)
    assert "已交付" in client.get(f"/partners/{shop}/statement").text


def test_what_is_sent_asks_for_an_address_and_agreement_and_shows_the_way(
    client: FlaskClient,
) -> None:
    li, staff, shop = buyer(), clerk(), organisation(SHOP)
    card, name = offered(delivery=Delivery.SENT, county_code=None), str(uuid4())
    page = f"/shop/{card.offer_id}/redeem"
    form = {
        "form_name": name, "version_id": str(card.version_id), "recipient": "李雷",
        "phone": "13800000001", "place": "将乐县日照东路 1 号",
    }  # fmt: skip
    sign_in(client, li)
    assert client.post(page, data={**form, "place": ""}).status_code == 422
    assert "同意" in client.post(page, data=form).text
    assert client.post(page, data={**form, "agreed": "true"}).status_code == 303
    sign_in(client, staff)
    assert "日照东路" in client.get(f"/partners/{shop}").text
    desk = f"/partners/{shop}/redemptions/{name}"
    assert client.post(f"{desk}/dispatch", data={"tracking": "YT 1"}).status_code == 303
    sign_in(client, li)
    assert "YT 1" in client.get(f"/shop/redemptions/{name}").text
    assert client.post(f"/shop/redemptions/{name}/receipt").status_code == 303
    assert "已签收" in client.get(f"/shop/redemptions/{name}").text
    sign_in(client, staff)
    assert "日照东路" not in client.get(f"/partners/{shop}").text
    late = client.post(f"{desk}/refund", data={"reason": "缺货"})
    assert (late.status_code, has(li)) == (409, 60)


def test_json_redeems_once_and_a_wrong_code_stays_counted(client: FlaskClient) -> None:
    li, staff, shop = buyer(), clerk(), organisation(SHOP)
    card, name = offered(), uuid4()
    body = {"offer_id": str(card.offer_id), "version_id": str(card.version_id)}
    url = f"/api/redemptions/{name}"
    first, second = (client.put(url, json=body, headers=li.headers) for _ in range(2))
    assert (first.status_code, first.json) == (201, second.json)
    other = client.put(url, json={**body, "version_id": str(uuid4())}, headers=li.headers)
    assert (other.status_code, other.json["code"]) == (409, "name_taken")
    assert client.get("/api/redemptions", headers=li.headers).json["items"] == [first.json]
    desk = f"/api/partners/{shop}/handovers"
    wrong = [
        client.post(desk, json={"code": "00000-00000"}, headers=staff.headers).status_code
        for _ in range(21)
    ]
    assert wrong == [409] * 20 + [429]
    fresh = clerk()
    handed = client.post(desk, json={"code": first.json["code"]}, headers=fresh.headers)
    assert (handed.status_code, handed.json["state"], handed.json["code"]) == (
        200, "handed_over", None,
    )  # fmt: skip
    line = client.get("/api/wallet/statement", headers=li.headers).json["items"][0]
    assert (line["amount"], line["redemption_id"], line["award"]) == (-40, str(name), None)


def test_the_csv_of_a_statement_adds_up_line_by_line(client: FlaskClient, arbor_day) -> None:
    li, staff, shop = buyer(points=200), clerk(), organisation(SHOP)
    offer = offered()
    name = redeemed(li, offer).redemption_id
    redeemed(li, offer)
    with clock.stopped(arbor_day + timedelta(hours=1)):
        url = f"/api/redemptions/{name}/refund"
        assert client.post(url, json={"reason": "缺货"}, headers=staff.headers).status_code == 200
    period = "first_day=2026-03-01&end_day=2026-04-01"
    told = client.get(f"/api/partners/{shop}/statement?{period}", headers=staff.headers).json
    assert (told["opening"], told["redeemed"]["points"], told["refunded"]["points"]) == (0, 80, 40)
    answer = client.get(f"/api/partners/{shop}/statement.csv?{period}", headers=staff.headers)
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["what"] for row in rows] == [
        "opening",
        "redeemed",
        "redeemed",
        "refunded",
        "closing",
    ]
    balance = int(rows[0]["balance"])
    for row in rows[1:-1]:
        balance += int(row["moved"])
        assert balance == int(row["balance"])
    assert balance == int(rows[-1]["balance"]) == told["closing"] == 40
    assert left(offer) == 4
    faulty = client.get(
        f"/api/partners/{shop}/statement?first_day=2026-03-01&end_day=2026-03-01",
        headers=staff.headers,
    )
    assert (faulty.status_code, faulty.json["errors"][0]["code"]) == (422, "bad_period")


def test_giving_leads_to_a_certificate_that_anybody_can_check(client: FlaskClient) -> None:
    li, where, form = buyer(), cause(), str(uuid4())
    sign_in(client, li)
    assert client.post(f"/causes/{where}", data={"points": "101"}).status_code == 409
    for _ in range(2):
        sent = client.post(f"/causes/{where}", data={"points": "30", "form_name": form})
        assert sent.status_code == 303
    assert has(li) == 70
    own = client.get(sent.location).text
    assert "李雷" in own
    assert "30" in own
    assert f'href="{sent.location}"' in client.get("/wallet/statement").text
    client.delete_cookie("puhui_session")
    public = client.get(sent.location)
    assert (public.status_code, "李雷" in public.text, "未公开姓名" in public.text) == (
        200,
        False,
        True,
    )
    pdf = client.get(f"{sent.location}.pdf")
    assert (pdf.status_code, pdf.data[:5]) == (200, b"%PDF-")
    assert client.get("/t/000000000000").status_code == 404
    code = sent.location.removeprefix("/t/")
    told = client.get(f"/api/donation-certificates/{code}").json
    assert (told["points"], told["name"], told["donation_id"]) == (30, None, form)
    totals = client.get("/api/point-totals").json
    assert (totals["issued"], totals["donated"], totals["accounted"]) == (100, 30, 100)
    assert "闽江源巡护" in client.get("/point-totals").text


@pytest.mark.parametrize(
    ("role", "address", "status"),
    [
        (Role.VERIFIER, "/partners", 403),
        (Role.RETAILER, "/shop/offers", 403),
        (Role.RETAILER, "/causes/new", 403),
    ],
)
def test_desks_are_for_their_own_people(
    client: FlaskClient, role: Role, address: str, status: int
) -> None:
    sign_in(client, person("韩梅梅", ("别处", role)))
    assert client.get(address).status_code == status
    assert client.get(f"/partners/{organisation(SHOP)}").status_code in {403, 404}


def test_a_county_is_written_in_the_readers_language_and_found_by_either(
    client: FlaskClient,
) -> None:
    offered()
    for language, county in (("zh", "将乐县"), ("en", "Jiangle")):
        for looked_for in ("将乐", "jiangle"):
            shown = client.get(f"/shop?lang={language}&county={looked_for}").text
            assert f" · {county}" in shown
    assert "将乐县" not in client.get("/shop?lang=en").text
    assert " · Jiangle" not in client.get("/shop?lang=en&county=Shunchang").text
