"""A transfer moves value once, or not at all."""

from datetime import datetime
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from puhui.db.session import snapshot, transaction
from puhui.ledger.account import POINTS_ISSUED, AccountName, Move, wallet_of
from puhui.ledger.errors import InsufficientBalance, TransferDiffers
from puhui.ledger.queries import balance, statement
from puhui.ledger.service import transfer, transfer_all

LI, MEI = uuid4(), uuid4()
SHOP = AccountName("partner:tea", "point", "redeemed")


def award(amount: int, now: datetime, name=None, person=LI) -> bool:
    with transaction() as session:
        return transfer(
            session,
            name or uuid4(),
            source=POINTS_ISSUED,
            destination=wallet_of(person),
            amount=amount,
            reason="planting",
            occurred_at=now,
        )


def test_an_award_reaches_the_wallet(database: Engine, noon: datetime) -> None:
    assert award(60, noon)
    with snapshot() as session:
        assert balance(session, wallet_of(LI)) == 60
        assert balance(session, POINTS_ISSUED) == -60
        (line,) = statement(session, wallet_of(LI))
    assert (line.amount, line.balance_after, line.reason) == (60, 60, "planting")


def test_the_same_transfer_twice_moves_once(database: Engine, noon: datetime) -> None:
    name = uuid4()
    assert award(60, noon, name)
    assert not award(60, noon, name)
    with snapshot() as session:
        assert balance(session, wallet_of(LI)) == 60


def test_a_name_used_for_something_else_is_refused(database: Engine, noon: datetime) -> None:
    name = uuid4()
    award(60, noon, name)
    with pytest.raises(TransferDiffers):
        award(61, noon, name)


def test_nobody_spends_what_they_do_not_have(database: Engine, noon: datetime) -> None:
    award(60, noon)
    with pytest.raises(InsufficientBalance), transaction() as session:
        transfer(
            session,
            uuid4(),
            source=wallet_of(LI),
            destination=SHOP,
            amount=61,
            reason="redemption",
            occurred_at=noon,
        )
    with snapshot() as session:
        assert balance(session, wallet_of(LI)) == 60
        assert balance(session, SHOP) == 0


def test_several_moves_are_one_transfer(database: Engine, noon: datetime) -> None:
    with transaction() as session:
        transfer_all(
            session,
            uuid4(),
            [Move(POINTS_ISSUED, wallet_of(LI), 40), Move(POINTS_ISSUED, wallet_of(MEI), 2)],
            reason="campaign",
            occurred_at=noon,
        )
    with snapshot() as session:
        assert balance(session, POINTS_ISSUED) == -42


def test_points_do_not_pass_between_people() -> None:
    with pytest.raises(AssertionError):
        Move(wallet_of(LI), wallet_of(MEI), 1)


def test_points_do_not_become_credits() -> None:
    with pytest.raises(AssertionError):
        Move(wallet_of(LI), AccountName("batch:x", "credit_kg", "retired"), 1)


@pytest.mark.parametrize("sides", [[5], [5, -4], [-5, 5, 1]])
def test_the_database_refuses_entries_that_do_not_sum_to_zero_at_once(
    database: Engine, noon: datetime, sides: list[int]
) -> None:
    award(5, noon)
    with pytest.raises(IntegrityError, match="does not sum to zero"), transaction() as session:
        session.execute(
            text(
                "INSERT INTO ledger_entry (transfer_id, account_id, amount)"
                " SELECT transfer_id, account_id, amount FROM unnest(:sides) AS amount,"
                " (SELECT transfer_id, max(account_id) AS account_id FROM ledger_entry"
                "   GROUP BY transfer_id) AS any_entry"
            ),
            {"sides": sides},
        )


def test_the_database_refuses_entries_of_no_transfer(database: Engine, noon: datetime) -> None:
    award(5, noon)
    with pytest.raises(IntegrityError, match="there is no transfer"), transaction() as session:
        session.execute(
            text(
                "INSERT INTO ledger_entry (transfer_id, account_id, amount)"
                " SELECT :stray, account_id, amount FROM unnest(ARRAY[5, -5]) AS amount,"
                " (SELECT max(account_id) AS account_id FROM ledger_account) AS any_account"
            ),
            {"stray": uuid4()},
        )
