"""Being forgotten: who may ask, what speaks against it, the days to think, and no way back."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4, uuid5

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError

from puhui.audit import audit
from puhui.credits.kind import Kind
from puhui.db.session import snapshot, transaction
from puhui.identity import queries as identity
from puhui.identity.errors import CodeWrong, PersonUnknown
from puhui.identity.model import Attempt
from puhui.identity.service import people
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.kernel.errors import DomainError, Invalid, NotFound
from puhui.ledger.queries import balance
from puhui.outbox.model import Task
from puhui.outbox.task import go_on
from puhui.rewards.queries.desk import waiting
from puhui.rights.errors import ErasureAsked, ErasureBegun, NoErasure
from puhui.rights.model import Erasure
from puhui.rights.packages import PACKAGES
from puhui.rights.service import erasures
from tests.makers.credits import SUMMIT, held, on_sale
from tests.makers.credits import draft as credit_draft
from tests.makers.identity import SignedIn, organisation, person
from tests.makers.outing import booked, opened
from tests.makers.rewards import planted, reviewed, rulebook
from tests.makers.rights import asked, code_for, with_phone
from tests.rewards.test_at_once import at_once

pytestmark = pytest.mark.usefixtures("database", "noon")
VILLAGE = "常口村"


@pytest.fixture
def li() -> SignedIn:
    rulebook()
    return with_phone(person("李雷"))


@pytest.fixture
def days_later(settle) -> Callable[[int], None]:
    """Let so many days pass and the worker do what has come due."""

    def run(days: int) -> None:
        with clock.stopped(clock.now() + timedelta(days=days)):
            settle()  # the clock begins what is due
            settle()  # and what it began is done

    return run


def is_erased(person_id: UUID) -> bool:
    with snapshot() as session:
        return identity.is_erased(session, person_id)


def call_back(by: SignedIn, erasure_id: UUID) -> None:
    with transaction() as session:
        erasures.call_back(session, by.actor, erasure_id, clock.now())


def speaks_against(person_id: UUID) -> list[str]:
    with snapshot() as session:
        faults = erasures.obstacles(session, person_id, clock.now())
    return [fault.message % dict(fault.values) for fault in faults]


def test_before_its_day_nothing_happens_and_afterwards_there_is_no_way_back(
    li: SignedIn, days_later
) -> None:
    erasure = asked(li)
    assert erasure.due_at - erasure.asked_at == timedelta(days=30)
    days_later(29)
    assert not is_erased(li.person_id)
    days_later(30)
    assert is_erased(li.person_id)
    with pytest.raises(ErasureBegun):
        call_back(li, erasure.erasure_id)


def test_called_back_it_never_comes_and_may_be_asked_for_anew(li: SignedIn, days_later) -> None:
    erasure = asked(li)
    for _ in range(2):
        call_back(li, erasure.erasure_id)
    days_later(31)
    assert not is_erased(li.person_id)
    with clock.stopped(clock.now() + timedelta(days=31)):
        assert asked(li).erasure_id != erasure.erasure_id


def test_the_wish_is_confirmed_by_a_code_sent_for_it_to_ones_own_number(li: SignedIn) -> None:
    mei = with_phone(person("韩梅梅"), "13800008888")
    with pytest.raises(CodeWrong):
        asked(li, code="000000")
    with snapshot() as session:
        counted = set(session.scalars(select(Attempt.kind)))
    assert {"code_failed", "code_failed_from"} <= counted
    with clock.stopped(clock.now() + timedelta(minutes=2)):
        for_signing_in = code_for(li, "sign_in")
        with pytest.raises(CodeWrong):
            asked(li, code_id=for_signing_in)
        of_another = code_for(mei)
        with pytest.raises(CodeWrong):
            asked(li, code_id=of_another)
    with snapshot() as session:
        assert session.scalars(select(Erasure.erasure_id)).all() == []


def test_eight_wishes_at_once_are_one(li: SignedIn) -> None:
    code_id = code_for(li)
    outcomes = at_once(lambda _: asked(li, code_id=code_id))
    refused = [one for one in outcomes if isinstance(one, DomainError)]
    assert len(refused) == 7
    assert {type(one) for one in refused} <= {CodeWrong, ErasureAsked}
    with snapshot() as session:
        assert len(session.scalars(select(Erasure.erasure_id)).all()) == 1


def test_a_stranger_can_neither_ask_nor_call_back(li: SignedIn) -> None:
    mei = with_phone(person("韩梅梅"), "13800008888")
    with pytest.raises(NotFound):
        asked(mei, li.person_id)
    erasure = asked(li)
    with pytest.raises(NoErasure):
        call_back(mei, erasure.erasure_id)
    with pytest.raises(NoErasure):
        call_back(mei, uuid4())


def test_the_only_administrator_hears_everything_that_binds_the_organisation(li: SignedIn) -> None:
    keeper = with_phone(
        person("管理员", (VILLAGE, Role.ADMINISTRATOR), (VILLAGE, Role.ORGANISER)), "13800007777"
    )
    assert speaks_against(keeper.person_id) == []
    person("村民", (VILLAGE, Role.RETAILER))
    assert [words for words in speaks_against(keeper.person_id) if "其他成员" in words]
    with pytest.raises(Invalid) as refusal:
        asked(keeper)
    assert [fault.code for fault in refusal.value.faults] == ["only_administrator"]
    person("副手", (VILLAGE, Role.ADMINISTRATOR))
    assert speaks_against(keeper.person_id) == []


def test_what_is_held_or_planned_binds_too(li: SignedIn) -> None:
    keeper = person("秘书", (SUMMIT, Role.ADMINISTRATOR), (SUMMIT, Role.ORGANISER))
    on_sale(credit_draft(Kind.FFCER, 9_000, 1555))
    held(keeper, 6_000)
    assert [words for words in speaks_against(keeper.person_id) if "未了结的碳信用" in words]


def test_an_obstacle_that_comes_later_puts_the_day_off(days_later) -> None:
    keeper = with_phone(person("管理员", (VILLAGE, Role.ADMINISTRATOR)))
    asked(keeper)
    person("村民", (VILLAGE, Role.RETAILER))
    days_later(31)
    assert not is_erased(keeper.person_id)
    person("副手", (VILLAGE, Role.ADMINISTRATOR))
    days_later(32)
    assert is_erased(keeper.person_id)
    with snapshot() as session:
        history = identity.member_changes(session, organisation(VILLAGE))
    assert (history[0].change, history[0].display_name) == ("taken", "—")


def test_a_guardian_asks_for_the_child_and_cannot_leave_it_alone(days_later) -> None:
    child = person("小明", birth_year=2016)
    with snapshot() as session:
        guardian_id = identity.profile(session, child.person_id).guardian_id
        actor = identity.actor_of_person(session, guardian_id)
    guardian = with_phone(SignedIn(actor, {}, ""))
    (words,) = speaks_against(guardian_id)
    assert "小明" in words
    erasure = asked(guardian, child.person_id)
    assert (erasure.person_id, erasure.asked_by) == (child.person_id, guardian_id)
    days_later(30)
    assert (is_erased(child.person_id), is_erased(guardian_id)) == (True, False)
    assert speaks_against(guardian_id) == []


def test_points_that_wait_and_points_that_are_there_are_forfeited_on_the_record(
    li: SignedIn, days_later, settle, engine: Engine
) -> None:
    wang = person("王芳", ("核查中心", Role.VERIFIER))
    first = planted(li)
    reviewed(wang, first)
    settle()
    with snapshot() as session:
        assert balance(session, li.wallet) == 60
    asked(li)
    open_still = planted(li)
    days_later(30)
    with snapshot() as session:
        assert balance(session, li.wallet) == 0
        assert waiting(session, wang.actor) == []
    with engine.connect() as connection:
        (moved,) = connection.execute(
            text(
                "SELECT amount FROM ledger_transfer JOIN ledger_entry USING (transfer_id)"
                " WHERE reason = 'forfeited' AND amount < 0"
            )
        ).scalars()
    assert moved == -60
    # Approved after all by somebody who had it open: there is nobody to be thanked.
    reviewed(wang, open_still)
    settle()
    with snapshot() as session:
        assert balance(session, li.wallet) == 0
    assert [f.invariant.id for f in audit(engine) if not f.holds] == []


def test_a_place_on_an_outing_to_come_is_given_back(li: SignedIn, days_later) -> None:
    zhou = person("周运营", ("省平台", Role.OPERATOR))
    outing_id = opened(zhou, most=1, hours=24 * 40)
    booked(li, outing_id)
    asked(li)
    days_later(30)
    booked(person("韩梅梅"), outing_id)


def test_killed_at_any_step_it_goes_on_where_it_was(li: SignedIn, engine: Engine, settle) -> None:
    wang = person("王芳", ("核查中心", Role.VERIFIER))
    reviewed(wang, planted(li))
    settle()
    erasure = asked(li)
    with clock.stopped(clock.now() + timedelta(days=30)):
        with transaction() as session:
            assert erasures.begin_due(session, clock.now()) == 1
        task_id = uuid5(erasure.erasure_id, "task")
        for step in range(2 * len(PACKAGES) + 1):
            # The step is done and its process dies before the commit: nothing of it is there.
            with pytest.raises(ZeroDivisionError), transaction() as session:
                go_on(session, task_id, erasures.erase_step, clock.now())
                1 / 0  # noqa: B018
            with transaction() as session:
                assert session.get_one(Task, task_id).step == step
                go_on(session, task_id, erasures.erase_step, clock.now())
        with snapshot() as session:
            assert session.get_one(Task, task_id).state == "finished"
        settle()
    assert is_erased(li.person_id)
    assert [f.invariant.id for f in audit(engine) if not f.holds] == []


def test_the_door_in_the_guards_is_shut_to_everybody_else(li: SignedIn, engine: Engine) -> None:
    wang = person("王芳", ("核查中心", Role.VERIFIER))
    reviewed(wang, planted(li))
    erasure = asked(li)
    change = text("UPDATE rewards_review SET words = 'x'")
    for name in ("", str(erasure.erasure_id), str(uuid4())):
        with engine.connect() as connection:
            connection.execute(text("SELECT set_config('puhui.erasing', :it, true)"), {"it": name})
            with pytest.raises(IntegrityError, match="append-only"):
                connection.execute(change)
    with clock.stopped(clock.now() + timedelta(days=30)), transaction() as session:
        erasures.begin_due(session, clock.now())
    with engine.connect() as connection:
        connection.execute(
            text("SELECT set_config('puhui.erasing', :it, true)"),
            {"it": str(erasure.erasure_id)},
        )
        connection.execute(change)
        with pytest.raises(IntegrityError, match="append-only"):
            connection.execute(text("UPDATE rewards_review SET rule = 'x'"))


def test_nobody_lets_an_erased_person_in_again(li: SignedIn, days_later, engine: Engine) -> None:
    operator = person("周运营", ("省平台", Role.OPERATOR))
    asked(li)
    days_later(30)
    with pytest.raises(PersonUnknown), transaction() as session:
        people.enable(session, operator.actor, li.person_id)
    with engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(
            text("UPDATE identity_person SET erased_at = NULL WHERE person_id = :it"),
            {"it": li.person_id},
        )


def test_a_restored_backup_forgets_again_whom_it_still_knows(
    li: SignedIn, settle, engine: Engine
) -> None:
    mei = person("韩梅梅")
    # The list was printed before the disaster; the backup is older than the wish.
    with transaction() as session:
        again = erasures.erase_again(session, [li.person_id, uuid4()], clock.now())
        assert again == 1
    settle()
    assert (is_erased(li.person_id), is_erased(mei.person_id)) == (True, False)
    with snapshot() as session:
        assert erasures.erased(session) == [li.person_id]
    with transaction() as session:
        assert erasures.erase_again(session, [li.person_id], clock.now()) == 0
