"""A tree's later life: surveys, what they earn, take back and let be estimated."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puhui.db.session import snapshot, transaction
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.kernel.errors import Forbidden, Invalid
from puhui.ledger.account import POINTS_ISSUED
from puhui.ledger.queries import balance
from puhui.ledger.service import transfer
from puhui.rewards.errors import (
    NameTaken,
    NoSuchPlanting,
    NotApprovedYet,
    OwnSurvey,
    StageSurveyed,
    SurveyDecided,
    SurveyOutdated,
)
from puhui.rewards.estimate import SizeFrom, Unknown, estimate
from puhui.rewards.growth import Size, size_at
from puhui.rewards.queries import duties
from puhui.rewards.queries import survivals as queries
from puhui.rewards.schema.survival import SurveyDraftSchema
from puhui.rewards.service import plantings, survivals
from puhui.rewards.survival import DeathCause, Stage
from tests.makers.identity import SignedIn, person
from tests.makers.rewards import FIR, draft, planted, reviewed
from tests.makers.survival import judged, later, seen, surveyed

TEN_YEARS = 3653


@pytest.fixture
def li() -> SignedIn:
    return person("李雷")


@pytest.fixture
def wang() -> SignedIn:
    return person("王芳", ("核查中心", Role.VERIFIER))


@pytest.fixture
def ten(li, wang, settle) -> UUID:
    """Ten camphors of Li, verified on Arbor Day."""
    planting_id = planted(li, 10)
    reviewed(wang, planting_id)
    settle()
    return planting_id


def life_of(one: SignedIn, planting_id: UUID):
    with snapshot() as session:
        return queries.life(session, one.actor, planting_id, clock.day_of(clock.now()))


def points_of(one: SignedIn) -> int:
    with snapshot() as session:
        return balance(session, one.wallet)


def duty_of(one: SignedIn) -> int:
    with snapshot() as session:
        return duties.year_of(session, one.person_id, 2026).trees


# Rules ---------------------------------------------------------------------------------------


def test_a_fir_grows_by_its_published_sizes_and_no_further() -> None:
    measured = size_at(FIR, Decimal(10))
    assert measured is not None
    assert (measured.dbh_cm, measured.height_m) == (Decimal("7.197"), Decimal("8.826"))
    assert "StemAnalysis" in measured.source
    halfway = size_at(FIR, Decimal(11))
    assert halfway is not None
    assert halfway.height_m == Decimal("9.867")  # between 8.826 and 10.908
    seedling = size_at(FIR, Decimal(1))
    assert seedling is not None
    assert seedling.dbh_cm == 0
    assert size_at(FIR, Decimal(21)) is None
    assert size_at("pinus_massoniana", Decimal(9)) is None


def test_a_hundred_firs_of_ten_years_hold_a_range_over_three_equations() -> None:
    found = estimate(FIR, TEN_YEARS, 100)
    # 22.2 kg a tree by LY/T 2264; between that and the others, to the gram.
    assert found.size_from is SizeFrom.TABLE
    assert len(found.counted) == 3
    assert 2_000_000 < found.least_g < 2_230_000 < found.most_g < 2_800_000


def test_what_nobody_has_published_is_not_estimated() -> None:
    assert estimate("phoebe_bournei", 400, 3).unknown is Unknown.NO_SIZE
    measured = Size(Decimal(3), Decimal(4), "survey")
    assert estimate("phoebe_bournei", 400, 3, measured=measured).unknown is Unknown.NO_EQUATION
    assert estimate("phyllostachys_edulis", 400, 30).unknown is Unknown.NO_AREA
    assert estimate("phyllostachys_edulis", 4000, 30, area_m2=666).unknown is Unknown.NO_AGE


def test_bamboo_and_mangrove_are_estimated_by_area_from_nearly_nothing() -> None:
    kandelia = estimate("kandelia_obovata", 366, 500, area_m2=1000)
    # 0.04 t/ha × 0.47 × 44/12 × 0.1 ha = 6.9 kg; 4.33 t/ha a year gives 746.2 kg and a little.
    assert (kandelia.least_g, kandelia.size_from) == (6893, SizeFrom.AREA)
    assert 746_000 < kandelia.most_g < 749_000
    moso = estimate("phyllostachys_edulis", 366, 30, area_m2=667)
    assert moso.least_g == 0
    assert moso.most_g > 1_600_000


@given(st.integers(0, 500), st.integers(0, 7300))
def test_an_estimate_is_in_order_and_nothing_lives_for_nothing(alive: int, days: int) -> None:
    found = estimate(FIR, days, alive)
    assert 0 <= found.least_g <= found.most_g
    assert alive or found.most_g == 0


# Surveys -------------------------------------------------------------------------------------


def test_nothing_is_estimated_before_a_year_and_a_range_after_it(li, wang, ten, settle) -> None:
    surveyed(wang, ten, 10, Stage.DAY_1)
    settle()
    assert life_of(li, ten).estimate is None
    with later(365):
        surveyed(wang, ten, 9, deaths={DeathCause.DROUGHT: 1}, size=("2.1", "2.4"))
        settle()
        found = life_of(li, ten)
    assert found.alive == 9
    assert found.estimate.alive == 9
    names = [one["equation"] for one in found.estimate.made_of["figures"]]
    assert names == ["taiwan1986", "taiwan-young"]
    assert 0 < found.estimate.least_g < found.estimate.most_g


def test_a_year_later_the_living_earn_points_once(li, wang, ten, settle) -> None:
    before = points_of(li)
    with later(365):
        surveyed(wang, ten, 9, deaths={DeathCause.DROUGHT: 1})
        settle()
        settle()
        assert points_of(li) == before + 45  # 9 trees × 5 points, rule survival@2026.1


def test_at_nine_of_ten_all_count_and_at_eight_only_the_living(li, wang, ten, settle) -> None:
    assert duty_of(li) == 10
    with later(20):
        surveyed(wang, ten, 9, Stage.DAY_1, deaths={DeathCause.FROST: 1})
        settle()
        assert duty_of(li) == 10
    with later(365):
        surveyed(wang, ten, 8, deaths={DeathCause.PEST: 1})
        settle()
        assert duty_of(li) == 8
    with later(1100):
        surveyed(wang, ten, 2, Stage.YEAR_3, deaths={DeathCause.FELLING: 6})
        settle()
        assert duty_of(li) == 8  # retention is not survival


def test_trees_that_were_never_there_give_their_points_back_but_no_more_than_is_left(
    li, wang, ten, settle
) -> None:
    assert points_of(li) == 200
    with transaction() as session:
        transfer(
            session,
            uuid4(),
            source=li.wallet,
            destination=POINTS_ISSUED,
            amount=150,
            reason="spent",
            occurred_at=clock.now(),
        )
    surveyed(wang, ten, 5, Stage.DAY_1, deaths={DeathCause.NEVER_PLANTED: 5})
    settle()
    assert points_of(li) == 0  # 100 are owed, 50 were left: never below nothing


def test_a_planters_own_report_waits_for_a_stranger(li, wang, ten, settle) -> None:
    with later(365):
        report = surveyed(li, ten, 10)
        settle()
        assert life_of(li, ten).estimate is None
        with pytest.raises(Forbidden):
            judged(li, report)
        colleague = person("韩梅梅", ("核查中心", Role.VERIFIER))
        judged(colleague, report)
        judged(colleague, report)
        with pytest.raises(SurveyDecided):
            judged(wang, report, "照片不清楚")
        settle()
        assert life_of(li, ten).alive == 10


def test_a_verifier_cannot_confirm_what_is_near(wang, settle) -> None:
    zhao = person("赵敏", ("第二核查中心", Role.VERIFIER))
    planting_id = planted(zhao, 3)
    reviewed(wang, planting_id)
    with later(365):
        report = surveyed(zhao, planting_id, 3)
        for near in (zhao, person("同事", ("第二核查中心", Role.VERIFIER))):
            with pytest.raises(OwnSurvey):
                judged(near, report)
        judged(wang, report)


def test_a_stage_is_surveyed_once_and_in_its_time(li, wang, ten) -> None:
    with pytest.raises(Invalid) as refusal:
        surveyed(li, ten, 10, Stage.YEAR_1)
    assert [fault.code for fault in refusal.value.faults] == ["not_the_time"]
    with later(365):
        first = uuid4()
        surveyed(li, ten, 10, survey_id=first)
        with pytest.raises(NameTaken):
            surveyed(li, ten, 9, deaths={DeathCause.FIRE: 1}, survey_id=first)
        with pytest.raises(StageSurveyed):
            surveyed(li, ten, 10)
        judged(wang, first, "照片里看不到树")
        surveyed(li, ten, 10)


def test_a_report_in_another_order_is_the_same_report(li, ten) -> None:
    died = {DeathCause.FIRE: 2, DeathCause.DROUGHT: 1}
    with later(365) as now:
        first, report = uuid4(), seen(li, ten, 7, deaths=died)
        turned = replace(report, deaths=report.deaths[::-1])
        for one in (report, turned, report):
            with transaction() as session:
                card = survivals.report_survey(session, li.actor, first, one, now)
        assert dict(card.draft.deaths) == died
        fewer = replace(report, deaths=((DeathCause.FIRE, 1), (DeathCause.DROUGHT, 2)))
        with pytest.raises(NameTaken), transaction() as session:
            survivals.report_survey(session, li.actor, first, fewer, now)


def test_a_cause_is_told_once(li, ten) -> None:
    about = {"planting_id": str(ten), "stage": "year_1", "surveyed_on": "2027-03-12", "alive": 7}
    fires = [{"cause": "fire", "trees": 2}, {"cause": "fire", "trees": 1}]
    told = SurveyDraftSchema().load({**about, "deaths": fires, "photo_ids": [str(uuid4())]})
    with later(365), pytest.raises(Invalid) as refusal, transaction() as session:
        survivals.report_survey(session, li.actor, uuid4(), told, clock.now())
    assert "cause_twice" in [fault.code for fault in refusal.value.faults]


def test_the_dead_and_the_living_are_all_of_them(li, wang, ten) -> None:
    with later(365), pytest.raises(Invalid) as refusal:
        surveyed(li, ten, 8, deaths={DeathCause.FIRE: 1}, size=("2", "1.2"))
    assert [fault.code for fault in refusal.value.faults] == ["numbers_differ", "no_breast_height"]


def test_a_report_from_before_a_fire_is_outdated(li, wang, ten) -> None:
    with later(365):
        early = surveyed(li, ten, 10)
        surveyed(wang, ten, 4, Stage.INCIDENT, deaths={DeathCause.FIRE: 6})
        with pytest.raises(SurveyOutdated):
            judged(wang, early)


def test_only_a_verified_planting_of_ones_own_is_surveyed(li, wang, ten) -> None:
    waiting = planted(li, 2)
    with pytest.raises(NotApprovedYet):
        surveyed(li, waiting, 2, Stage.DAY_1)
    with pytest.raises(NoSuchPlanting):
        surveyed(person("路人"), ten, 10, Stage.DAY_1)


def test_a_photograph_of_the_planting_proves_no_survival(li, wang, settle) -> None:
    said = draft(li)
    name = uuid4()
    with transaction() as session:
        plantings.log_planting(session, li.actor, name, said, clock.now())
    reviewed(wang, name)
    again = replace(seen(li, name, 3, Stage.DAY_1), photo_ids=said.photo_ids)
    with pytest.raises(Invalid) as refusal, transaction() as session:
        survivals.report_survey(session, li.actor, uuid4(), again, clock.now())
    assert [fault.code for fault in refusal.value.faults] == ["photo_used"]
