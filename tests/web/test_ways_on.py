"""No page is a dead end: what everybody may open leads on from its main part."""

import re

import pytest
from flask.testing import FlaskClient

from puhui.kernel.actor import Role
from tests.makers.identity import organisation, person

EVERYBODY = (
    *("/permissions", "/duty/parameters", "/events/assumptions", "/register", "/rules"),
    *("/statistics", "/rankings", "/factors/missing", "/me/data/erasure", "/organisations"),
)


@pytest.mark.parametrize("address", EVERYBODY)
def test_a_page_leads_on(client: FlaskClient, address: str) -> None:
    client.set_cookie("puhui_session", person("李雷").token)
    assert leads_on(client.get(address).text)


def test_an_organisations_page_leads_back(client: FlaskClient) -> None:
    where = organisation("常口村")
    client.set_cookie("puhui_session", person("李雷", ("常口村", Role.VERIFIER)).token)
    assert 'href="/organisations"' in main_of(client.get(f"/organisations/{where}").text)


def leads_on(page: str) -> bool:
    return re.search(r'<a [^>]*href="/', main_of(page)) is not None


def main_of(page: str) -> str:
    return page[page.index("<main") : page.index("</main>")]
