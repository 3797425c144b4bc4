"""What a label promises whoever buys, by the numbers of docs/evidence.md (F1, F2, F8, F11).

F3, F6, F7 and F9 are in `tests/rewards/test_claims.py`, F4 in `test_serials.py`, F5 in
`tests/rewards/test_life_of_points.py`, F10 in `test_batches.py`.
"""

import re
from datetime import datetime
from math import log2

from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from puhui.db.session import snapshot, transaction
from puhui.footprint import service
from puhui.footprint.errors import ClaimRefused
from puhui.footprint.label import ALPHABET, hash_of_pin, hash_of_token
from puhui.footprint.series import new_seed, units
from puhui.footprint.service import Claimed
from tests.makers import footprint as make
from tests.makers.identity import SignedIn, person
from tests.makers.shelf import shelf


def claim(who: SignedIn, token: str, pin: str, now: datetime) -> object:
    with transaction() as session:
        return service.claim_serial(session, who.actor, token, pin, make.PEPPER, now)


def test_f1_a_token_is_at_least_128_random_bits_and_the_database_knows_its_hmac_alone(
    database: Engine, noon: datetime
) -> None:
    (unit,) = shelf(noon)
    assert len(unit.token) * log2(len(ALPHABET)) >= 128
    with snapshot() as session:
        kept = session.execute(text("SELECT token_hash, pin_hash FROM footprint_serial")).one()
    assert tuple(kept) == (
        hash_of_token(make.PEPPER, unit.token),
        hash_of_pin(make.PEPPER, unit.token, unit.pin),
    )
    assert hash_of_token("another installation's secret", unit.token) != kept[0]
    drawn = [one.token for one in units(new_seed(), 1, 2000)]
    assert len(set(drawn)) == 2000
    assert {letter for token in drawn for letter in token} == set(ALPHABET)


def test_f2_a_hidden_code_opens_its_own_unit_and_no_other(database: Engine, noon: datetime) -> None:
    one, other = shelf(noon, 2)
    assert isinstance(claim(person("李雷"), one.token, other.pin, noon), ClaimRefused)
    assert isinstance(claim(person("李雷"), other.token, one.pin, noon), ClaimRefused)
    assert isinstance(claim(person("李雷"), one.token, one.pin, noon), Claimed)


def test_f8_the_first_to_open_a_units_page_is_noted_whoever_answers(
    client: FlaskClient, noon: datetime
) -> None:
    first, second = make.serials(make.mill(), noon, 2)

    def scans() -> int:
        with snapshot() as session:
            return int(session.execute(text("SELECT count(*) FROM footprint_scan")).scalar_one())

    shop = make.shopkeeper()
    assert client.get(f"/l/{first.token}", headers=shop.headers).status_code == 200
    assert scans() == 0  # they sell it, and look at what they sell
    for number, unit in enumerate((first, second), start=1):
        for _ in range(3):  # the second is answered from the kept page of the first, but once
            assert client.get(f"/l/{unit.token}").status_code == 200
            assert scans() == number
    assert client.get(f"/l/{'0' * 26}").status_code == 404
    assert scans() == 2


def test_f11_nobody_else_learns_whether_a_unit_was_claimed(
    client: FlaskClient, noon: datetime
) -> None:
    (unit,) = make.serials(make.mill(), noon)
    stranger = person("旁人")

    def pages() -> list[str]:
        told = [
            client.get(f"/l/{unit.token}", headers=headers).text
            for headers in ({}, stranger.headers)
        ]
        wrong = client.post(
            "/api/serials/claims",
            json={"code": unit.token, "pin": "00000000"},
            headers=stranger.headers,
        )
        assert wrong.status_code == 404
        told.append(re.sub(r'"request_id": *"[^"]*"', "", wrong.text))
        return [re.sub(r'name="form_name" value="[^"]*"', "", page) for page in told]

    before = pages()
    assert isinstance(claim(person("林梅"), unit.token, unit.pin, noon), Claimed)
    assert pages() == before
