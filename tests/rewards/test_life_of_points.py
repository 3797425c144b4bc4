"""Points wait, mature, expire, and are taken back as far as they are there."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4, uuid5

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from puhui.db.session import snapshot, transaction
from puhui.kernel.actor import Role
from puhui.kernel.clock import day_of
from puhui.ledger.account import POINTS_ISSUED, AccountName, pending_of
from puhui.ledger.queries import balance
from puhui.ledger.service import transfer
from puhui.outbox.service import publish
from puhui.rewards.queries.wallet import Due, Wallet, statement, wallet
from puhui.rewards.service import awards, lots, reversals
from puhui.rewards.service.awards import Cause
from tests.makers.identity import SignedIn, person
from tests.makers.rewards import planted, reviewed

SHOP = AccountName("partner:test", "point", "redeemed")


def bought(by: SignedIn, now: datetime, units: int = 1) -> list[UUID]:
    """Let the person claim labelled units; each earns ten points."""
    serials = [uuid4() for _ in range(units)]
    for serial in serials:
        with transaction() as session:
            awards.award_purchase(session, serial, uuid4(), by.person_id, now)
    return serials


def grown(by: SignedIn, trees: int, now: datetime) -> UUID:
    """Give the points of trees, twenty each, to be spent at once; return the award."""
    cause = Cause("planting", uuid4(), by.person_id, trees, day_of(now))
    with transaction() as session:
        awards.award(session, cause, now)
    return cause.award_id


def spent(by: SignedIn, points: int, now: datetime) -> None:
    with transaction() as session:
        transfer(
            session, uuid4(), source=by.wallet, destination=SHOP, amount=points,
            reason="redemption", occurred_at=now,
        )  # fmt: skip


def night(now: datetime) -> None:
    """Do all the work of the night before `now`, in steps of two lots."""
    day = day_of(now)
    with transaction() as session:
        while lots.mature(session, day, now, most=2):
            pass
        while lots.end(session, uuid4(), day, now, most=2):
            pass


def seen(by: SignedIn, now: datetime) -> Wallet:
    with snapshot() as session:
        return wallet(session, by.actor, now)


def test_a_purchase_waits_seven_days_and_then_matures(arbor_day: datetime) -> None:
    li = person("李雷")
    bought(li, arbor_day, units=3)
    week = arbor_day + timedelta(days=7)
    night(week - timedelta(days=1))
    found = seen(li, arbor_day)
    assert (found.balance, found.pending) == (0, 30)
    assert found.maturing == (Due(date(2026, 3, 19), 30),)
    night(week)
    night(week)
    found = seen(li, week)
    assert (found.balance, found.pending, found.maturing) == (30, 0, ())


def test_the_night_is_one_task_a_day_that_a_killed_worker_resumes(
    arbor_day: datetime, settle: Callable[[], None], database: Engine, monkeypatch
) -> None:
    li = person("李雷")
    bought(li, arbor_day - timedelta(days=7), units=5)
    monkeypatch.setattr(lots.mature, "__defaults__", (2,))
    with transaction() as session:
        lots.mature(session, day_of(arbor_day), arbor_day)
    for _ in range(2):
        with transaction() as session:
            lots.begin_night(session, arbor_day)
        settle()
    found = seen(li, arbor_day)
    assert (found.balance, found.pending) == (50, 0)
    with database.connect() as connection:
        (task,) = connection.execute(text("SELECT state, result FROM outbox_task")).all()
    assert (task.state, task.result) == ("finished", {"matured": 3, "ended": 0})


def test_what_expires_first_is_spent_first(arbor_day: datetime) -> None:
    li, mei = person("李雷"), person("韩梅")
    late = arbor_day + timedelta(days=365)
    for one in (li, mei):
        grown(one, 3, arbor_day)
        grown(one, 2, late)
    spent(li, 50, late)
    spent(mei, 90, late)
    last_day = datetime.fromisoformat("2031-03-12T12:00:00+08:00")
    assert seen(li, last_day - timedelta(days=91)).expiring == ()
    assert seen(li, last_day - timedelta(days=90)).expiring == (Due(date(2031, 3, 12), 10),)
    assert seen(mei, last_day).expiring == ()
    night(last_day)
    assert [seen(one, last_day).balance for one in (li, mei)] == [50, 10]
    morning = last_day + timedelta(days=1)
    night(morning)
    night(morning)
    assert [seen(one, morning).balance for one in (li, mei)] == [40, 10]
    night(morning + timedelta(days=366))
    assert [seen(one, morning).balance for one in (li, mei)] == [0, 0]
    with snapshot() as session:
        lines = [(line.reason, line.amount) for line in statement(session, li.actor)]
    assert lines == [
        ("expired", -40), ("expired", -10), ("redemption", -50), ("planting", 40), ("planting", 60),
    ]  # fmt: skip


def test_a_returned_unit_never_earns_whether_it_waits_or_has_matured(arbor_day: datetime) -> None:
    li = person("李雷")
    early, late = bought(li, arbor_day, units=2)
    week = arbor_day + timedelta(days=7)
    for now, serial, left in ((arbor_day, early, (0, 10)), (week, late, (0, 0))):
        night(now)
        for _ in range(2):
            with transaction() as session:
                reversals.reverse_purchase(session, serial, li.person_id, now)
        found = seen(li, now)
        assert (found.balance, found.pending) == left
    with snapshot() as session:
        assert balance(session, POINTS_ISSUED) == 0


def test_a_unit_returned_before_its_points_were_given_earns_none(arbor_day: datetime) -> None:
    li, serial = person("李雷"), uuid4()
    with transaction() as session:
        reversals.reverse_purchase(session, serial, li.person_id, arbor_day)
        awards.award_purchase(session, serial, uuid4(), li.person_id, arbor_day)
    assert seen(li, arbor_day).pending == 0


def test_a_reversal_takes_what_is_there_and_writes_down_the_rest(
    client: FlaskClient, arbor_day: datetime
) -> None:
    li = person("李雷")
    award_id = grown(li, 3, arbor_day)
    spent(li, 45, arbor_day)
    with transaction() as session:
        reversals.reverse(
            session, uuid5(award_id, "died"), award_id, li.person_id, reason="died", now=arbor_day
        )
    assert seen(li, arbor_day).balance == 0
    found = client.get(f"/api/awards/{award_id}", headers=li.headers).json
    (reversal,) = found["reversals"]
    assert (reversal["points"], reversal["taken"], found["lot"]["state"]) == (60, 15, "reversed")
    page = client.get(f"/awards/{award_id}", headers=li.headers).text
    assert "另有 45 积分已经用掉，不再追收" in page
    grown(li, 1, arbor_day)
    assert seen(li, arbor_day).balance == 20  # nothing of it is kept back


@pytest.mark.parametrize("dead", [1, 2])
def test_a_part_of_an_award_can_be_taken_back(arbor_day: datetime, dead: int) -> None:
    li = person("李雷")
    award_id = grown(li, 3, arbor_day)
    for tree in range(dead):
        with transaction() as session:
            reversals.reverse(
                session, uuid5(award_id, f"tree {tree}"), award_id, li.person_id,
                reason="died", now=arbor_day, points=20,
            )  # fmt: skip
    assert seen(li, arbor_day).balance == 60 - 20 * dead
    night(arbor_day + timedelta(days=366 * 5))
    assert seen(li, arbor_day).balance == 0


def test_the_statement_says_what_waits_what_came_and_what_went(
    client: FlaskClient, arbor_day: datetime, settle: Callable[[], None]
) -> None:
    li = person("李雷")
    first, second = bought(li, arbor_day, units=2)
    with transaction() as session:
        publish(
            session, "footprint.serial_returned", arbor_day,
            serial_id=str(second), person_id=str(li.person_id), label_code="ABC234",
        )  # fmt: skip
    settle()
    night(arbor_day + timedelta(days=7))
    reviewed(person("王芳", ("核查中心", Role.VERIFIER)), planted(li))
    settle()
    lines = client.get("/api/wallet/statement", headers=li.headers).json["items"]
    found = [(x["reason"], x["amount"], x["balance_after"], x["pending"]) for x in lines]
    assert found == [
        ("planting", 60, 70, False),
        ("matured", 10, 10, False),
        ("returned_reversal", -10, 10, True),
        ("purchase", 10, 20, True),
        ("purchase", 10, 10, True),
    ]
    assert [x["award"]["cause_id"] for x in lines[1:]] == [
        str(first), str(second), str(second), str(first),
    ]  # fmt: skip
    assert lines[2]["reversal"]["reason"] == "returned"
    page = client.get("/wallet/statement", headers=li.headers).text
    for words in ("产品已退货，积分收回", "到账，可以使用了", "待到账 20"):
        assert words in page
    assert balance_of_pending(li) == 0


def balance_of_pending(by: SignedIn) -> int:
    with snapshot() as session:
        return balance(session, pending_of(by.person_id))
