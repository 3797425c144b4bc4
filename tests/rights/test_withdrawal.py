"""Whatever needs a person's consent stops with the first request after they withdraw it.

One test for each place that asks: `test_every_place_that_asks_is_tested_here` finds a new one.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from puhui.credits import service as credits
from puhui.credits.kind import Kind
from puhui.db.session import snapshot, transaction
from puhui.evidence import queries as evidence
from puhui.evidence.geodesy import Place
from puhui.identity import consents
from puhui.identity.errors import ConsentMissing
from puhui.identity.purpose import TEXTS, WORDINGS, Purpose
from puhui.identity.queries import actor_of_person, profile
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.rewards.offer import Delivery
from puhui.rewards.planting import Datum, Point
from puhui.rewards.queries import causes, rankings
from puhui.rewards.queries.duties import certificate_by_code
from puhui.rewards.ranking import Board
from puhui.rewards.service import outings, plantings, standings
from puhui.rewards.service.awards import Cause, award
from tests.makers.credits import draft as credit_draft
from tests.makers.credits import on_sale, paid, retired
from tests.makers.duty import certified, recorded
from tests.makers.identity import SignedIn, person
from tests.makers.outing import booked, opened
from tests.makers.photo import CHANGKOU, photograph
from tests.makers.rewards import draft, photo, rulebook
from tests.makers.shop import ADDRESS, buyer, cause, clerk, donated, earned, offered, redeemed, seen
from tests.makers.team import book, joined, team

pytestmark = pytest.mark.usefixtures("database", "noon")
HERE = Point(Decimal("26.7321"), Decimal("117.4712"), Datum.WGS84, 10)


@pytest.fixture
def li() -> SignedIn:
    rulebook()
    return person("李雷")


def agree(by: SignedIn, purpose: Purpose) -> None:
    with transaction() as session:
        consents.give(
            session, by.actor, by.person_id, purpose, TEXTS[purpose].hash, "api", clock.now()
        )


def withdraw(by: SignedIn, purpose: Purpose) -> None:
    with transaction() as session:
        consents.withdraw(session, by.actor, by.person_id, purpose, "api", clock.now())


def log(by: SignedIn, point: Point | None) -> UUID:
    planting_id, said = uuid4(), draft(by, point=point)
    with transaction() as session:
        plantings.log_planting(session, by.actor, planting_id, said, clock.now())
    return planting_id


def test_the_place_of_a_planting(li: SignedIn) -> None:
    agree(li, Purpose.LOCATION)
    log(li, HERE)
    withdraw(li, Purpose.LOCATION)
    with pytest.raises(ConsentMissing):
        log(li, HERE)
    log(li, None)


def test_the_place_in_a_photograph(li: SignedIn) -> None:
    agree(li, Purpose.LOCATION)
    before = photo(li, photograph(31, place=CHANGKOU))
    withdraw(li, Purpose.LOCATION)
    after = photo(li, photograph(32, place=CHANGKOU))
    with snapshot() as session:
        known = evidence.cards(session, [before, after])
    assert (known[before].latitude is None, known[after].latitude is None) == (False, True)


def test_checking_in_by_place(li: SignedIn) -> None:
    outing = booked(li, opened(person("周运营", ("省平台", Role.OPERATOR)), hours=1))
    agree(li, Purpose.LOCATION)
    withdraw(li, Purpose.LOCATION)
    here = Place(Decimal("26.7321"), Decimal("117.4712"))
    with pytest.raises(ConsentMissing), transaction() as session:
        outings.check_in(session, li.actor, outing.booking_id, here, 10, clock.now())


def test_the_name_on_a_duty_certificate_that_anybody_sees(li: SignedIn) -> None:
    code = certified(li, person("王芳", ("核查中心", Role.VERIFIER)))

    def name_shown() -> str | None:
        with snapshot() as session:
            return certificate_by_code(session, code, None).name

    assert name_shown() is None
    agree(li, Purpose.CERTIFICATE_NAME)
    assert name_shown() == "李雷"
    withdraw(li, Purpose.CERTIFICATE_NAME)
    assert name_shown() is None


@pytest.mark.parametrize("withdrawn", [False, True])
def test_the_name_on_a_certificate_of_credits_paid_for_before(
    li: SignedIn, settle: Callable[[], None], withdrawn: bool
) -> None:
    on_sale(credit_draft(Kind.ONE_YUAN, 500, 10_000))
    agree(li, Purpose.CERTIFICATE_NAME)
    with transaction() as session:
        hold = credits.buy_personally(session, li.actor, uuid4(), 1, clock.now())
    paid(hold)
    if withdrawn:
        withdraw(li, Purpose.CERTIFICATE_NAME)
    assert (retired(hold).purpose.beneficiary == "") is withdrawn


def test_the_name_on_a_certificate_of_points_given_away(li: SignedIn) -> None:
    earned(li, 20)
    code = donated(li, cause(), 20).code

    def name_shown() -> str | None:
        with snapshot() as session:
            return causes.by_code(session, code, None, clock.now()).name

    assert name_shown() is None
    agree(li, Purpose.CERTIFICATE_NAME)
    assert name_shown() == "李雷"
    withdraw(li, Purpose.CERTIFICATE_NAME)
    assert name_shown() is None


def test_the_address_of_something_to_be_sent(li: SignedIn) -> None:
    mei, offer = buyer("韩梅梅"), offered(delivery=Delivery.SENT, county_code=None)
    agree(mei, Purpose.DELIVERY)
    sending = redeemed(mei, offer, address=ADDRESS)
    assert seen(clerk(), sending.redemption_id).address == ADDRESS
    withdraw(mei, Purpose.DELIVERY)
    assert seen(clerk(), sending.redemption_id).address is None
    with pytest.raises(ConsentMissing):
        redeemed(mei, offer, address=ADDRESS)


def test_ones_place_in_a_ranking(li: SignedIn) -> None:
    agree(li, Purpose.RANKING)
    tended = Cause("tending", uuid4(), li.person_id, 5, clock.day_of(clock.now()))
    with transaction() as session:
        award(session, tended, clock.now())
        standings.recount_person(session, li.person_id, clock.now())

    def seen_by_all() -> tuple[list[str], bool]:
        with snapshot() as session:
            found = rankings.ranking(session, li.actor, Board.PEOPLE, "all", clock.now())
        return [entry.name for entry in found.entries], found.agreed

    assert seen_by_all() == (["李雷"], True)
    withdraw(li, Purpose.RANKING)
    assert seen_by_all() == ([], False)
    with transaction() as session:
        standings.recount_people(session, clock.now())
    assert seen_by_all() == ([], False)


def test_ones_own_share_of_what_a_team_has_done(li: SignedIn) -> None:
    team_id, mei = team(li), person("韩梅梅")
    joined(mei, team_id)

    def share_shown() -> bool:
        (hers,) = [one for one in book(li, team_id).members if not one.is_own]
        return hers.share is not None

    assert not share_shown()
    agree(mei, Purpose.TEAM)
    assert share_shown()
    withdraw(mei, Purpose.TEAM)
    assert not share_shown()


def test_a_childs_deeds_after_the_guardian_withdrew(client: FlaskClient) -> None:
    rulebook()
    child = person("小明", birth_year=2016)
    with snapshot() as session:
        guardian = actor_of_person(session, profile(session, child.person_id).guardian_id)
    by = SignedIn(guardian, {}, "")
    recorded(by, child=child)
    assert client.get("/api/me", headers=child.headers).status_code == 200
    with transaction() as session:
        consents.withdraw(session, guardian, child.person_id, Purpose.GUARDIAN, "page", clock.now())
    with pytest.raises(ConsentMissing):
        recorded(by, child=child)
    assert client.get("/api/me", headers=child.headers).status_code == 401


ASKED_IN = {
    "puhui/rewards/service/plantings.py": 2,
    "puhui/rewards/service/outings.py": 1,
    "puhui/rewards/service/duties.py": 2,
    "puhui/rewards/queries/duties.py": 1,
    "puhui/rewards/pages/planting.py": 1,  # whether the form offers to send the place at all
    "puhui/rewards/pages/shop.py": 1,  # whether the form offers to agree first
    "puhui/rewards/pages/team.py": 1,  # which of the two buttons is there
    "puhui/rewards/queries/causes.py": 1,
    "puhui/rewards/queries/rankings.py": 2,  # one of them is what the reader has agreed to
    "puhui/rewards/queries/redemptions.py": 1,
    "puhui/rewards/queries/teams.py": 1,
    "puhui/rewards/service/redemptions.py": 1,
    "puhui/rewards/service/standings.py": 1,
    "puhui/credits/service/retirement.py": 1,
}

ASKING = r"\bconsents\.(?:require|given)\(|\badults_who_agree\("


def test_every_place_that_asks_is_tested_here() -> None:
    root = Path(__file__).parents[2]
    asks = {
        str(file.relative_to(root)): len(found)
        for file in (root / "puhui").rglob("*.py")
        if "identity" not in file.parts and (found := re.findall(ASKING, file.read_text()))
    }
    assert asks == ASKED_IN, "a place that asks for consent needs a test that withdraws it"


PUBLISHED = {
    "location": "02cd184942096217",
    "photo_publicity": "f54bbec5ebe29321",
    "certificate_name": "04a4d211e7761afc",
    "ranking": "5c315f4f398b57e2",
    "marketing": "d2ccdf72a965469a",
    "guardian": "64ea0481f8edc001",
}


def test_every_wording_ever_published_can_still_be_read() -> None:
    assert set(PUBLISHED.values()) <= {digest[:16] for digest in WORDINGS}
