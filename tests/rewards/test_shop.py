"""The shop: stock that is never oversold, codes that work once, refunds, a statement that fits."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from puhui.audit import audit
from puhui.db.session import snapshot, transaction
from puhui.identity import consents
from puhui.identity.errors import ConsentMissing
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.kernel.errors import DomainError, Forbidden, Invalid, NotFound
from puhui.ledger.account import redeemed_of
from puhui.ledger.errors import InsufficientBalance
from puhui.ledger.queries import balance
from puhui.outbox.service import drain
from puhui.rewards.errors import NameTaken
from puhui.rewards.offer import Delivery, judge, money_in
from puhui.rewards.queries import lots as lot_queries
from puhui.rewards.queries import offers as offer_queries
from puhui.rewards.queries import partners
from puhui.rewards.queries.partners import Counted
from puhui.rewards.queries.rules import rule_on
from puhui.rewards.redemption import RedemptionState, RefundGround, renewed, steps
from puhui.rewards.service import awards, handovers, lots, offers, refunds, reversals
from puhui.rewards.service.awards import Cause
from puhui.rewards.service.thresholds import publish_thresholds
from puhui.rewards.shop_errors import (
    AccountTooYoung,
    BelowTaken,
    CodeOver,
    CodeRefused,
    CodeUsed,
    EnoughRedeemed,
    MonthIsFull,
    NoSuchOffer,
    NoSuchRedemption,
    NothingSentToMinors,
    OfferChanged,
    OfferOver,
    OwnOffer,
    RedemptionOver,
    SoldOut,
    TooManyCodes,
    TooManyOnDevice,
)
from puhui.rewards.threshold import Thresholds, shipped
from puhui.subscriptions import SUBSCRIPTIONS
from puhui.web.paging import write_cursor
from tests.makers.identity import SignedIn, organisation, person
from tests.makers.rewards import planted
from tests.makers.shop import (
    ADDRESS,
    BRUSH,
    SHOP,
    agrees_to_sending,
    buyer,
    cause,
    clerk,
    donated,
    earned,
    has,
    left,
    offered,
    operator,
    redeemed,
    seen,
)
from tests.rewards.test_at_once import EIGHT, at_once

SENT = {"delivery": Delivery.SENT, "county_code": None}


def handed(staff: SignedIn, code: str, shop: str = SHOP) -> object:
    with transaction() as session:
        found = handovers.hand_over(session, staff.actor, organisation(shop), code, clock.now())
    if isinstance(found, DomainError):
        raise found
    return found


def refunded(by: SignedIn, redemption_id, reason: str = "门店缺货"):
    with transaction() as session:
        return refunds.refund(session, by.actor, redemption_id, reason, clock.now())


def time_passes() -> None:
    """Let the clock of the worker look once, and do what follows."""
    with transaction() as session:
        refunds.call_due(session, clock.now())
        handovers.tidy(session, clock.now())
    drain(SUBSCRIPTIONS, clock.now)


def at_partner(shop: str = SHOP) -> int:
    with snapshot() as session:
        return balance(session, redeemed_of(organisation(shop)))


# Stock and points ----------------------------------------------------------------------------


def test_the_last_one_under_eight_buyers_goes_to_one_and_costs_nobody_else(arbor_day) -> None:
    people = [buyer(f"市民{n}") for n in range(EIGHT)]
    for _ in range(3):
        offer = offered(stock=1)
        before = [has(one) for one in people]
        results = at_once(lambda n, offer=offer: redeemed(people[n], offer))
        won = [n for n, one in enumerate(results) if not isinstance(one, DomainError)]
        assert len(won) == 1
        refusals = [one for one in results if isinstance(one, DomainError)]
        assert all(isinstance(one, SoldOut | InsufficientBalance) for one in refusals)
        paid = [was - has(one) for was, one in zip(before, people, strict=True)]
        assert [n for n, points in enumerate(paid) if points] == won
        assert left(offer) == 0


def test_eight_redemptions_at_once_from_a_wallet_for_two_are_two() -> None:
    li, offer = buyer(points=100), offered(stock=8)  # 40 points each
    results = at_once(lambda _: redeemed(li, offer))
    assert sum(not isinstance(one, DomainError) for one in results) == 2
    assert (has(li), left(offer), at_partner()) == (20, 6, 80)


def test_the_same_redemption_by_eight_at_once_is_one() -> None:
    li, offer, name = buyer(), offered(), uuid4()
    results = at_once(lambda _: redeemed(li, offer, name=name))
    assert len({one.code for one in results}) == 1
    assert (has(li), left(offer)) == (60, 4)


def test_the_database_itself_refuses_to_oversell() -> None:
    offer, li = offered(stock=1), buyer()
    redeemed(li, offer)
    copy = """
        INSERT INTO rewards_redemption (redemption_id, person_id, offer_id, organisation_id,
          version_id, points, state, redeemed_at, expires_at)
        SELECT gen_random_uuid(), person_id, offer_id, organisation_id, version_id, points,
          'issued', redeemed_at, expires_at FROM rewards_redemption"""
    with pytest.raises(IntegrityError, match="never_oversold"), transaction() as session:
        session.execute(text(copy))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rewards_redemption SET points = 1",
        "UPDATE rewards_redemption SET state = 'delivered', sent_at = now(), ended_at = now()",
        "UPDATE rewards_redemption SET state = 'sent', sent_at = now()",
        "DELETE FROM rewards_redemption",
        "UPDATE rewards_offer_version SET points = 1",
        "DELETE FROM rewards_offer_version",
    ],
)
def test_the_database_refuses_to_rewrite_what_was_redeemed(statement: str) -> None:
    redeemed(buyer(), offered())
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text(statement))


def test_the_same_name_for_something_else_is_a_conflict() -> None:
    li, mei, name = buyer(), buyer("韩梅梅"), uuid4()
    offer, other = offered(), offered(name_zh="竹杯一只")
    redeemed(li, offer, name=name)
    for who, what in ((li, other), (mei, offer)):
        with pytest.raises(NameTaken):
            redeemed(who, what, name=name)
    assert (has(li), has(mei), left(offer), left(other)) == (60, 100, 4, 5)


def test_points_that_wait_cannot_be_spent() -> None:
    li, offer = buyer(points=30), offered()
    with transaction() as session:
        awards.award_purchase(session, uuid4(), uuid4(), li.person_id, clock.now())
    with pytest.raises(InsufficientBalance):
        redeemed(li, offer)
    assert (has(li), left(offer)) == (30, 5)


def test_an_account_redeems_once_it_is_fourteen_days_old(arbor_day) -> None:
    new, offer = person("新用户"), offered()
    earned(new, 100)
    with clock.stopped(arbor_day + timedelta(days=13)), pytest.raises(AccountTooYoung):
        redeemed(new, offer)
    with clock.stopped(arbor_day + timedelta(days=14)):
        assert redeemed(new, offer).state is RedemptionState.ISSUED


def test_an_offer_is_had_by_each_as_often_as_it_says_and_until_its_last_day(arbor_day) -> None:
    li = buyer(points=200)
    offer = offered(most_each=1, offered_until=date(2026, 3, 12))
    first = redeemed(li, offer)
    with pytest.raises(EnoughRedeemed):
        redeemed(li, offer)
    refunded(operator(), first.redemption_id)
    redeemed(li, offer)
    with clock.stopped(arbor_day + timedelta(days=1)), pytest.raises(OfferOver):
        redeemed(buyer("韩梅梅"), offer)


# What is offered -----------------------------------------------------------------------------


def test_only_what_an_operator_of_another_house_published_can_be_redeemed() -> None:
    offer, li = offered(published=False), buyer()
    with pytest.raises(NoSuchOffer):
        redeemed(li, offer)
    with snapshot() as session, pytest.raises(NoSuchOffer):
        offer_queries.offer(session, li.actor, offer.offer_id)
    insider = person("内部运营", (SHOP, Role.OPERATOR))
    with pytest.raises(OwnOffer), transaction() as session:
        offers.decide_terms(session, insider.actor, offer.version_id, None, clock.now())
    with pytest.raises(Forbidden), transaction() as session:
        offers.decide_terms(session, clerk().actor, offer.version_id, None, clock.now())


def test_a_redemption_keeps_the_terms_that_were_shown() -> None:
    li, offer, dearer = buyer(points=200), offered(), uuid4()
    first = redeemed(li, offer)
    with transaction() as session:
        offers.propose_terms(
            session, clerk().actor, offer.offer_id, dearer, replace(BRUSH, points=50),
            clock.now(),
        )  # fmt: skip
    redeemed(li, offer)  # proposed terms change nothing
    with transaction() as session:
        offers.decide_terms(session, operator().actor, dearer, None, clock.now())
    with pytest.raises(OfferChanged):
        redeemed(li, offer)
    assert redeemed(li, offer, version=dearer).points == 50
    assert seen(li, first.redemption_id).terms.points == 40
    assert (has(li), left(offer)) == (200 - 40 - 40 - 50, 2)


def test_a_withdrawn_offer_is_over_and_stock_never_falls_below_what_was_taken() -> None:
    li, offer, staff = buyer(points=200), offered(stock=2), clerk()
    redeemed(li, offer)
    with pytest.raises(BelowTaken), transaction() as session:
        offers.set_stock(session, staff.actor, offer.offer_id, 0, clock.now())
    with transaction() as session:
        assert offers.set_stock(session, staff.actor, offer.offer_id, 9, clock.now()).left == 8
    with pytest.raises(NoSuchOffer), transaction() as session:
        offers.set_stock(session, clerk("别的店").actor, offer.offer_id, 9, clock.now())
    with transaction() as session:
        offers.withdraw_offer(session, operator().actor, offer.offer_id, clock.now())
    with pytest.raises(OfferOver):
        redeemed(li, offer)


def test_terms_name_every_fault_and_never_a_price() -> None:
    wrong = replace(
        BRUSH, says_zh="原价 20 元", county_code="999999", offered_until=date(2026, 3, 11),
        delivery=Delivery.SENT, returns_unused=False,
    )  # fmt: skip
    assert [fault.code for fault in judge(wrong, date(2026, 3, 12))] == [
        "priced", "unknown_county", "bad_offered_until", "must_return",
    ]  # fmt: skip
    for sentence in ("价值¥20", "十元券", "worth 5 yuan", "20 RMB", "$3"):
        assert money_in(sentence), sentence
    for sentence in ("竹杯 2 只", "元宵节参观", "园区一日游", "the yuanxiao fair"):
        assert money_in(sentence) is None, sentence


def test_a_search_finds_what_holds_in_the_county_and_in_the_whole_province() -> None:
    here, everywhere = offered(), offered(**SENT)
    offered(county_code="350102")
    with snapshot() as session:
        found = offer_queries.offers(session, clock.now(), county="将乐")
    assert {one.offer_id for one in found} == {here.offer_id, everywhere.offer_id}


def test_what_is_sold_out_is_listed_last_on_whatever_page_that_is(
    arbor_day, client: FlaskClient
) -> None:
    made = []
    for hour in range(5):
        with clock.stopped(arbor_day + timedelta(hours=hour)):
            made.append(offered(stock=1))
    redeemed(buyer("李雷"), made[4])
    redeemed(buyer("韩梅梅"), made[1])
    for limit in range(1, 6):
        address, found = f"/api/offers?limit={limit}", []
        while address:
            answer = client.get(address).json
            found += [UUID(item["offer_id"]) for item in answer["items"]]
            address = answer["next"]
        assert found == [made[n].offer_id for n in (3, 2, 0, 4, 1)]
    with client.application.test_request_context("/api/offers"):
        of_the_old_order = write_cursor((arbor_day, made[3].offer_id))
    answer = client.get(f"/api/offers?cursor={of_the_old_order}")
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "bad_cursor")


# Codes ---------------------------------------------------------------------------------------


def test_a_code_works_once_at_its_own_partner_and_only_its_owner_sees_it() -> None:
    li, offer, staff = buyer(), offered(), clerk()
    card = redeemed(li, offer)
    assert seen(staff, card.redemption_id).code is None
    assert seen(operator(), card.redemption_id).code is None
    with pytest.raises(NoSuchRedemption):
        seen(buyer("路人"), card.redemption_id)
    with pytest.raises(CodeRefused):
        handed(clerk("别的店"), card.code, "别的店")
    typed = f"{card.code[:5]}-{card.code[5:]}".lower()
    assert handed(staff, typed).redemption_id == card.redemption_id
    with pytest.raises(CodeUsed):
        handed(staff, card.code)
    with pytest.raises(RedemptionOver):
        refunded(staff, card.redemption_id)
    assert seen(li, card.redemption_id).code is None
    with transaction() as session:
        stored = str(session.execute(text("SELECT * FROM rewards_redemption")).one())
    assert card.code not in stored


def test_eight_desks_at_once_hand_one_code_over_once() -> None:
    card, desks = redeemed(buyer(), offered()), [clerk() for _ in range(EIGHT)]
    results = at_once(lambda n: handed(desks[n], card.code))
    assert sum(isinstance(one, CodeUsed) for one in results) == EIGHT - 1


def test_twenty_wrong_codes_end_a_desks_day_and_stay_counted(arbor_day) -> None:
    card, staff = redeemed(buyer(), offered()), clerk()
    for number in range(20):
        with pytest.raises(CodeRefused):
            handed(staff, f"00000-{number:05d}")
    with pytest.raises(TooManyCodes) as refusal:
        handed(staff, card.code)
    assert refusal.value.retry_after_s == 24 * 3600
    assert handed(clerk(), card.code)
    with clock.stopped(arbor_day + timedelta(days=1, seconds=1)), pytest.raises(CodeUsed):
        handed(staff, card.code)


def test_a_code_ends_with_its_last_day_and_its_points_come_back_if_the_terms_said_so(
    arbor_day,
) -> None:
    li, staff = buyer(points=100), clerk()
    kind, strict = redeemed(li, offered()), redeemed(li, offered(returns_unused=False))
    with clock.stopped(kind.expires_at - timedelta(seconds=1)):
        time_passes()
        assert seen(li, kind.redemption_id).state is RedemptionState.ISSUED
    with clock.stopped(kind.expires_at):
        for card in (kind, strict):
            with pytest.raises(CodeOver):
                handed(staff, card.code)
        time_passes()
        time_passes()
        assert seen(li, kind.redemption_id).refund_ground is RefundGround.UNUSED
        assert seen(li, strict.redemption_id).state is RedemptionState.LAPSED
    assert (has(li), at_partner()) == (60, 40)


# Refunds -------------------------------------------------------------------------------------


def test_a_refund_gives_points_and_stock_back_once_though_eight_ask() -> None:
    li, offer, staff = buyer(), offered(), clerk()
    card = redeemed(li, offer)
    at_once(lambda _: refunded(staff, card.redemption_id))
    told = seen(li, card.redemption_id)
    assert (told.state, told.refund_ground, told.returned) == (
        RedemptionState.REFUNDED, RefundGround.PARTNER, 40,
    )  # fmt: skip
    assert (has(li), left(offer), at_partner()) == (100, 5, 0)
    with pytest.raises(CodeUsed):
        handed(staff, card.code)
    with pytest.raises(NoSuchRedemption):
        refunded(clerk("别的店"), card.redemption_id)
    with pytest.raises(Forbidden):
        refunded(li, card.redemption_id)


def test_hand_over_and_refund_at_once_are_one_of_them() -> None:
    staff = clerk()
    for _ in range(3):
        li, offer = buyer(), offered()
        card = redeemed(li, offer)

        def one(n: int, card=card) -> object:
            return handed(staff, card.code) if n % 2 else refunded(staff, card.redemption_id)

        at_once(one)
        state = seen(li, card.redemption_id).state
        assert (state, has(li)) in {
            (RedemptionState.HANDED_OVER, 60),
            (RedemptionState.REFUNDED, 100),
        }


def test_returned_points_end_when_they_would_have_ended() -> None:
    soon, late = date(2026, 4, 1), date(2030, 1, 1)
    lots_of = [(soon, 30), (late, 30)]
    # 40 of 60 were spent, first those of April: they come back as they were.
    assert renewed(40, lots_of, 20, date(2026, 3, 1), 0) == 0
    # By a partner's doing, those of April must be good for thirty days from 12 March on.
    assert renewed(40, lots_of, 20, date(2026, 3, 12), 30) == 30
    # April is over: its thirty have ended, whether the night has said so or not.
    for known in (lots_of, lots_of[1:]):
        assert renewed(40, known, 20, date(2026, 5, 1), 0) == 30
        assert renewed(10, known, 20, date(2026, 5, 1), 0) == 0


def test_redeeming_draws_from_what_ends_first_and_a_refund_puts_it_back(arbor_day) -> None:
    li = buyer(points=30)
    with clock.stopped(arbor_day + timedelta(days=10)):
        earned(li, 30)
    with clock.stopped(arbor_day + timedelta(days=20)):
        offer = offered()
        card = redeemed(li, offer)  # 30 of the first lot, 10 of the second
        refunded(operator(), card.redemption_id)
        with snapshot() as session:
            found = lot_queries.expiring(session, li.person_id, has(li), date(2031, 3, 1))
        assert found == [(date(2031, 3, 12), 30), (date(2031, 3, 22), 30)]
    # The night after the first lot's last day takes what is left of it, refunded or not.
    with clock.stopped(arbor_day.replace(year=2031, day=13)), transaction() as session:
        lots.end(session, uuid4(), date(2031, 3, 13), clock.now())
    assert has(li) == 30


def test_points_that_ended_meanwhile_get_a_month_from_a_partner_and_a_day_from_the_clock(
    arbor_day,
) -> None:
    li = buyer(points=80)
    last_day = arbor_day.replace(year=2031)
    with clock.stopped(last_day - timedelta(days=5)):
        first, second = (redeemed(li, offered(offered_until=date(2031, 12, 1))) for _ in range(2))
    with clock.stopped(last_day + timedelta(days=2)), transaction() as session:
        lots.end(session, uuid4(), date(2031, 3, 14), clock.now())
    with clock.stopped(last_day + timedelta(days=3)):
        refunded(clerk(), first.redemption_id)
    with clock.stopped(last_day + timedelta(days=33)):
        time_passes()  # the other code's time is over: its points end today
        assert has(li) == 80
        with transaction() as session:
            lots.end(session, uuid4(), date(2031, 4, 14), clock.now())
        assert has(li) == 80
    with clock.stopped(last_day + timedelta(days=34)), transaction() as session:
        lots.end(session, uuid4(), date(2031, 4, 15), clock.now())
    assert has(li) == 0
    assert seen(li, second.redemption_id).state is RedemptionState.REFUNDED


def test_points_parked_in_the_shop_do_not_escape_a_reversal() -> None:
    li, serial, offer = buyer(points=0), uuid4(), offered(points=10)
    day = clock.day_of(clock.now())
    with transaction() as session:
        rule = rule_on(session, "purchase", day)
        cause = Cause("purchase", serial, li.person_id, 1, day)
        awards.award(session, cause, clock.now())
    with clock.stopped(clock.now() + timedelta(days=rule.matures_after_days)):
        with transaction() as session:
            lots.mature(session, clock.day_of(clock.now()), clock.now())
        worth = has(li)
        card = redeemed(li, offer)
        with transaction() as session:
            reversals.reverse_purchase(session, serial, li.person_id, clock.now())
        assert has(li) == 0  # ten were spent and are not covered
        told = refunded(clerk(), card.redemption_id)
        assert (told.withheld, has(li), at_partner(), left(offer)) == (10, 0, 0, 5)
    assert worth >= 10


# Sending -------------------------------------------------------------------------------------


def test_an_address_needs_consent_is_sealed_seen_by_the_sender_and_deleted(arbor_day) -> None:
    li, staff, offer = buyer(), clerk(), offered(**SENT)
    with pytest.raises(Invalid):
        redeemed(li, offer)
    with pytest.raises(ConsentMissing):
        redeemed(li, offer, address=ADDRESS)
    agrees_to_sending(li)
    card = redeemed(li, offer, address=ADDRESS)
    assert (card.code, seen(staff, card.redemption_id).address) == (None, ADDRESS)
    assert seen(operator(), card.redemption_id).address is None
    with transaction() as session:
        stored = bytes(session.scalar(text("SELECT address_sealed FROM rewards_redemption")))
    assert ADDRESS.recipient.encode() not in stored
    with transaction() as session:
        handovers.send(session, staff.actor, card.redemption_id, "YT 1", clock.now())
    with pytest.raises(NoSuchRedemption), transaction() as session:
        handovers.confirm_receipt(session, staff.actor, card.redemption_id, clock.now())
    with transaction() as session:
        handovers.confirm_receipt(session, li.actor, card.redemption_id, clock.now())
    with clock.stopped(arbor_day + timedelta(days=7)):
        time_passes()
    assert seen(li, card.redemption_id).address is None
    assert redeemed(li, offer, name=card.redemption_id, address=ADDRESS).state == "delivered"


def test_a_consent_withdrawn_hides_the_address_from_the_partner_at_once() -> None:
    li, staff = buyer(), clerk()
    agrees_to_sending(li)
    card = redeemed(li, offered(**SENT), address=ADDRESS)
    purpose = consents.Purpose.DELIVERY
    with transaction() as session:
        consents.withdraw(session, li.actor, li.person_id, purpose, "page", clock.now())
    assert seen(staff, card.redemption_id).address is None
    with pytest.raises(NameTaken):
        other = replace(ADDRESS, recipient="王芳")
        agrees_to_sending(li)
        redeemed(li, offered(**SENT), name=card.redemption_id, address=other)


def test_what_is_not_sent_in_time_comes_back_and_what_was_sent_counts_as_arrived(
    arbor_day,
) -> None:
    li, staff = buyer(points=80), clerk()
    agrees_to_sending(li)
    forgotten, sent = (redeemed(li, offered(**SENT), address=ADDRESS) for _ in range(2))
    with transaction() as session:
        handovers.send(session, staff.actor, sent.redemption_id, "YT 2", clock.now())
    with clock.stopped(arbor_day + timedelta(days=15)):
        time_passes()
        assert seen(li, sent.redemption_id).state is RedemptionState.DELIVERED
    with clock.stopped(forgotten.expires_at):
        time_passes()
    assert seen(li, forgotten.redemption_id).refund_ground is RefundGround.UNSENT
    assert has(li) == 40


def test_children_redeem_what_they_fetch_and_have_nothing_sent(arbor_day) -> None:
    child = buyer("小雨", birth_year=2015)
    with pytest.raises(NothingSentToMinors):
        redeemed(child, offered(**SENT), address=ADDRESS)
    assert redeemed(child, offered()).code


def test_a_childs_month_has_the_limit_that_operators_set(arbor_day) -> None:
    child, grown, offer = buyer("小雨", 200, birth_year=2015), buyer(points=200), offered()
    [shipped_first] = shipped()
    values = {**shipped_first.values, "shop.minor_month": 50}
    strict = Thresholds("2026.2", date(2026, 3, 13), values)
    with transaction() as session:
        publish_thresholds(session, operator().actor, strict, clock.now())
    with clock.stopped(arbor_day + timedelta(days=1)):
        card = redeemed(child, offer)
        with pytest.raises(MonthIsFull):
            redeemed(child, offer)
        redeemed(grown, offer), redeemed(grown, offer)
        refunded(operator(), card.redemption_id)
        redeemed(child, offer)
    with clock.stopped(arbor_day + timedelta(days=20)):  # the first of April
        redeemed(child, offer)


def test_nobody_redeems_on_a_device_that_more_than_five_people_use() -> None:
    li, offer = buyer(points=200), offered()
    redeemed(li, offer)
    use = """
        INSERT INTO rewards_device_use (planting_id, person_id, base_id, device, logged_at)
        SELECT planting_id, person_id, base_id, sha256('one phone'), logged_at
        FROM rewards_planting"""
    for who in (li, *(person(f"市民{n}") for n in range(5))):
        planted(who)
    with transaction() as session:
        session.execute(text(use))
    with pytest.raises(TooManyOnDevice):
        redeemed(li, offer)
    with clock.stopped(clock.now() + timedelta(days=31)):
        redeemed(li, offer)


def test_redeem_refund_give_and_expire_at_once_leave_sound_books(
    database: Engine, arbor_day
) -> None:
    li, mei, staff = buyer(points=0), buyer("韩梅梅", 0), clerk()
    offer, where = offered(stock=50), cause()
    for who in (li, mei):
        serial = uuid4()
        with transaction() as session:
            deed = Cause("planting", serial, who.person_id, 10, clock.day_of(clock.now()))
            awards.award(session, deed, clock.now())
    earlier = [redeemed(who, offer) for who in (li, mei)]

    def one(n: int) -> object:
        if n < 2:
            return refunded(staff, earlier[n].redemption_id)
        if n < 4:
            return donated((li, mei)[n % 2], where, 5)
        if n == 4:
            with transaction() as session:
                return lots.end(session, uuid4(), date(2031, 3, 13), clock.now())
        return redeemed((li, mei)[n % 2], offer)

    # A fault that has no name would end its thread and leave nothing here.
    assert all(result is not None for result in at_once(one))
    broken = {f.invariant.id for f in audit(database) if not f.holds}
    assert {name for name in broken if name[0] in "HL" or name == "W1"} == set()


def test_every_way_shows_the_steps_that_were_reached() -> None:
    def reached(delivery: Delivery, state: RedemptionState) -> list[tuple[str, bool]]:
        return [(str(step), done) for step, done in steps(delivery, state)]

    assert reached(Delivery.SENT, RedemptionState.SENT) == [
        ("issued", True), ("sent", True), ("delivered", False),
    ]  # fmt: skip
    assert reached(Delivery.PICKUP, RedemptionState.ISSUED) == [
        ("issued", True), ("handed_over", False),
    ]  # fmt: skip
    assert reached(Delivery.SENT, RedemptionState.REFUNDED) == [
        ("issued", True), ("refunded", True),
    ]  # fmt: skip


# Statement -----------------------------------------------------------------------------------


def test_a_partners_statement_adds_up_to_the_ledger(arbor_day) -> None:
    li, staff, offer = buyer(points=200), clerk(), offered()
    first, second, third = (redeemed(li, offer) for _ in range(3))
    handed(staff, first.code)
    with clock.stopped(arbor_day + timedelta(days=25)):  # 6 April
        refunded(staff, second.redemption_id)
        redeemed(li, offer)
    shop = organisation(SHOP)
    with snapshot() as session:
        march, april = (
            partners.statement(session, staff.actor, shop, *period)
            for period in (
                (date(2026, 3, 1), date(2026, 4, 1)),
                (date(2026, 4, 1), date(2026, 5, 1)),
            )
        )
        held = balance(session, redeemed_of(shop))
    assert (march.opening, march.redeemed, march.handed_over, march.closing) == (
        0, Counted(3, 120), Counted(1, 40), 120,
    )  # fmt: skip
    assert (april.opening, april.refunded.points, april.redeemed.points, april.closing) == (
        120, 40, 40, 120,
    )  # fmt: skip
    for period in (march, april):
        assert period.opening + period.redeemed.points - period.refunded.points == period.closing
        assert sum(row.moved for row in period.rows) == period.closing - period.opening
    assert april.closing == held
    with snapshot() as session, pytest.raises(NotFound):
        partners.statement(session, clerk("别的店").actor, shop, march.first_day, march.end_day)
    assert third.state is RedemptionState.ISSUED
