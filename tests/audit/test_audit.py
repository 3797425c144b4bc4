"""The audit notices: each invariant is broken once, and exactly its line turns red.

The cases stand with the packages, in `tests/<package>/corruptions.py`: a function that leaves
sound books, and for each invariant the statements that break it alone.
"""

from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from puhui.audit import audit, check, invariants

PACKAGES = {
    found.parent.name: import_module(f"tests.{found.parent.name}.corruptions")
    for found in sorted(Path(__file__).parents[1].glob("*/corruptions.py"))
}


def red(connection) -> list[str]:
    return [finding.invariant.id for finding in check(connection) if not finding.holds]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_broken_invariant_turns_its_own_line_red(
    database: Engine, noon, settings, settle, subtests, package
) -> None:
    PACKAGES[package].sound_books(settings=settings, settle=settle)
    with database.connect() as connection:
        assert red(connection) == []
        connection.rollback()
        for name, statements in PACKAGES[package].CORRUPTIONS.items():
            with subtests.test(name):
                # As a superuser with a screwdriver would: no triggers, keys or constraints.
                connection.execute(text("SET LOCAL session_replication_role = replica"))
                for statement in statements:
                    connection.execute(text(statement))
                assert red(connection) == [name]
            connection.rollback()


def test_every_invariant_has_been_broken_by_a_test() -> None:
    broken = {name for package in PACKAGES.values() for name in package.CORRUPTIONS}
    assert broken == {invariant.id for invariant in invariants()}


def test_an_empty_province_is_sound(database: Engine) -> None:
    assert all(finding.holds for finding in audit(database))
