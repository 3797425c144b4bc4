"""What a label's page says, what it leaves unknown, and what it never says."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from puhui.db.session import transaction
from puhui.footprint import service
from puhui.footprint.claims import claim_in, claims_of
from puhui.footprint.inventory import Reach
from puhui.footprint.median import Comparison, Peer, compared
from puhui.footprint.substitution import PLASTIC_SUBJECTS, Function, beside
from tests.makers import footprint as make
from tests.makers.identity import SignedIn, organisation, person

CLAIM = re.compile(
    "碳中和|气候中和|净零|零碳|负碳|neutral|net[ -]zero|zero[ -]carbon", re.IGNORECASE
)


@pytest.fixture
def maker(client: FlaskClient, noon) -> SignedIn:
    return make.mill()


def words_of(page: str) -> str:
    """Return what a reader sees and a program reads, without the markup."""
    return re.sub(r"<[^>]+>", " ", page)


def test_a_label_never_calls_a_product_neutral(client, maker, noon) -> None:
    held = make.label(maker, noon)
    ended = make.label(maker, noon)
    with transaction() as session:
        service.withdraw_label(session, maker.actor, ended.label_id, "配方改变", noon)
    expired = make.label(maker, noon - timedelta(days=4 * 365))
    for label in (held, ended, expired):
        for asked in ("", "?lang=en"):
            for headers in ({}, maker.headers):
                page = client.get(f"/l/{label.code}{asked}", headers=headers)
                assert page.status_code == 200
                assert CLAIM.findall(page.text) == []
        assert CLAIM.findall(client.get(f"/l/{label.code}.jsonld").text) == []
    # The list has "zero" in its name, and calls no product so.
    (listed,) = re.findall('<ul class="cards">.*?</ul>', client.get("/labels").text, re.DOTALL)
    assert CLAIM.findall(listed) == []


@pytest.mark.parametrize(
    "name", ["碳中和竹板", "零碳竹板", "Carbon-neutral board", "Net zero board"]
)
def test_a_product_cannot_be_given_a_name_that_claims_it(client, maker, noon, name) -> None:
    body = {**make.BOARD_ON_THE_WIRE, "organisation_id": str(organisation(make.MILL))}
    for field in ("name_zh", "name_en"):
        answer = client.put(
            f"/api/products/{uuid4()}", json={**body, field: name}, headers=maker.headers
        )
        assert answer.status_code == 422
        assert [(e["field"], e["code"]) for e in answer.json["errors"]] == [(field, "claim")]


def test_a_line_cannot_claim_it_either(client, maker, noon) -> None:
    product_id = make.board(maker, noon, inventory=False)
    content = make.board_json()
    content["lines"][1]["name"] = "碳中和汽油"
    with transaction() as session:
        submitted = make.Submitted.of_json(content)
        service.put_inventory(session, maker.actor, product_id, submitted, noon)
    footprint_id = make.verified(maker, noon, product_id)
    body = {"footprint_id": str(footprint_id)}
    answer = client.put(f"/api/labels/{uuid4()}", json=body, headers=maker.headers)
    assert (answer.status_code, answer.json["code"]) == (409, "claims_neutrality")


def test_a_claim_is_found_however_it_is_written() -> None:
    for text in ("碳 中和", "CARBON NEUTRAL", "climate-positive", "zero emissions", "CO2 free"):
        assert claim_in(f"我们的{text}竹板"), text
    for text in ("低（零）碳标识竹木产品清单", "碳化竹板", "carbonised bamboo", "低碳竹板"):
        assert claim_in(text) is None, text
    shown = {"product": {"name_zh": "竹"}, "result": {"lines": [{"name": "净零电"}]}}
    assert list(claims_of(shown)) == ["净零"]


def test_a_label_says_how_sure_it_is_and_on_what_data(client, maker, noon) -> None:
    label = make.label(maker, noon)
    result = json.loads(client.get(calculation_of(client, label)).text)["result"]
    page = words_of(client.get(f"/l/{label.code}").text)
    spread = result["uncertainty"]
    assert Decimal(spread["low_kg"]) < Decimal(result["footprint_kg"]) < Decimal(spread["high_kg"])
    for shown in (
        "95 % 区间",
        "253.8 – 331.5",
        "10000 次抽样",
        f"{result['quality']['score']}（1 最好",
    ):
        assert shown in page
    assert "电力因子的年份与核算期间不同" in page
    assert "无证书编号" in page
    assert "平台自愿碳标签" in page
    # Nothing is known of the kind, and nothing of plastic does what a board does.
    assert "未知。同类别、同单位、同边界的其他产品只有 0 个" in page
    assert "以竹代塑" not in page


def calculation_of(client: FlaskClient, label) -> str:
    return f"/api/footprints/{label.footprint_id}/calculation"


def test_a_median_stands_beside_a_label_once_there_are_enough(client, maker, noon) -> None:
    own = make.label(maker, noon)
    makers = [make.mill(where) for where in ("甲竹业", "乙竹业", "丙竹业")]
    for number in range(5):
        page = words_of(client.get(f"/l/{own.code}?lang=zh").text)
        assert f"其他产品只有 {number} 个" in page
        make.label(makers[number % 3], noon)
    page = words_of(client.get(f"/l/{own.code}?lang=zh").text)
    assert "其他 5 个产品（3 家）的中位数" in page


def test_a_newer_label_takes_the_place_of_an_older(client, maker, noon) -> None:
    product_id = make.board(maker, noon)
    old = make.label(maker, noon, product_id)
    assert "更新的标签" not in client.get(f"/l/{old.code}").text
    new = make.label(maker, noon + timedelta(days=1), product_id)
    page = client.get(f"/l/{old.code}").text
    assert "同一产品已有更新的标签" in page
    assert f'href="/l/{new.code}"' in page
    assert "更新的标签" not in client.get(f"/l/{new.code}").text
    with transaction() as session:
        service.withdraw_label(session, maker.actor, new.label_id, "算错了", noon)
    assert "更新的标签" not in client.get(f"/l/{old.code}").text
    page = words_of(client.get(f"/l/{new.code}").text)
    assert "此数值仅供查考" in page
    assert "第 2 版" in page


def test_the_number_of_an_official_certificate_has_its_place(client, maker, noon) -> None:
    label = make.label(maker, noon)
    product_id: UUID = client.get(f"/api/labels/{label.label_id}").json["product_id"]
    body = {
        **make.BOARD_ON_THE_WIRE,
        "organisation_id": str(organisation(make.MILL)),
        "certificate_number": "CFP-2026-0001",
    }
    url, headers = f"/api/products/{product_id}", {**maker.headers, "If-Match": '"1"'}
    refused = client.put(url, json=body, headers=headers)
    assert [e["field"] for e in refused.json["errors"]] == ["certificate_body"]
    client.get(f"/l/{label.code}")
    body["certificate_body"] = "某认证中心"
    assert client.put(url, json=body, headers=headers).status_code == 201
    page = client.get(f"/l/{label.code}").text
    assert "证书编号 CFP-2026-0001，某认证中心（生产者填报）" in page


def test_signing_in_shows_the_form_to_claim(client, maker, noon) -> None:
    label = make.label(maker, noon)
    page = client.get(f"/l/{label.code}", headers=person("林梅").headers).text
    assert f'action="/l/{label.code}/claim"' in page


# The rules ---------------------------------------------------------------------------------------

MAKERS = [UUID(int=number) for number in range(1, 4)]


def peers(*kilograms: int, makers: int = 3) -> list[Peer]:
    return [Peer(MAKERS[i % makers], Decimal(kg)) for i, kg in enumerate(kilograms)]


def test_the_median_is_the_middle_of_at_least_five_of_three_makers() -> None:
    assert compared(peers(9, 1, 5, 3, 7)) == Comparison(Decimal(5), 5, 3)
    assert compared(peers(9, 1, 5, 3, 7, 6)) == Comparison(Decimal("5.5"), 6, 3)
    assert compared(peers(9, 1, 5, 3)).median_kg is None
    assert compared(peers(9, 1, 5, 3, 7, 8, makers=2)).median_kg is None


@given(st.lists(st.decimals(0, 10_000, places=12), min_size=5))
def test_as_many_are_above_a_median_as_below(kilograms: list[Decimal]) -> None:
    found = compared([Peer(MAKERS[i % 3], kg) for i, kg in enumerate(kilograms)]).median_kg
    assert found is not None
    assert 2 * sum(kg < found for kg in kilograms) <= len(kilograms)
    assert 2 * sum(kg > found for kg in kilograms) <= len(kilograms)


def plastics_of(function: Function) -> list:
    return [
        factor for subject in PLASTIC_SUBJECTS[function] for factor in make.library().about(subject)
    ]


def test_plastic_stands_beside_bamboo_only_like_with_like() -> None:
    boxes = plastics_of(Function.TAKEAWAY_BOX)
    assert len(boxes) == 2
    found = beside(Decimal("0.1"), "piece", Reach.CRADLE_TO_GRAVE, boxes)
    assert [(b.factor.key, b.less_kg) for b in found] == [
        ("comparator.box.pp", Decimal("0.08618")),  # 0.18618 - 0.1
        ("comparator.box.pla", Decimal("0.03793")),
    ]
    assert all(b.factor.source for b in found)
    assert beside(Decimal("0.1"), "piece", Reach.CRADLE_TO_GATE, boxes) == ()
    assert beside(Decimal("0.1"), "kg", Reach.CRADLE_TO_GRAVE, boxes) == ()
    floors = plastics_of(Function.FLOOR)
    assert [b.less_kg for b in beside(Decimal(20), "m2", Reach.CRADLE_TO_GRAVE, floors)] == [-1, 2]
