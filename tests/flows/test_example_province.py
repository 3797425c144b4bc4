"""The example province that a newcomer finds is sound, and loading it again changes nothing."""

from sqlalchemy import Engine, text

from puhui.audit import audit
from puhui.db.session import transaction
from puhui.example.load import load
from puhui.kernel.clock import now

ROWS = (
    "SELECT (SELECT count(*) FROM identity_person), (SELECT count(*) FROM identity_member),"
    " (SELECT count(*) FROM factors_factor), (SELECT count(*) FROM credits_batch),"
    " (SELECT count(*) FROM ledger_transfer), (SELECT count(*) FROM register_entry),"
    " (SELECT count(*) FROM credits_receipt), (SELECT count(*) FROM credits_sale),"
    " (SELECT count(*) FROM credits_invoice),"
    " (SELECT count(*) FROM events_estimate), (SELECT count(*) FROM events_answer)"
)


def test_loading_the_example_twice_is_loading_it_once(database: Engine, noon, settle) -> None:
    counted = []
    for _ in range(2):
        with transaction() as session:
            load(session, now())
        settle()
        with database.connect() as connection:
            counted.append(tuple(connection.execute(text(ROWS)).one()))
    assert counted[0] == counted[1]
    assert all(counted[0]), counted[0]
    assert [f.invariant.id for f in audit(database) if not f.holds] == []
