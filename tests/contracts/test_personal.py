"""Every column of the database that is about a person is said to be exported, kept or erased.

Whoever adds a table or a column finds out here that its package's `personal.py` has to say whose
it is. What the tables say there is what an export holds and an erasure takes.
"""

import re
from collections import defaultdict

import pytest
from sqlalchemy import ARRAY, Column, Engine, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from puhui.db.base import Base
from puhui.db.personal import About, Trace, tables
from puhui.rights.packages import PACKAGES
from puhui.rights.readme import everything

ABOUT: dict[str, list[About]] = defaultdict(list)
TRACES: dict[str, list[Trace]] = defaultdict(list)
for package in PACKAGES:
    for about in package.about:
        ABOUT[about.table.name].append(about)
    for trace in package.traces:
        TRACES[trace.table.name].append(trace)

OF_A_PERSON = re.compile(
    r"person_id|.*_by|guardian_id|verifier_id|reviewer_id|claimant_id|beneficiary_id|owner"
    r"|holder_id|donor_id|buyer_id|member_id|winner_id"
)
NOT_PEOPLE = {
    # Columns that are called like a person's and hold something else.
    "rewards_award.capped_by": "the limit of a rule",
    "rewards_booking.came_by": "`place` or `organiser`",
    "rewards_lot.ended_by": "the night's work",
}
OWN_TABLES = sorted(Base.metadata.tables)


def refers_to_a_person(column: Column[object]) -> bool:
    keys = {key.target_fullname for key in column.foreign_keys}
    return "identity_person.person_id" in keys or (
        OF_A_PERSON.fullmatch(column.name) is not None
        and f"{column.table.name}.{column.name}" not in NOT_PEOPLE
    )


def may_hold_words(column: Column[object]) -> bool:
    return isinstance(column.type, Text | LargeBinary | JSONB | ARRAY)


def test_every_table_is_said_to_be_somebodys_or_nobodys() -> None:
    assert set(OWN_TABLES) - tables(PACKAGES) == set(), "say whose they are in `personal.py`"


@pytest.mark.parametrize("name", OWN_TABLES)
def test_every_column_that_names_a_person_is_tied(name: str) -> None:
    table = Base.metadata.tables[name]
    tied = {tie for about in ABOUT[name] for tie in about.ties}
    tied |= {column for trace in TRACES[name] for column in trace.columns}
    named = {column.name for column in table.columns if refers_to_a_person(column)}
    # A person's own row is theirs by its key; an `erased` id is said as well.
    assert named - tied - {key for about in ABOUT[name] for key in about.erased} == set()


@pytest.mark.parametrize("name", sorted(ABOUT))
def test_every_column_that_may_hold_words_is_erased_or_said_to_hold_codes(name: str) -> None:
    stays = [about for about in ABOUT[name] if about.stays]
    if not stays:
        return
    said = {column for about in stays for column in (*about.erased, *about.codes)}
    said |= {tie for about in stays for tie in about.ties}
    wordy = {column.name for column in Base.metadata.tables[name].columns if may_hold_words(column)}
    assert wordy - said == set()


@pytest.mark.parametrize("name", sorted(ABOUT))
def test_what_is_said_of_a_table_is_of_columns_that_it_has(name: str) -> None:
    table: Table = Base.metadata.tables[name]
    for about in ABOUT[name]:
        said = {*about.erased, *about.codes, *about.withheld, *about.ties, *about.read}
        assert said <= set(table.columns.keys()), about.subject


def test_subjects_are_called_apart() -> None:
    subjects = [about.subject for about in everything()]
    assert len(subjects) == len(set(subjects))


NOT_IN_THE_WAY = {
    # Guards that let these columns change for everybody, or that erasure does not meet.
    "identity_person": "guards the mark of being erased",
    "rewards_duty_certificate": "name and salt may be forgotten at any time",
    "rewards_planting": "a place may be forgotten at any time",
}


def test_the_guards_let_an_erasure_through_where_it_is_said_and_nowhere_else(
    engine: Engine,
) -> None:
    with engine.connect() as connection:
        guarded = set(
            connection.scalars(
                text(
                    "SELECT t.tgrelid::regclass::text FROM pg_trigger t"
                    " JOIN pg_proc p ON p.oid = t.tgfoid"
                    # Whatever looks at each row before it is changed: for a row 1, before 2, on
                    # update 16.
                    " WHERE NOT t.tgisinternal AND t.tgtype & 19 = 19"
                )
            )
        )
        for name in OWN_TABLES:
            allowed = connection.scalar(text("SELECT rights_erasable(:name)"), {"name": name})
            said = {column for about in ABOUT[name] for column in about.erased}
            assert set(allowed or ()) <= said, f"{name}: more than is said may be changed"
            if name in guarded and name not in NOT_IN_THE_WAY:
                assert said <= set(allowed or ()), f"{name}: add it to `rights_erasable`"
