"""Programs read a label: as JSON-LD, and by the trade item's number on the pack."""

import json
import re
from decimal import Decimal
from urllib.parse import unquote
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from puhui.db.session import transaction
from puhui.footprint import service
from puhui.footprint.model import Label
from tests.makers import footprint as make
from tests.makers.identity import SignedIn, organisation

GTIN = "09521234543213"
LINKSET = "application/linkset+json"


@pytest.fixture
def maker(client: FlaskClient, noon) -> SignedIn:
    return make.mill()


@pytest.fixture
def label(client: FlaskClient, maker: SignedIn, noon) -> Label:
    """The example board's label; its product has a GTIN."""
    issued = make.label(maker, noon)
    product_id: UUID = client.get(f"/api/labels/{issued.label_id}").json["product_id"]
    body = {**make.BOARD_ON_THE_WIRE, "organisation_id": str(organisation(make.MILL)), "gtin": GTIN}
    answer = client.put(
        f"/api/products/{product_id}", json=body, headers={**maker.headers, "If-Match": '"1"'}
    )
    assert answer.status_code == 201, answer.json
    return issued


def test_a_label_is_linked_data_with_each_figure_apart(client: FlaskClient, label: Label) -> None:
    answer = client.get(f"/l/{label.code.lower()}.jsonld")
    assert answer.content_type == "application/ld+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    told = json.loads(answer.text)["subjectOf"]
    assert told["creativeWorkStatus"] == "issued"
    counted = told["pact:pcfExcludingBiogenicUptake"]
    assert (counted["gs1:value"], counted["gs1:unitCode"]) == ("283.268244648", "KGM")
    parts = ("fossilGhgEmissions", "landUseChangeGhgEmissions", "biogenicNonCO2Emissions")
    figures = [Decimal(told[f"pact:{name}"]["gs1:value"]) for name in parts]
    assert sum(figures) == Decimal(counted["gs1:value"])
    # What the product holds is told, and subtracted nowhere.
    assert Decimal(told["pact:biogenicCO2Uptake"]["gs1:value"]) < 0
    assert "Including" not in answer.text


def test_the_page_carries_the_same_document(client: FlaskClient, label: Label) -> None:
    page = client.get(f"/l/{label.code}").text
    inside = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert inside is not None
    assert json.loads(inside[1]) == json.loads(client.get(f"/l/{label.code}.jsonld").text)
    asked = client.get(f"/l/{label.code}", headers={"Accept": "application/ld+json"})
    assert (asked.status_code, asked.location) == (303, f"/l/{label.code}.jsonld")


def test_a_label_that_has_ended_gives_programs_no_figure(
    client: FlaskClient, maker: SignedIn, label: Label, noon
) -> None:
    with transaction() as session:
        service.withdraw_label(session, maker.actor, label.label_id, "配方改变", noon)
    text = client.get(f"/l/{label.code}.jsonld").text
    assert json.loads(text)["subjectOf"]["creativeWorkStatus"] == "withdrawn"
    assert "283." not in text


def test_a_digital_link_leads_to_the_label(client: FlaskClient, label: Label) -> None:
    for written in (GTIN, GTIN + "/", GTIN + "/10/L7/21/0042"):
        answer = client.get(f"/01/{written}?17=270312&linkType=gs1:sustainabilityInfo")
        assert answer.status_code == 307
        assert unquote(answer.location) == f"http://localhost/l/{label.code}?17=270312"
    assert 'rel="linkset"' in answer.headers["Link"]
    assert {"Accept", "Accept-Language"} <= set(answer.headers["Vary"].split(", "))
    as_data = client.get(f"/01/{GTIN}", headers={"Accept": "application/ld+json"})
    assert as_data.location.endswith(f"/l/{label.code}.jsonld")


def test_a_linkset_lists_what_there_is(client: FlaskClient, label: Label) -> None:
    answer = client.get(f"/01/{GTIN}", headers={"Accept": LINKSET})
    assert (answer.status_code, answer.content_type) == (200, LINKSET)
    assert answer.text == client.get(f"/01/{GTIN}?linkType=linkset").text
    (found,) = json.loads(answer.text)["linkset"]
    assert found["anchor"] == f"http://localhost/01/{GTIN}"
    (default,) = found["https://ref.gs1.org/voc/defaultLink"]
    assert default.keys() == {"href", "title"}
    kinds = [link["type"] for link in found["https://ref.gs1.org/voc/sustainabilityInfo"]]
    assert kinds == ["text/html", "application/ld+json"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/01/09521234543214", 400),
        ("/01/09501101530003", 404),
        (f"/01/{GTIN}?linkType=gs1:recipeInfo", 404),
        (f"/01/{GTIN}/10/竹", 400),
    ],
)
def test_what_is_not_there_is_refused(
    client: FlaskClient, label: Label, path: str, status: int
) -> None:
    assert client.get(path).status_code == status


def test_a_gtin_without_a_label_leads_nowhere(client: FlaskClient, maker: SignedIn, noon) -> None:
    product_id = make.board(maker, noon)
    body = {**make.BOARD_ON_THE_WIRE, "organisation_id": str(organisation(make.MILL)), "gtin": GTIN}
    headers = {**maker.headers, "If-Match": '"1"'}
    client.put(f"/api/products/{product_id}", json=body, headers=headers)
    assert client.get(f"/01/{GTIN}").status_code == 404


def test_the_resolver_says_what_it_resolves(client: FlaskClient, database) -> None:
    told = json.loads(client.get("/.well-known/gs1resolver").text)
    assert told["resolverRoot"] == "http://localhost"
    assert told["supportedPrimaryKeys"] == ["01"]
