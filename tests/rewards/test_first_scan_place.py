"""The city in which a unit was first scanned, as the operator's proxy tells it, and its shop's.

By the published centres Fuzhou is 146 km from Quanzhou, 214 from Xiamen and 1,563 from Beijing.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid5

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from puhui.app import create_app
from puhui.db.session import snapshot, transaction
from puhui.footprint import service
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.rewards import claim_signal
from puhui.rewards.claim_signal import ClaimFacts
from puhui.rewards.queries import claims as queries
from puhui.rewards.queries.decisions import DecisionCard
from puhui.rewards.scan_place import UNSCANNED, Away, Judged, away
from puhui.rewards.threshold import shipped
from puhui.settings import Settings
from tests.makers import footprint as make
from tests.makers.footprint import Printed
from tests.makers.identity import organisation, person
from tests.rewards.test_claims import claimed

HOUR = timedelta(hours=1)
FUZHOU, QUANZHOU, XIAMEN, BEIJING = "350102", "350500", "350200", "110000"
FIRST_SCANS = "SELECT city FROM footprint_scan ORDER BY first_at"


@pytest.fixture(scope="module")
def installation(settings: Settings, engine: Engine) -> Flask:
    """An installation whose proxy tells the city in `X-City`."""
    return create_app(replace(settings, city_header="X-City"))


@pytest.fixture
def told(installation: Flask, database: Engine) -> FlaskClient:
    return installation.test_client()


@pytest.fixture
def units(arbor_day: datetime) -> Iterator[list[Printed]]:
    """Units that a shop in Gulou, Fuzhou, has just sold."""
    organisation(make.SHOP, county=FUZHOU)
    yield make.serials(make.mill(), arbor_day, 4)


def cities() -> list[str | None]:
    with snapshot() as session:
        return list(session.execute(text(FIRST_SCANS)).scalars())


def weighed(unit: Printed, now: datetime, settle: Callable[[], None]) -> DecisionCard:
    """Claim a unit and return what the rules said."""
    serial_id = claimed(person("李雷"), unit, now)
    with clock.stopped(now):
        settle()
    with snapshot() as session:
        (found,) = queries.weighings(session, serial_id)
    return found


def test_a_first_scan_in_another_part_of_the_country_adds_risk(
    told: FlaskClient, units: list[Printed], arbor_day: datetime, settle: Callable[[], None]
) -> None:
    for unit, code, km in zip(units, (BEIJING, QUANZHOU, XIAMEN), (1563, 146, 214), strict=False):
        assert told.get(f"/l/{unit.token}", headers={"X-City": code}).status_code == 200
        # Only the first look counts: the buyer at home changes nothing.
        told.get(f"/l/{unit.token}", headers={"X-City": FUZHOU})
        found = weighed(unit, arbor_day + HOUR, settle)
        assert found.inputs["first_scan_away"] == {"judged": "yes", "km": km}
        assert [(s.id, s.values, s.score, s.limits) for s in found.signals] == (
            [("F8", {"km": km}, 25, {"F8.km": 200, "F8.score": 25})] if km > 200 else []
        )
        assert code not in str(found.inputs)  # how far, not where
    assert cities() == [BEIJING, QUANZHOU, XIAMEN]


def test_the_header_counts_only_where_it_is_set_and_says_a_city(
    client: FlaskClient, told: FlaskClient, units: list[Printed], arbor_day: datetime,
    settle: Callable[[], None],
) -> None:  # fmt: skip
    client.get(f"/l/{units[0].token}", headers={"X-City": BEIJING})
    found = weighed(units[0], arbor_day + HOUR, settle)
    assert (found.signals, found.inputs["first_scan_away"]) == (
        (), {"judged": "city_unknown", "km": None},
    )  # fmt: skip
    for unit, value in zip(units[1:], ("北京", "110000,350100", "350000"), strict=True):
        assert told.get(f"/l/{unit.token}", headers={"X-City": value}).status_code == 200
    assert cities() == [None] * 4


def test_a_shop_of_no_known_place_is_not_judged(
    told: FlaskClient, arbor_day: datetime, settle: Callable[[], None]
) -> None:
    organisation(make.SHOP, county=None)
    (unit,) = make.serials(make.mill(), arbor_day)
    told.get(f"/l/{unit.token}", headers={"X-City": BEIJING})
    found = weighed(unit, arbor_day + HOUR, settle)
    assert (found.signals, found.inputs["first_scan_away"]["judged"]) == ((), "shop_unknown")


def test_the_buyer_reads_why_and_whoever_decides_reads_by_which_limit(
    told: FlaskClient, units: list[Printed], arbor_day: datetime, settle: Callable[[], None]
) -> None:
    li, wang = person("李雷"), person("王芳", ("核查中心", Role.VERIFIER))
    told.get(f"/l/{units[-1].token}", headers={"X-City": BEIJING})
    found = [claimed(li, unit, arbor_day + HOUR) for unit in units]  # the fourth in an hour is held
    with clock.stopped(arbor_day + HOUR):
        settle()
    page = f"/awards/{uuid5(found[-1], 'points')}"
    for language, words in (
        ("zh", "首次扫码的城市距商店所在城市 1563 公里"),
        ("en", "First scanned in a city 1563 km from that of the shop"),
    ):
        shown = told.get(page, headers=li.headers | {"Accept-Language": language}).text
        assert words in shown
        assert "F8.km" not in shown
    assert "F8.km = 200" in told.get("/review/claims", headers=wang.headers).text


def test_a_kept_page_is_the_same_whatever_the_header_says(
    told: FlaskClient, units: list[Printed]
) -> None:
    answers = [
        told.get(f"/l/{units[0].token}", headers={"X-City": city})
        for city in (BEIJING, FUZHOU, "", "x")
    ]
    assert len({(one.data, one.headers["ETag"], one.headers["Vary"]) for one in answers}) == 1
    assert "X-City" not in answers[0].headers["Vary"]


def test_the_city_is_forgotten_a_month_after_the_claim(
    told: FlaskClient, units: list[Printed], arbor_day: datetime
) -> None:
    for unit in units[:2]:
        told.get(f"/l/{unit.token}", headers={"X-City": XIAMEN})
    claimed(person("李雷"), units[0], arbor_day + HOUR)
    for days, kept in ((29, [XIAMEN, XIAMEN]), (31, [None, XIAMEN])):
        with transaction() as session:
            service.forget(session, arbor_day + timedelta(days=days))
        assert sorted(cities(), key=str, reverse=True) == kept


def test_early_and_far_away_weigh_as_much_as_either() -> None:
    limits = shipped()[-1]
    noon = datetime.fromisoformat("2026-03-12T12:00+08:00")
    facts = ClaimFacts(noon, sold_at=noon, first_scan_at=noon - 30 * HOUR,
                       first_scan_away=Away(Judged.YES, 201))  # fmt: skip
    (signal,) = claim_signal.signals(facts, limits)
    assert (signal.values, signal.score) == ({"hours": 30, "km": 201}, 25)
    near = replace(facts, first_scan_at=noon, first_scan_away=Away(Judged.YES, 200))
    assert claim_signal.signals(near, limits) == []


def test_a_division_is_its_city_and_whatever_is_none_is_unknown() -> None:
    assert away(True, "110100", "350102") == away(True, BEIJING, "350100") == Away(Judged.YES, 1563)
    assert away(True, "500200", "500000").km == 0
    for nothing in ("810000", "35010", "３５０１００", "350100 ", "", None):
        assert away(True, nothing, FUZHOU) == Away(Judged.CITY_UNKNOWN)
    for nowhere in ("350000", "999999", None):
        assert away(True, BEIJING, nowhere) == Away(Judged.SHOP_UNKNOWN)
    assert away(False, BEIJING, FUZHOU) == UNSCANNED
