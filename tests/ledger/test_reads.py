"""A step reads what it moves: never all the accounts that there are."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import Engine, Uuid, func, literal, select, text
from sqlalchemy.orm import Session

from puhui.db.session import transaction
from puhui.ledger.account import POINT, POINTS_ISSUED
from puhui.ledger.service import hold_still, transfer_each, wire

ACCOUNTS, MOVED = 40_000, 5_000

FILL = """
INSERT INTO ledger_account (owner, unit, purpose, bounded)
SELECT 'person:' || n, 'point', 'wallet', true FROM generate_series(2, :accounts) AS n
"""
READ = """
SELECT coalesce(sum(seq_tup_read), 0) FROM pg_stat_xact_user_tables
 WHERE relname IN ('ledger_account', 'ledger_transfer')
"""


def moves(session: Session, now: datetime, accounts: int = MOVED) -> int:
    """Give one point to each of the first accounts, after they have been locked."""
    number = func.generate_series(1, accounts).column_valued("n")
    owner = func.concat("person:", number)
    hold_still(session, select(owner), POINT, "wallet")
    name = func.md5(func.concat(str(uuid4()), number)).cast(Uuid)
    each = select(
        name, literal(wire(POINTS_ISSUED)), func.concat(owner, "|point|wallet"), literal(1)
    )
    return transfer_each(session, each, reason="planting", occurred_at=now)


def look_at(database: Engine) -> None:
    """Let PostgreSQL see how large the tables are, as it does by itself now and then."""
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE ledger_account, ledger_transfer"))


def test_many_transfers_read_only_the_accounts_that_they_move(
    database: Engine, noon: datetime
) -> None:
    # Plans are made while there is next to nothing to read, and are kept.
    look_at(database)
    with transaction() as session:
        moves(session, noon, accounts=1)
        session.execute(text(FILL), {"accounts": ACCOUNTS})
    look_at(database)
    with transaction() as session:
        # PostgreSQL still counts here what transactions of the last second have read.
        before = session.scalar(text(READ))
        assert moves(session, noon) == MOVED
        assert session.scalar(text(READ)) == before
