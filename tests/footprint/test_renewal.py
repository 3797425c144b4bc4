"""After a release of factors every label is looked at once; none is changed by looking."""

import csv
import os
import signal
import subprocess
import sys
from datetime import datetime
from decimal import Decimal
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select

from puhui.db.session import snapshot, transaction
from puhui.factors.factor import Factor
from puhui.factors.service import publish_library, shipped, withdraw
from puhui.footprint import queries
from puhui.footprint.basis import Based
from puhui.footprint.calculation import calculate
from puhui.footprint.lifecycle import assess
from puhui.footprint.model import Finding, Label
from puhui.footprint.queries import renewals
from puhui.footprint.renewal import Judged, Outcome, judge, moved
from puhui.footprint.ruleset import BAMBOO_AR6
from puhui.footprint.service import renewal
from puhui.footprint.validity import FIRST, Ground
from puhui.kernel.actor import Role
from puhui.kernel.errors import Conflict, Forbidden
from puhui.settings import Settings
from tests.makers import footprint as make
from tests.makers.identity import SignedIn, person

STEP_BY_STEP = """
from puhui.footprint.service import renewal
renewal.STEP = 1
from puhui.cli import group
group()
"""


def operator() -> SignedIn:
    return person("操作员", ("平台", Role.OPERATOR))


def release(kg: str, now: datetime, key: str = "grid.cn.lifecycle") -> None:
    """Publish a newer version of a factor, alike in all but its figure."""
    for file, text in shipped():
        rows = list(csv.DictReader(StringIO(text)))
        found = [row for row in rows if row["key"] == key]
        if found:
            newest = {**found[-1], "version": "2031.1", "kg_per_unit": kg}
            out = StringIO()
            writer = csv.DictWriter(out, list(newest), lineterminator="\n")
            writer.writeheader()
            writer.writerow(newest)
            with transaction() as session:
                publish_library(session, operator().actor, file, out.getvalue(), now)
            return
    raise AssertionError(key)


def run(noon: datetime, settle) -> UUID:
    run_id = uuid4()
    for _ in range(2):
        with transaction() as session:
            renewal.begin_recompute(session, operator().actor, run_id, noon)
    settle()
    return run_id


def found(run_id: UUID) -> list[tuple[str, str | None]]:
    with snapshot() as session:
        return [(row.outcome, row.ground) for row in renewals.findings(session, run_id)]


def holding() -> int:
    with snapshot() as session:
        return session.scalar(select(func.count()).where(Label.withdrawn_at.is_(None))) or 0


@pytest.mark.parametrize(
    ("kg", "outcome", "ground"),
    [
        ("0.58", Outcome.HOLDS, None),
        ("0.65", Outcome.RENEW, Ground.ELECTRICITY),
        ("0.40", Outcome.RENEW, Ground.ELECTRICITY),
    ],
    ids=["a little", "more", "less"],
)
def test_an_electricity_factor_tells_which_labels_to_renew(
    kg: str, outcome: Outcome, ground: Ground | None
) -> None:
    document, was, grid = example()
    newest = Factor(**{**vars(grid), "version": "2031.1", "kg_per_unit": Decimal(kg)})
    judged = judge(document, was, {grid.citation: newest}, frozenset(), FIRST)
    assert (judged.outcome, judged.ground) == (outcome, ground)


def example() -> tuple[dict[str, Any], Decimal, Factor]:
    """The example board's calculation, its result, and its electricity factor."""
    based = make.based(make.board_json())
    document = calculate(based, BAMBOO_AR6, {"id": "x"}).document
    (grid,) = [f for f in based.factors.values() if f.key == "grid.cn.lifecycle"]
    return document, Decimal(document["result"]["footprint_kg"]), grid


def test_what_is_worse_or_rests_on_nothing_is_to_be_renewed(
    database: Engine, noon: datetime, settle
) -> None:
    label = make.label(make.mill(), noon)
    release("99", noon, "water.tap")
    run_id = run(noon, settle)
    assert found(run_id) == [("renew", Ground.WORSE)]
    with snapshot() as session:
        (row,) = renewals.findings(session, run_id)
        assert row.is_kg is not None
        assert row.is_kg > row.was_kg * Decimal("1.1")
    with transaction() as session:
        withdraw(session, operator().actor, "water.tap", "2019.1", "更正", noon)
    # Not settled: the withdrawal's own job would end the label before the run sees it.
    with transaction() as session:
        (judged,) = renewal.judged(session, [session.get_one(Label, label.label_id)], noon)
    assert (judged[2].outcome, judged[2].ground) == (Outcome.RENEW, Ground.FACTOR)


