"""What is written about people's data is what the code does; the yearly count names nobody."""

from datetime import timedelta

import pytest

from puhui.db.session import snapshot, transaction
from puhui.identity import consents
from puhui.identity.minors import minors_of_year
from puhui.identity.purpose import TEXTS, Purpose
from puhui.identity.queries import actor_of_person, profile
from puhui.kernel import clock
from puhui.rights import privacy_table, queries
from tests.makers.identity import SignedIn, person
from tests.makers.rights import export_of


def test_the_table_in_the_documentation_is_what_the_code_says() -> None:
    text = privacy_table.DOCUMENT.read_text(encoding="utf-8")
    assert text == privacy_table.written(text), "run.py puhui rights table"


@pytest.mark.usefixtures("database", "noon")
def test_the_yearly_audit_counts_minors_and_names_none() -> None:
    person("大人", birth_year=1990)
    guarded, left_alone = person("小明", birth_year=2016), person("小红", birth_year=2012)
    with snapshot() as session:
        guardian_id = profile(session, guarded.person_id).guardian_id
        guardian = SignedIn(actor_of_person(session, guardian_id), {}, "")
        other_id = profile(session, left_alone.person_id).guardian_id
        other = actor_of_person(session, other_id)
    with transaction() as session:
        consents.give(
            session, guardian.actor, guarded.person_id, Purpose.LOCATION,
            TEXTS[Purpose.LOCATION].hash, "page", clock.now(),
        )  # fmt: skip
        consents.withdraw(
            session, other, left_alone.person_id, Purpose.GUARDIAN, "page", clock.now()
        )
    export_of(guardian, guarded.person_id)
    with clock.stopped(clock.now() + timedelta(days=365)):
        person("小刚", birth_year=2018)
    with snapshot() as session:
        counted = minors_of_year(session, 2026)
        asked = queries.for_others(session, 2026)
    assert (counted.registered, counted.here_at_end, counted.guarded_at_end) == (2, 2, 1)
    assert (counted.guardian_consents, counted.guardian_withdrawals) == (2, 1)
    assert (counted.place_consents, counted.public_consents) == (1, 0)
    assert asked == {"erasures_for_children": 0, "exports_for_children": 1}
