"""Points given to a cause: one way, for good, with a certificate that anybody can check."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from puhui.db.session import snapshot, transaction
from puhui.identity import consents
from puhui.identity.purpose import TEXTS
from puhui.kernel import clock
from puhui.kernel.errors import DomainError, Forbidden, Invalid
from puhui.ledger.account import donated_to
from puhui.ledger.errors import InsufficientBalance
from puhui.ledger.queries import balance
from puhui.rewards.cause import judge
from puhui.rewards.errors import NameTaken
from puhui.rewards.queries import causes as queries
from puhui.rewards.queries.totals import Totals, totals
from puhui.rewards.service import awards, causes, refunds
from puhui.rewards.shop_errors import CauseOver, NoSuchCause, NoSuchDonation
from tests.makers.identity import SignedIn, person
from tests.makers.shop import (
    CAUSE,
    buyer,
    cause,
    clerk,
    donated,
    has,
    offered,
    operator,
    redeemed,
)
from tests.rewards.test_at_once import at_once


def named(by: SignedIn | None, code: str) -> str | None:
    with snapshot() as session:
        return queries.by_code(session, code, by and by.actor, clock.now()).name


def agree(one: SignedIn) -> None:
    purpose = consents.Purpose.CERTIFICATE_NAME
    with transaction() as session:
        consents.give(
            session, one.actor, one.person_id, purpose, TEXTS[purpose].hash, "page", clock.now()
        )


def test_the_same_gift_by_eight_at_once_is_one() -> None:
    li, where, name = buyer(), cause(), uuid4()
    gifts = at_once(lambda _: donated(li, where, 30, name))
    assert len({one.code for one in gifts}) == 1
    assert has(li) == 70
    with snapshot() as session:
        assert balance(session, donated_to(where)) == 30
    for who, points in ((li, 31), (buyer("韩梅梅"), 30)):
        with pytest.raises(NameTaken):
            donated(who, where, points, name)


def test_eight_gifts_from_a_wallet_for_three_are_three() -> None:
    li, where = buyer(points=30), cause()
    results = at_once(lambda _: donated(li, where, 10))
    assert sum(isinstance(one, InsufficientBalance) for one in results) == 5
    assert (has(li), sum(isinstance(one, DomainError) for one in results)) == (0, 5)


def test_a_cause_that_ended_takes_nothing_and_only_operators_put_one_up() -> None:
    li, where = buyer(), cause()
    donated(li, where)
    for _ in range(2):
        with transaction() as session:
            causes.end_cause(session, operator().actor, where, clock.now())
    with pytest.raises(CauseOver):
        donated(li, where)
    with pytest.raises(NoSuchCause):
        donated(li, uuid4())
    with pytest.raises(Forbidden), transaction() as session:
        causes.publish_cause(session, clerk().actor, uuid4(), CAUSE, clock.now())
    with pytest.raises(Invalid) as refusal, transaction() as session:
        causes.publish_cause(session, operator().actor, uuid4(), CAUSE, clock.now())
    assert [fault.code for fault in refusal.value.faults] == ["unknown_organisation"]


@pytest.mark.parametrize(
    "sentence",
    [
        "每 10 分等于 1 公斤碳",
        "减排 5 吨",
        "每分一元",
        "one point is 5 kg",
        "worth 2 RMB",
        "抵消排放",
    ],
)
def test_a_cause_speaks_of_neither_money_nor_carbon(sentence: str) -> None:
    assert judge(replace(CAUSE, says_zh=sentence)) != []
    assert judge(CAUSE) == []


def test_a_certificate_names_its_giver_only_as_they_agree_and_a_child_never() -> None:
    li, child, where = buyer(), buyer("小雨", birth_year=2015), cause()
    code, childs = donated(li, where).code, donated(child, where).code
    assert (named(None, code), named(li, code), named(child, code)) == (None, "李雷", None)
    agree(li)
    assert named(None, code) == "李雷"
    with transaction() as session:  # as if it had been given before the year of birth was known
        purpose = consents.Purpose.CERTIFICATE_NAME
        consents.write(session, child.person_id, purpose, child.person_id, "page", clock.now())
    assert (named(None, childs), named(child, childs)) == (None, "小雨")
    with transaction() as session:
        consents.withdraw(
            session, li.actor, li.person_id, consents.Purpose.CERTIFICATE_NAME, "page", clock.now()
        )
    assert named(None, code) is None
    typed = f"{code[:4]}-{code[4:8]}-{code[8:]}".lower()
    assert named(li, typed) == "李雷"
    with pytest.raises(NoSuchDonation):
        named(None, "0" * 12)


@pytest.mark.parametrize(
    "verb", ["UPDATE rewards_donation SET points = 1", "DELETE FROM rewards_donation"]
)
def test_a_gift_cannot_be_rewritten(verb: str) -> None:
    donated(buyer(), cause())
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text(verb))


def test_public_totals_sum_to_the_ledger_whatever_happens() -> None:
    def counted() -> Totals:
        with snapshot() as session:
            found = totals(session)
        assert found.accounted == found.issued
        assert found.spent == sum(one.points for one in found.spent_by_kind)
        assert found.donated == sum(one.points for one in found.donated_by_cause)
        return found

    assert counted().issued == 0
    li, where, offer = buyer(points=200), cause(), offered()
    with transaction() as session:
        awards.award_purchase(session, uuid4(), uuid4(), person("王芳").person_id, clock.now())
    pending = counted().pending
    assert pending > 0
    back = redeemed(li, offer)
    redeemed(li, offer)
    donated(li, where, 30)
    assert counted().outstanding == 200 - 80 - 30 + pending
    with transaction() as session:
        refunds.refund(session, clerk().actor, back.redemption_id, "缺货", clock.now())
    found = counted()
    assert (found.issued, found.spent, found.donated) == (200 + pending, 40, 30)
    assert [(one.kind, one.redemptions, one.points) for one in found.spent_by_kind] == [
        ("bamboo", 1, 40)
    ]
