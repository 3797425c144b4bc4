"""Held claims on a page: the desk, the shop, what the buyer reads, the appeal."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4, uuid5

from flask.testing import FlaskClient

from puhui.kernel import clock
from puhui.kernel.actor import Role
from tests.makers.identity import SignedIn, person
from tests.makers.shelf import shelf
from tests.rewards.test_claims import claimed


def four_within_the_hour(
    li: SignedIn, now: datetime, settle: Callable[[], None]
) -> tuple[str, str]:
    """Let Li claim four units of a product; return the fourth, which is held, and its award."""
    found = [claimed(li, unit, now + timedelta(minutes=20 + n)) for n, unit in
             enumerate(shelf(now, 4))]  # fmt: skip
    with clock.stopped(now + timedelta(minutes=30)):
        settle()
    return str(found[-1]), str(uuid5(found[-1], "points"))


def test_a_held_claim_is_explained_refused_appealed_and_paid_by_somebody_else(
    client: FlaskClient, arbor_day: datetime, settle: Callable[[], None]
) -> None:
    li, wang = person("李雷"), person("王芳", ("核查中心", Role.VERIFIER))
    clerk = person("运营甲", ("平台", Role.OPERATOR))
    serial_id, award_id = four_within_the_hour(li, arbor_day, settle)
    assert "10 积分等待核查员看过再到账" in client.get("/wallet", headers=li.headers).text
    page = client.get(f"/awards/{award_id}", headers=li.headers).text
    assert "这次领取要由核查员看过，积分才到账。" in page
    assert "一小时内领取同一产品 4 件" in page
    assert "F6.product_hour" not in page  # who knows where the line runs can stay behind it
    desk = client.get("/review/claims", headers=wang.headers).text
    assert f'action="/review/claims/{serial_id}"' in desk
    assert "F6.product_hour = 3" in desk
    assert client.get("/review/claims", headers=li.headers).status_code == 403
    url = f"/review/claims/{serial_id}"
    silent = client.post(url, data={"verdict": "refused", "words": " "}, headers=wang.headers)
    assert silent.status_code == 422
    refusal = {"verdict": "refused", "words": "代别人领取"}
    assert client.post(url, data=refusal, headers=wang.headers).status_code == 303
    assert "没有等您核查的领取" in client.get("/review/claims", headers=wang.headers).text
    page = client.get(f"/awards/{award_id}", headers=li.headers).text
    assert "代别人领取" in page
    assert "领取没有通过核查，积分收回" in page
    appeal = {"form_name": str(uuid4()), "words": "是一家四口的筷子"}
    assert client.post(
        f"/claims/{serial_id}/appeal", data=appeal, headers=li.headers
    ).status_code == 303  # fmt: skip
    assert "没有等您复核的申诉" in client.get("/review/claim-appeals", headers=wang.headers).text
    desk = client.get("/review/claim-appeals", headers=clerk.headers).text
    assert "是一家四口的筷子" in desk
    upheld = {"verdict": "upheld", "words": "小票相符"}
    assert client.post(
        f"/review/claim-appeals/{appeal['form_name']}", data=upheld, headers=clerk.headers
    ).status_code == 303  # fmt: skip
    page = client.get(f"/awards/{award_id}", headers=li.headers).text
    assert "申诉成立，积分已重新给出。" in page
    wallet = client.get("/api/wallet", headers=li.headers).json
    assert (wallet["pending"], wallet["held"]) == (40, 0)


def test_the_same_over_json(
    client: FlaskClient, arbor_day: datetime, settle: Callable[[], None]
) -> None:
    li, wang = person("李雷"), person("王芳", ("核查中心", Role.VERIFIER))
    serial_id, _ = four_within_the_hour(li, arbor_day, settle)
    (held,) = client.get("/api/claims/held", headers=wang.headers).json["items"]
    assert (held["serial_id"], held["state"], held["held_for"]) == (serial_id, "held", "rules")
    found = client.get(f"/api/claims/{serial_id}", headers=li.headers).json
    assert [signal["id"] for signal in found["weighings"][0]["signals"]] == ["F6"]
    stranger = client.get(f"/api/claims/{serial_id}", headers=person("旁人").headers)
    assert stranger.status_code == 404
    own = client.get("/api/claims", headers=li.headers).json["items"]
    assert [one["state"] for one in own] == ["held", *["accepted"] * 3]
    said = {"released": True, "words": "四口之家"}
    for _ in range(2):
        answer = client.post(f"/api/claims/{serial_id}/decision", json=said, headers=wang.headers)
        assert answer.json["state"] == "released"
    late = client.put(
        f"/api/claim-appeals/{uuid4()}",
        json={"serial_id": serial_id, "words": "为什么"},
        headers=li.headers,
    )
    assert (late.status_code, late.json["code"]) == (409, "not_refused")


def test_claims_on_the_label_page_count_by_browser(
    client: FlaskClient, arbor_day: datetime, settle: Callable[[], None]
) -> None:
    (unit,) = shelf(arbor_day)
    client.set_cookie("puhui_device", "not a number")
    answer = client.post(
        f"/l/{unit.token}/claim",
        data={"code": unit.token, "pin": unit.pin},
        headers=person("李雷").headers,
    )
    assert answer.status_code == 303
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("puhui_device=")
    assert "HttpOnly" in cookie
