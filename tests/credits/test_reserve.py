"""A reserve is not sold; it covers what the forest loses, and the rest is told."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from puhui.credits import queries
from puhui.credits.errors import NotEnoughCredits
from puhui.credits.kind import Kind
from puhui.credits.queries import projects
from puhui.credits.reserve import Reserve, covered, reserved_of
from puhui.db.session import snapshot, transaction
from tests.makers.credits import (
    draft,
    held,
    on_sale,
    operator,
    organiser,
    paid,
    retired,
    reversed_by,
    with_reserve,
)

FIRE = date(2020, 6, 1)


def test_a_share_of_serials_is_rounded_up() -> None:
    assert [reserved_of(count, 1_000) for count in (1, 9, 10, 11)] == [1, 1, 1, 2]
    assert reserved_of(7, 0) == 0
    assert reserved_of(7, 10_000) == 7


def test_a_loss_is_covered_from_the_oldest_period_first_and_never_beyond_the_reserve() -> None:
    old, new = (
        Reserve(uuid4(), date(2015, 12, 31), 1000, 2_000),
        Reserve(uuid4(), date(2020, 12, 31), 1, 500),
    )
    assert covered(1_500, [new, old]) == {old.batch_id: 2_000}
    assert covered(2_300, [new, old]) == {old.batch_id: 2_000, new.batch_id: 300}
    assert covered(9_999, [new, old]) == {old.batch_id: 2_000, new.batch_id: 500}


def test_part_of_an_issuance_goes_into_the_reserve_and_is_not_sold(database: Engine, noon) -> None:
    before = draft(Kind.FFCER, 10_000, 1_000)
    on_sale(before)
    with_reserve(20, Kind.FFCER)
    after = draft(Kind.FFCER, 10_000, 1_000)
    (batch_id,) = on_sale(after)
    with snapshot() as session:
        card = queries.batch(session, batch_id)
        project = projects.project(session, after.project.code)
        untouched = projects.project(session, before.project.code)
    assert (card.available_kg, card.held_kg, card.reserved_kg) == (8_000, 2_000, 2_000)
    assert project.kg == {
        "for_sale": 8_000, "encumbered": 0, "held": 0, "reserve": 2_000, "retired": 0,
        "cancelled": 0,
    }  # fmt: skip
    assert untouched.kg["reserve"] == 0
    with pytest.raises(NotEnoughCredits):
        held(organiser(), 18_001)
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(
            text("UPDATE credits_block SET state = 'available', kept = NULL WHERE kept = 'reserve'")
        )


def test_a_fire_is_covered_and_what_is_not_is_on_the_certificate(client, noon, settle) -> None:
    with_reserve(10, Kind.FOREST_TICKET)
    forest = draft(Kind.FOREST_TICKET, 1_000, 1_000)
    (batch_id,) = on_sale(forest)
    done = retired(paid(held(organiser(), 400)))
    fires = uuid4(), uuid4()
    for _ in range(2):
        reversed_by(forest.project.code, 60, FIRE, fires[0])
    reversed_by(forest.project.code, 70, date(2021, 1, 1), fires[1])
    settle()
    with snapshot() as session:
        card = queries.batch(session, batch_id)
        certificate = queries.certificate_by_code(session, done.certificate_code)
    # 100 kg were in reserve: 60 for the first fire, 40 of 70 for the second.
    assert [(each.covered_kg, each.uncovered_kg) for each in certificate.reversals] == [
        (60, 0),
        (40, 30),
    ]
    assert (card.reserved_kg, card.cancelled_kg, card.retired_kg) == (0, 100, 400)
    assert card.quantity_kg == card.available_kg + card.retired_kg + card.cancelled_kg
    file = client.get(f"/c/{done.certificate_code}.json").json
    assert [each["uncovered_kg"] for each in file["reversals"]] == ["0", "30"]
    shown = client.get(f"/api/credits/projects/{forest.project.code}").json
    assert [each["covered_kg"] for each in shown["reversals"]] == [40, 60]
    assert "未能补足" in client.get(f"/c/{done.certificate_code}").get_data(as_text=True)
    kinds = [each["kind"] for each in client.get("/api/register/entries?limit=50").json["items"]]
    assert kinds.count("credit_cancellation") == 2


def test_a_reserve_of_later_removals_does_not_cover_an_earlier_fire(database: Engine, noon) -> None:
    with_reserve(10, Kind.FOREST_TICKET)
    later = draft(Kind.FOREST_TICKET, 1_000, 1_000, ends=date(2030, 12, 31))
    (batch_id,) = on_sale(later)
    reversed_by(later.project.code, 60, FIRE)
    with snapshot() as session:
        assert queries.batch(session, batch_id).reserved_kg == 100


def test_a_projects_own_rule_goes_before_its_kinds(client, noon) -> None:
    clerk = operator().headers
    with_reserve(10, Kind.FFCER)
    first = draft(Kind.FFCER, 10_000, 1_000)
    on_sale(first)
    rule = {"project": first.project.code, "percent": "35.5", "source": "合同"}
    url = f"/api/credits/reserves/{uuid4()}"
    for _ in range(2):
        answer = client.put(url, json=rule, headers=clerk)
        assert (answer.status_code, answer.json["share_bp"]) == (201, 3550)
    more = type(first)(
        **{**vars(first), "serials": type(first.serials)(
            first.serials.head, 11, "-", 20, "", 1
        )}
    )  # fmt: skip
    (batch_id,) = on_sale(more)
    assert client.get(f"/api/credits/batches/{batch_id}").json["reserved_kg"] == 4_000
    listed = client.get("/api/credits/reserves").json["items"]
    assert [(each["kind"], each["project"], each["share_bp"]) for each in listed] == [
        ("ffcer", None, 1000),
        (None, first.project.code, 3550),
    ]
    both = client.put(
        f"/api/credits/reserves/{uuid4()}", json=rule | {"kind": "ffcer"}, headers=clerk
    )
    assert both.status_code == 422
