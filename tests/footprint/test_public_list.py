"""The public list is exactly the verified labels that hold, on the page, as CSV and as JSON."""

import csv
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from flask.testing import FlaskClient

from puhui.db.session import transaction
from puhui.footprint import service
from puhui.footprint.inventory import Reach
from puhui.footprint.listing import is_zero_carbon
from puhui.footprint.model import Label
from puhui.kernel import clock
from tests.makers import footprint as make
from tests.makers.identity import SignedIn

YEARS = timedelta(days=365)


@pytest.fixture
def maker(client: FlaskClient, noon) -> SignedIn:
    return make.mill()


def withdrawn(maker: SignedIn, label: Label, now) -> Label:
    with transaction() as session:
        service.withdraw_label(session, maker.actor, label.label_id, "配方改变", now)
    return label


def on_the_page(client: FlaskClient) -> set[str]:
    page = client.get("/labels?limit=100").text
    return {part[:26] for part in page.split('href="/l/')[1:]}


def in_the_table(client: FlaskClient, query: str = "") -> list[dict[str, str]]:
    text = client.get(f"/labels.csv{query}").data.decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline="")))


def in_pages_of_two(client: FlaskClient) -> list[str]:
    codes, address = [], "/api/labels?limit=2"
    while address:
        found = client.get(address).json
        codes += [row["code"] for row in found["items"]]
        address = (found["next"] or "").removeprefix("http://localhost")
    return codes


def test_the_list_is_exactly_the_verified_labels_that_hold(client, maker, noon) -> None:
    holding = make.label(maker, noon)
    withdrawn(maker, make.label(maker, noon), noon)
    old = make.label(maker, noon - 2 * YEARS)
    make.label(maker, noon - 4 * YEARS)  # expired
    make.verified(maker, noon)  # verified, never issued
    replaced = make.board(maker, noon - YEARS)
    make.label(maker, noon - YEARS, replaced)
    newer = make.label(maker, noon, replaced)
    kept = make.board(maker, noon - YEARS)
    first = make.label(maker, noon - YEARS, kept)
    withdrawn(maker, make.label(maker, noon, kept), noon)

    def everywhere() -> set[str]:
        as_json = in_pages_of_two(client)
        assert len(set(as_json)) == len(as_json)
        assert [row["code"] for row in in_the_table(client)] == as_json
        assert on_the_page(client) == set(as_json)
        return set(as_json)

    assert everywhere() == {label.code for label in (holding, old, newer, first)}
    with clock.stopped(old.expires_at - timedelta(seconds=1)):
        assert old.code in everywhere()
    with clock.stopped(old.expires_at):
        assert everywhere() == {label.code for label in (holding, newer, first)}


def test_the_list_can_be_searched(client, maker, noon) -> None:
    label = make.label(maker, noon)
    for found in (
        "q=集成材",
        "q=laminated",
        "category=board",
        "county_code=350721",
        "county=顺昌",
        "county=350721",
        "maker=常口",
    ):
        assert [row["code"] for row in in_the_table(client, f"?{found}")] == [label.code], found
        assert len(client.get(f"/api/labels?{found}").json["items"]) == 1
    for absent in ("q=%25", "category=weaving", "county_code=350722", "county=将乐", "maker=武夷"):
        assert in_the_table(client, f"?{absent}") == [], absent
        assert client.get(f"/api/labels?{absent}").json["items"] == []
    for bad in ("county_code=35", "category=steel", "colour=green"):
        assert client.get(f"/labels.csv?{bad}").status_code == 422


def test_no_spreadsheet_runs_what_a_maker_has_written(client, maker, noon) -> None:
    product_id = make.board(maker, noon, inventory=False)
    name = '=HYPERLINK("http://x","竹")'
    draft = make.BOARD.__class__(**{**vars(make.BOARD), "name_zh": name})
    with transaction() as session:
        service.change_product(session, maker.actor, product_id, draft, noon)
    with transaction() as session:
        content = make.Submitted.of_json(make.board_json())
        service.put_inventory(session, maker.actor, product_id, content, noon)
    make.label(maker, noon, product_id)
    assert [row["name_zh"] for row in in_the_table(client)] == ["'" + name]


@pytest.mark.parametrize(
    ("kg", "reach", "zero"),
    [
        ("0", Reach.CRADLE_TO_GRAVE, True),
        ("0", Reach.CRADLE_TO_GATE, False),
        ("0.000000000001", Reach.CRADLE_TO_GRAVE, False),
    ],
)
def test_zero_is_a_whole_life_that_emits_nothing(kg: str, reach: Reach, zero: bool) -> None:
    assert is_zero_carbon(Decimal(kg), reach) is zero
