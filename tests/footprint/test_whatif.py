"""What would be if: the difference is told, the inventory is kept."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from puhui.db.session import snapshot
from puhui.footprint import queries, service
from puhui.footprint.basis import resolve
from puhui.footprint.inventory import Stage
from puhui.footprint.lifecycle import assess
from puhui.footprint.ruleset import BAMBOO_AR6
from puhui.footprint.submission import read
from puhui.footprint.whatif import Change, Difference, Step, changed, difference
from puhui.kernel.errors import Invalid
from tests.footprint.test_basis import FILM
from tests.footprint.test_inventory import HEAD, POWER, PRODUCT
from tests.makers import footprint as make
from tests.makers.footprint import based, board_json, library

LESS_POWER = Change(6, {"amount": "300000"})


def of(*changes: Change, content: dict[str, Any] | None = None) -> Difference:
    whole = content or board_json()
    head = {name: value for name, value in whole.items() if name != "lines"}
    submitted, faults = changed(whole["lines"], head, changes)
    assert faults == []
    inventory, faults = read(submitted)
    assert inventory is not None, faults
    before, (after, faults) = based(whole), resolve(inventory, library())
    assert faults == []
    return difference(
        (before, assess(before, BAMBOO_AR6)), (after, assess(after, BAMBOO_AR6)), BAMBOO_AR6
    )


def test_less_power_is_that_much_less() -> None:
    found = of(LESS_POWER)
    # 120,000 kWh × 0.5777 × 60 % over 1,000 m³
    assert found.change_kg == Decimal("-41.5944")
    assert found.after_kg == found.before_kg - Decimal("41.5944")
    assert found.change_percent == Decimal("-14.68")
    assert list(found.lines) == [6]
    assert found.stages[Stage.PACKAGING] == Step(Decimal("12.714"), Decimal("12.714"))


def test_what_has_not_changed_cancels_in_the_interval() -> None:
    # The whole footprint is unsure by tens of kilograms; the saving is not.
    found = of(LESS_POWER).likely
    assert found.low < Decimal("-41.5944") < found.high
    assert found.high - found.low < Decimal(16)
    nothing = of(Change(6, {"amount": "420000"})).likely
    assert (nothing.low, nothing.median, nothing.high) == (0, 0, 0)


def test_lines_are_added_and_removed() -> None:
    content = {**HEAD, "output": "1", "lines": [PRODUCT, POWER, FILM]}
    found = of(Change(3, {}, remove=True), Change(None, {**POWER, "name": "灯"}), content=content)
    assert found.lines == {
        3: ("膜", Step(Decimal("5.14"), None)),
        4: ("灯", Step(None, Decimal("28.885"))),
    }


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ([Change(15, {"amount": "1"})], "no_such_line"),
        ([LESS_POWER, LESS_POWER], "repeated"),
        ([Change(None, {}, remove=True)], "which_line"),
        ([Change(6, {"amount": "1"}, remove=True)], "removed_and_changed"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(changes: list[Change], code: str) -> None:
    _, faults = changed(board_json()["lines"], {}, changes)  # type: ignore[arg-type]
    assert [fault.code for fault in faults] == [code]


def test_the_inventory_is_kept_and_its_rows_name_faults(database: Engine, noon: datetime) -> None:
    maker = make.mill()
    product_id = make.board(maker, noon)
    with snapshot() as session:
        found = service.what_if(session, maker.actor, product_id, [LESS_POWER])
    assert found.change_kg == Decimal("-41.5944")
    with pytest.raises(Invalid) as refused, snapshot() as session:
        changes = [Change(1, {}, remove=True), Change(6, {"factor": "grid.cn-fj.co2"})]
        service.what_if(session, maker.actor, product_id, changes)
    assert [(fault.code, fault.row) for fault in refused.value.faults] == [
        ("no_bamboo_in", None),
        ("co2_only", 6),
    ]
    with snapshot() as session:
        row = queries.inventory_of(session, product_id)
    assert row is not None
    assert (row.content, row.version) == (board_json(), 1)


def test_a_maker_asks_over_http_and_on_a_page(client: FlaskClient, noon: datetime) -> None:
    maker = make.mill()
    product_id = make.board(maker, noon)
    asked = {"changes": [{"row": 6, "cells": {"amount": "300000"}}]}
    answer = client.post(
        f"/api/products/{product_id}/what-if", json=asked, headers=maker.headers
    ).json
    assert answer is not None
    assert (answer["change_kg"], answer["after_kg"]) == ("-41.5944", "241.673844648")
    assert answer["lines"] == [
        {"row": 6, "name": "外购电", "before_kg": "145.5804", "after_kg": "103.986"}
    ]
    page = client.post(
        f"/products/{product_id}/what-if",
        data={"row-1": "6", "amount-1": "300000"},
        headers=maker.headers,
    )
    assert page.status_code == 200
    assert "−41.59" in page.text
    empty = client.post(f"/products/{product_id}/what-if", data={}, headers=maker.headers)
    assert (empty.status_code, "请至少选择一行" in empty.text) == (422, True)
