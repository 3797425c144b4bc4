"""Whoever rules the database can change it, but not unseen."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import Engine, text

from puhui.audit import audit
from puhui.db.session import transaction
from puhui.register import service
from puhui.register.invariants import by_entry
from puhui.register.signer import Signer


def tamper(database: Engine, *statements: str) -> None:
    with database.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement))


def findings(database: Engine) -> dict[str, tuple[str, ...]]:
    return {
        finding.invariant.id: finding.offenders
        for finding in audit(database)
        if not finding.holds and finding.invariant.id.startswith("T")
    }


REHASH = "leaf_hash = sha256('\\x00'\\:\\:bytea || convert_to({leaf}, 'UTF8'))"
CHANGED = "replace(leaf, '1000', '9000')"


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (
            ["UPDATE register_entry SET leaf = replace(leaf, '1000', '9') WHERE \"index\" >= 258"],
            {"T1": ("entry 258", "entry 259", "entry 260", "entry 261")},
        ),
        (["UPDATE register_entry SET kind = 'x' WHERE \"index\" = 7"], {"T1": ("entry 7",)}),
        (
            [f'UPDATE register_entry SET {REHASH.format(leaf="leaf")} WHERE "index" = 1'],
            {},  # the same hash: nothing has changed
        ),
        (
            ['DELETE FROM register_entry WHERE "index" = 258'],
            {"T1": ("entry 258 is missing",), "T2": ("tile 0/001.p/6 is missing",)},
        ),
        (
            ["UPDATE register_node SET hash = sha256('x')"],
            {
                "T1": ("node 1/0",),
                "T2": (
                    "checkpoint 262 does not extend checkpoint 261",
                    "the log of 262 is not the one signed at 262",
                ),
            },
        ),
    ],
)
def test_tampering_is_found_and_named(
    grow: Callable[[int], None], database: Engine, statements: list[str], found: dict[str, object]
) -> None:
    for size in (250, 11, 1):
        grow(size)
    assert findings(database) == {}
    tamper(database, *statements)
    assert findings(database) == found


def test_tampering_that_hides_its_traces_is_found_between_two_checkpoints(
    grow: Callable[[int], None], database: Engine
) -> None:
    """Leaf and hash changed together: the checkpoint after it no longer fits."""
    for size in (10, 10, 10):
        grow(size)
    tamper(
        database,
        f"UPDATE register_entry SET leaf = {CHANGED}, {REHASH.format(leaf=CHANGED)}"
        ' WHERE "index" = 14',
    )
    found = findings(database)
    assert found["T1"] == ("entries 10 to 19",)
    assert "checkpoint 20 does not extend checkpoint 10" in found["T2"]


def test_a_lost_day_is_found_by_the_signers_memory_alone(
    grow: Callable[[int], None], database: Engine, signer: Signer
) -> None:
    for size in (10, 10):
        grow(size)
    tamper(
        database,
        'DELETE FROM register_entry WHERE "index" >= 10',
        "DELETE FROM register_checkpoint WHERE size > 10",
    )
    assert findings(database) == {"T2": ("the log of 10 is not the one signed at 20",)}
    signer.last_signed_file.unlink()
    assert findings(database) == {}


def test_an_entry_without_its_subject_and_a_subject_without_its_entry_are_found(
    database: Engine, noon: datetime
) -> None:
    with transaction() as session:
        for subject in ("a", "b"):
            service.record(session, "retirement", subject, {}, noon)
    check = by_entry("X1", "", "retirement", "SELECT unnest(ARRAY['b', 'c'])")
    with database.connect() as connection:
        assert sorted(check.offenders(connection)) == ["a", "c"]
