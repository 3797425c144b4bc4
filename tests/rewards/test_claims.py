"""Claims are weighed by what lies beside them; what is held waits for somebody else."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4, uuid5

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from puhui.db.session import snapshot, transaction
from puhui.footprint import service as footprint
from puhui.footprint.claiming import REMEMBERED
from puhui.footprint.service import Claimed
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.kernel.clock import day_of
from puhui.kernel.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from puhui.ledger.account import pending_of
from puhui.ledger.queries import balance
from puhui.rewards.claim import ClaimState
from puhui.rewards.queries import claims as queries
from puhui.rewards.queries.claims import ClaimCard
from puhui.rewards.queries.wallet import wallet
from puhui.rewards.service import held_claims as service
from puhui.rewards.service import lots, reversals
from puhui.rewards.service.thresholds import publish_thresholds
from puhui.rewards.threshold import Thresholds, shipped
from tests.makers import footprint as make
from tests.makers.footprint import Printed
from tests.makers.identity import SignedIn, person
from tests.makers.shelf import shelf

WRONG = "00000000"
KEPT_HOURS = REMEMBERED // timedelta(hours=1)
Work = Callable[[datetime], None]


@pytest.fixture
def work(settle: Callable[[], None]) -> Work:
    """Let the worker do all that is due at an instant."""

    def run(now: datetime) -> None:
        with clock.stopped(now):
            settle()

    return run


def claim(
    who: SignedIn, unit: Printed, now: datetime, *, pin: str = "", device: UUID | None = None
) -> object:
    with transaction() as session:
        return footprint.claim_serial(
            session, who.actor, unit.token, pin or unit.pin, make.PEPPER, now, device_id=device
        )


def claimed(who: SignedIn, unit: Printed, now: datetime, device: UUID | None = None) -> UUID:
    found = claim(who, unit, now, device=device)
    assert isinstance(found, Claimed), found
    return found.serial_id


def card(serial_id: UUID) -> ClaimCard:
    with snapshot() as session:
        found = queries.of_award(session, uuid5(serial_id, "points"))
    assert found is not None
    return found


def seen(serial_id: UUID) -> set[str]:
    """Return which signals the rules saw in a claim, and in who tried its label."""
    with snapshot() as session:
        found = queries.weighings(session, serial_id)
    return {signal.id for one in found for signal in one.signals}


def night(now: datetime) -> None:
    with transaction() as session:
        lots.mature(session, day_of(now), now)


def has(who: SignedIn, now: datetime) -> tuple[int, int, int]:
    """Return what a person can spend, what waits for its day, and what waits for somebody."""
    with snapshot() as session:
        found = wallet(session, who.actor, now)
    return found.balance, found.pending - found.held, found.held


@pytest.fixture
def wang() -> SignedIn:
    return person("王芳", ("核查中心", Role.VERIFIER))


@pytest.fixture
def passed_round(arbor_day: datetime, work: Work) -> tuple[SignedIn, UUID]:
    """A unit that Li claimed first, and whose code two others tried afterwards."""
    (unit,) = shelf(arbor_day)
    li = person("李雷")
    serial_id = claimed(li, unit, arbor_day + timedelta(hours=1))
    for number in (1, 2):
        now = arbor_day + timedelta(hours=1 + number)
        assert isinstance(claim(person(f"旁人{number}"), unit, now), DomainError)
        work(now)
        assert (card(serial_id).state == ClaimState.ACCEPTED) == (number == 1)
    return li, serial_id


def test_an_ordinary_claim_matures_after_a_week(arbor_day: datetime, work: Work) -> None:
    li = person("李雷")
    serial_id = claimed(li, shelf(arbor_day)[0], arbor_day + timedelta(hours=1))
    work(arbor_day + timedelta(hours=1))
    assert (card(serial_id).state, seen(serial_id)) == (ClaimState.ACCEPTED, set())
    week = arbor_day + timedelta(days=7)
    night(week)
    assert has(li, week) == (10, 0, 0)


def test_a_code_that_three_people_try_waits_and_is_flagged_with_its_shop(
    passed_round: tuple[SignedIn, UUID], arbor_day: datetime
) -> None:
    li, serial_id = passed_round
    assert (card(serial_id).state, card(serial_id).held_for) == (ClaimState.HELD, "label")
    with snapshot() as session:
        (before, after) = queries.weighings(session, serial_id)
    assert (before.signals, after.rule, after.thresholds) == (
        (), "claim_signals@2026.2", "2026.1",
    )  # fmt: skip
    (signal,) = after.signals
    assert (signal.id, signal.values, signal.limits) == (
        "F7", {"people": 3}, {"F7.accounts": 3},
    )  # fmt: skip
    (shop,) = make.shopkeeper().actor.memberships
    assert after.inputs["shop_id"] == str(shop.organisation_id)
    month = arbor_day + timedelta(days=30)
    night(month)
    assert has(li, month) == (0, 0, 10)


def test_what_is_released_matures_and_what_is_refused_is_taken_back(
    passed_round: tuple[SignedIn, UUID], arbor_day: datetime, wang: SignedIn
) -> None:
    li, serial_id = passed_round
    month = arbor_day + timedelta(days=30)
    for words, state in (("买家寄来了小票", ClaimState.RELEASED), ("改主意", None)):
        with transaction() as session:
            if state is None:
                with pytest.raises(Conflict):
                    service.decide_claim(
                        session, wang.actor, serial_id, released=False, words=words, now=month
                    )
                continue
            for _ in range(2):
                found = service.decide_claim(
                    session, wang.actor, serial_id, released=True, words=words, now=month
                )
                assert found.state is state
    night(month)
    assert has(li, month) == (10, 0, 0)


def test_a_refusal_is_appealed_to_somebody_else_who_gives_the_points_anew(
    passed_round: tuple[SignedIn, UUID], arbor_day: datetime, wang: SignedIn
) -> None:
    li, serial_id = passed_round
    zhao, appeal_id = person("赵云", ("另一中心", Role.VERIFIER)), uuid4()
    later = arbor_day + timedelta(days=8)
    with transaction() as session:
        service.decide_claim(
            session, wang.actor, serial_id, released=False, words="二维码被转发", now=later
        )
    assert has(li, later) == (0, 0, 0)
    with pytest.raises(NotFound), transaction() as session:
        service.appeal_claim(session, wang.actor, appeal_id, serial_id, "不是我", later)
    with transaction() as session:
        for _ in range(2):
            service.appeal_claim(session, li.actor, appeal_id, serial_id, "小票在此", later)
    for who in (wang, li):
        with pytest.raises(Forbidden), transaction() as session:
            service.decide_claim_appeal(
                session, who.actor, appeal_id, upheld=True, words="有小票", now=later
            )
    with transaction() as session:
        for _ in range(2):
            found = service.decide_claim_appeal(
                session, zhao.actor, appeal_id, upheld=True, words="有小票", now=later
            )
    assert (found.state, found.appeal_verdict) == (ClaimState.RELEASED, "upheld")
    assert has(li, later) == (0, 10, 0)
    fortnight = arbor_day + timedelta(days=15)
    night(fortnight)
    assert has(li, fortnight) == (10, 0, 0)


def test_a_unit_that_comes_back_takes_its_points_along_however_they_were_given(
    passed_round: tuple[SignedIn, UUID],
    arbor_day: datetime,
    wang: SignedIn,
    work: Work,
) -> None:
    li, serial_id = passed_round
    later, appeal_id = arbor_day + timedelta(days=8), uuid4()
    zhao = person("赵云", ("另一中心", Role.VERIFIER))
    with transaction() as session:
        service.decide_claim(session, wang.actor, serial_id, released=False, words="x", now=later)
        service.appeal_claim(session, li.actor, appeal_id, serial_id, "小票", later)
        service.decide_claim_appeal(
            session, zhao.actor, appeal_id, upheld=True, words="有", now=later
        )
        token = session.execute(text("SELECT count(*) FROM rewards_award")).scalar_one()
        assert token == 2
    with transaction() as session:
        reversals.reverse_purchase(session, serial_id, li.person_id, later)
    assert (has(li, later), card(serial_id).state) == ((0, 0, 0), ClaimState.RETURNED)


def test_four_units_of_a_product_within_the_hour_wait(arbor_day: datetime, work: Work) -> None:
    li, units = person("李雷"), shelf(arbor_day, 4)
    found = [claimed(li, unit, arbor_day + timedelta(minutes=20 + n)) for n, unit in
             enumerate(units)]  # fmt: skip
    work(arbor_day + timedelta(hours=1))
    assert [card(one).state for one in found] == [*["accepted"] * 3, "held"]
    assert seen(found[-1]) == {"F6"}


def test_six_people_on_one_device_wait_from_the_sixth_on(arbor_day: datetime, work: Work) -> None:
    units, phone = shelf(arbor_day, 6), uuid4()
    found = [
        claimed(person(f"买家{n}"), unit, arbor_day + timedelta(hours=1 + 24 * n), phone)
        for n, unit in enumerate(units)
    ]
    work(arbor_day + timedelta(days=6))
    assert [card(one).state for one in found] == [*["accepted"] * 5, "held"]
    assert seen(found[-1]) == {"F6"}
    with transaction() as session:
        footprint.forget(session, arbor_day + timedelta(days=60))
        kept = session.execute(text("SELECT count(*) FROM footprint_claim_device")).scalar_one()
    assert kept == 0


def test_a_shop_that_claims_its_own_sales_is_frozen_and_all_its_claims_wait(
    arbor_day: datetime, work: Work, wang: SignedIn
) -> None:
    units = shelf(arbor_day, 25)
    honest = claimed(person("李雷"), units[0], arbor_day + timedelta(hours=1))
    clerk = person("店员")
    for number in range(5):
        now = arbor_day + timedelta(hours=2 + number * 25)
        claimed(clerk, units[1 + number], now)
        work(now)
    assert card(honest).state == "held"
    assert card(honest).held_for == "shop"
    after = arbor_day + timedelta(days=6)
    late = claimed(person("韩梅"), units[10], after)
    work(after)
    assert (card(late).held_for, seen(late)) == ("shop", {"F9"})
    with snapshot() as session:
        (freeze,) = queries.freezes_waiting(session, wang.actor, 10)
    assert (freeze.shop.name, freeze.waiting) == (make.SHOP, 7)
    assert freeze.weighing.signals[0].values == {"percent": 20}
    with pytest.raises(Forbidden), transaction() as session:
        owner = person("店主核查", (make.SHOP, Role.VERIFIER))
        service.lift_freeze(session, owner.actor, freeze.freeze_id, "没有问题", after)
    with transaction() as session:
        for _ in range(2):
            service.lift_freeze(session, wang.actor, freeze.freeze_id, "另行处理店员", after)
    assert [card(one).state for one in (honest, late)] == ["released", "released"]
    with snapshot() as session:
        waiting = queries.waiting(session, wang.actor, 50)
    assert [one.person_id for one in waiting] == [clerk.person_id]
    again = claimed(person("赵云"), units[11], after + timedelta(hours=1))
    work(after + timedelta(hours=1))
    assert card(again).state == "accepted"


def test_claims_at_the_counter_of_a_closed_shop_freeze_it(arbor_day: datetime, work: Work) -> None:
    """Three units are sold at two in the morning and claimed five minutes later."""
    two = arbor_day + timedelta(hours=14)
    units = shelf(two, 3)
    found = [
        claimed(person(f"买家{n}"), unit, two + timedelta(minutes=5))
        for n, unit in enumerate(units)
    ]
    work(two + timedelta(minutes=5))
    assert [card(one).state for one in found] == ["held"] * 3
    assert seen(found[-1]) == {"F9"}


def test_a_unit_that_no_shop_has_sold_can_be_claimed_three_days_after_it_was_shipped(
    arbor_day: datetime, work: Work
) -> None:
    (unit,) = shelf(arbor_day, shipped_only=True)
    li = person("李雷")
    assert isinstance(claim(li, unit, arbor_day + timedelta(hours=71)), DomainError)
    serial_id = claimed(li, unit, arbor_day + timedelta(hours=72))
    work(arbor_day + timedelta(hours=72))
    assert (card(serial_id).state, seen(serial_id)) == ("accepted", {"F3"})
    shop = make.shopkeeper()
    with transaction() as session:
        sold = footprint.sell_serials(
            session, shop.actor, [unit.token], make.PEPPER, arbor_day + timedelta(days=4)
        )
        back = footprint.return_serials(
            session, shop.actor, [unit.token], make.PEPPER, arbor_day + timedelta(days=4)
        )
    assert (sold, back) == (0, 1)
    work(arbor_day + timedelta(days=4))
    assert has(li, arbor_day) == (0, 0, 0)
    assert card(serial_id).state == "returned"


def test_a_first_scan_long_before_the_sale_adds_risk(arbor_day: datetime, work: Work) -> None:
    (unit,) = shelf(arbor_day, shipped_only=True)
    sold = arbor_day + timedelta(hours=30)
    with transaction() as session:
        footprint.note_scan(session, unit.token, make.PEPPER, arbor_day)
        footprint.note_scan(session, unit.token, make.PEPPER, arbor_day + timedelta(hours=29))
        footprint.sell_serials(session, make.shopkeeper().actor, [unit.token], make.PEPPER, sold)
    serial_id = claimed(person("李雷"), unit, sold + timedelta(hours=1))
    work(sold + timedelta(hours=1))
    with snapshot() as session:
        (found,) = queries.weighings(session, serial_id)
    assert [(signal.id, signal.values, signal.score) for signal in found.signals] == [
        ("F8", {"hours": 30}, 25)
    ]


def test_whoever_guesses_pins_gets_nowhere_and_leaves_a_trace(
    arbor_day: datetime, work: Work
) -> None:
    (unit,) = shelf(arbor_day)
    for number in range(5):
        claim(person(f"试探{number}"), unit, arbor_day, pin=WRONG)
    work(arbor_day)
    with snapshot() as session:
        rows = session.execute(text("SELECT subject_kind, outcome FROM rewards_decision")).all()
        assert balance(session, pending_of(person("试探0").person_id)) == 0
    assert rows == [("label", "hold")]
    tomorrow = arbor_day + timedelta(hours=25)
    serial_id = claimed(person("林梅"), unit, tomorrow)
    work(tomorrow)
    assert card(serial_id).state == "accepted"
    for days, tries in ((29, 5), (31, 0)):
        with transaction() as session:
            footprint.forget(session, arbor_day + timedelta(days=days))
            kept = session.execute(text("SELECT count(*) FROM footprint_wrong_pin")).scalar_one()
        assert kept == tries


@pytest.mark.parametrize("hours", [0, KEPT_HOURS + 1])
def test_no_threshold_lifts_the_limit_of_wrong_codes(arbor_day: datetime, hours: int) -> None:
    """In a window of no time no try would count; in one longer than tries are kept, not all."""
    [first] = shipped()
    none = Thresholds("2026.9", date(2026, 3, 13), {**first.values, "F2.hours": hours})
    operator = person("运营", ("平台", Role.OPERATOR)).actor
    with pytest.raises(Invalid) as refused, transaction() as session:
        publish_thresholds(session, operator, none, arbor_day)
    [fault] = refused.value.faults
    assert (fault.field, fault.code) == ("F2.hours", "threshold_out_of_range")
    assert fault.values == {"least": 1, "most": KEPT_HOURS}


def test_the_window_of_wrong_codes_is_a_threshold(
    client: FlaskClient, arbor_day: datetime, work: Work
) -> None:
    """With a window of one hour five wrong codes close a label for an hour, not for a day."""
    (unit,) = shelf(arbor_day)
    [first] = shipped()
    short = Thresholds("2026.9", date(2026, 3, 13), {**first.values, "F2.hours": 1})
    with transaction() as session:
        publish_thresholds(session, person("运营", ("平台", Role.OPERATOR)).actor, short, arbor_day)

    def asked(hours: float) -> int:
        with clock.stopped(arbor_day + timedelta(days=1, hours=hours)):
            right = {"code": unit.token, "pin": unit.pin}
            return client.post(
                "/api/serials/claims", json=right, headers=person("李雷").headers
            ).status_code

    for number in range(5):
        claim(person(f"试探{number}"), unit, arbor_day + timedelta(days=1), pin=WRONG)
    assert [asked(0.9), asked(1.1)] == [429, 200]
    later = arbor_day + timedelta(days=1, hours=1.1)
    work(later)
    with snapshot() as session:
        row = session.execute(
            text("SELECT inputs ->> 'tries', thresholds FROM rewards_decision"
                 " WHERE subject_kind = 'purchase'")
        ).one()  # fmt: skip
    assert tuple(row) == ("1", "2026.9")  # this one; those before lie outside the window