def test_moving_a_factor_in_proportion_is_assessing_anew() -> None:
    based = make.based(make.board_json())
    document, was, _ = example()
    for citation, factor in based.factors.items():
        newer = Factor(**{**vars(factor), "version": "2031.1", "kg_per_unit": Decimal("0.77")})
        parts = tuple(
            tuple(newer if one.citation == citation else one for one in parts)
            for parts in based.parts
        )
        anew = assess(Based(based.inventory, parts, based.grid), BAMBOO_AR6).total.counted
        assert abs(moved(document, was, {citation: newer}) - anew) < Decimal("1e-8"), citation


def test_another_kind_of_factor_is_for_a_person_to_judge() -> None:
    document, was, grid = example()
    other = Factor(**{**vars(grid), "version": "2031.1", "unit": "MJ"})
    assert judge(document, was, {grid.citation: other}, frozenset(), FIRST) == Judged(
        Outcome.UNCLEAR, None, None, grid.citation
    )


def test_labels_end_only_by_an_act_of_their_own(database: Engine, noon: datetime, settle) -> None:
    label, task_id = make.label(make.mill(), noon), uuid4()
    release("0.9", noon)
    run_id = uuid4()
    with transaction() as session:
        renewal.begin_recompute(session, operator().actor, run_id, noon)
    with pytest.raises(Conflict, match="not_finished"), transaction() as session:
        renewal.begin_endings(session, operator().actor, task_id, run_id, noon)
    settle()
    assert holding() == 1
    with pytest.raises(Forbidden), transaction() as session:
        renewal.begin_endings(session, make.mill().actor, task_id, run_id, noon)
    for _ in range(2):
        with transaction() as session:
            renewal.begin_endings(session, operator().actor, task_id, run_id, noon)
        settle()
    with snapshot() as session:
        ended = queries.label(session, label.label_id)
        assert ended.end_ground == Ground.ELECTRICITY
        assert "→" in ended.withdrawn_reason


def test_a_run_is_followed_and_downloaded_over_http(
    client: FlaskClient, noon: datetime, settle
) -> None:
    maker, who, url = make.mill(), operator(), f"/api/renewals/{uuid4()}"
    label = make.label(maker, noon)
    release("0.9", noon)
    for _ in range(2):
        answer = client.put(url, headers=who.headers)
        assert (answer.status_code, answer.json["state"]) == (202, "running")
    settle()
    answer = client.get(url, headers=who.headers).json
    assert (answer["state"], answer["result"]) == (
        "finished",
        {"holds": 0, "renew": 1, "unclear": 0},
    )
    (row,) = client.get(f"{url}/findings?outcome=renew", headers=who.headers).json["items"]
    assert (row["code"], row["ground"], row["ended"]) == (label.code, "electricity", False)
    file = client.get(f"{url}/findings.csv", headers=who.headers).text
    assert label.code in file
    page = client.get(f"/renewals/{url.rpartition('/')[2]}", headers=who.headers)
    assert "须重新核查" in page.text
    with snapshot() as session:
        product_id = queries.footprint(session, label.footprint_id).product_id
    assert "这个标签须重新核查" in client.get(f"/products/{product_id}", headers=maker.headers).text


def test_a_killed_run_goes_on_where_it_was(
    database: Engine, noon: datetime, settings: Settings
) -> None:
    maker = make.mill()
    labels = {make.label(maker, noon).label_id for _ in range(5)}
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "PUHUI_SECRET": settings.secret,
        "PUHUI_LOCAL": "1",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-c", STEP_BY_STEP, "footprint", "recompute-all"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        for line in killed.stdout:
            if line.startswith("1 / "):
                killed.send_signal(signal.SIGKILL)
                break
    assert killed.returncode == -signal.SIGKILL
    with snapshot() as session:
        (run_,) = renewals.every_run(session)
        assert (run_.state, run_.total) == ("running", 5)
        assert 1 <= run_.done < 5
    again = subprocess.run(
        [*command, "--resume"], env=environment, capture_output=True, text=True, check=True
    )
    assert "hold 5" in again.stdout
    with snapshot() as session:
        assert set(session.scalars(select(Finding.label_id))) == labels
    assert holding() == 5
