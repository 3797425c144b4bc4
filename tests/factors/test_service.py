"""Factors are published once, withdrawn once, and never changed."""

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from puhui.db.session import snapshot, transaction
from puhui.factors import queries, service
from puhui.factors.errors import AmbiguousFactor, UnknownFactor
from puhui.factors.factor import Boundary, Factor, Gases
from puhui.factors.invariants import INVARIANTS
from puhui.factors.library import as_csv, read
from puhui.kernel.actor import Role
from puhui.kernel.errors import Forbidden, Invalid
from tests.factors.test_library import GOOD, JUDGED, library
from tests.makers.identity import person


@pytest.fixture
def loaded(database: Engine, noon: datetime) -> int:
    with transaction() as session:
        return service.load_library(session, noon)


def test_loading_twice_publishes_once(loaded: int, noon: datetime, settle) -> None:
    assert loaded > 200
    with transaction() as session:
        assert service.load_library(session, noon) == 0
    settle()
    with snapshot() as session:
        entries = session.execute(
            text("SELECT count(*) FROM register_entry WHERE kind = 'factors_published'")
        )
        assert entries.scalar_one() == 1


def test_fujian_2023_is_co2_only_and_the_national_footprint_is_not(loaded: int) -> None:
    with snapshot() as session:
        fujian = queries.find(session, subject="grid.co2", region="CN-FJ", year=2023)
        nation = queries.by_key(session, "grid.cn.lifecycle")
        earlier = queries.by_key(session, "grid.cn.lifecycle", "2023.1")
    assert (str(fujian.kg_per_unit), fujian.gases) == ("0.4211", Gases.CO2)
    assert (str(nation.kg_per_unit), nation.version, nation.gases) == (
        "0.5777",
        "2024.1",
        Gases.CO2E,
    )
    assert str(earlier.kg_per_unit) == "0.6205"


def test_a_look_up_that_matches_several_is_refused_and_lists_them(loaded: int) -> None:
    with snapshot() as session, pytest.raises(AmbiguousFactor) as refusal:
        queries.find(session, subject="grid.co2", region="CN-FJ")
    assert refusal.value.details["matches"] == [
        "grid.cn-fj.co2@2021.1",
        "grid.cn-fj.co2@2022.1",
        "grid.cn-fj.co2@2023.1",
    ]


def test_a_look_up_that_matches_nothing_is_refused(loaded: int) -> None:
    with snapshot() as session:
        with pytest.raises(UnknownFactor):
            queries.find(session, subject="grid.co2", region="CN-FJ", year=1999)
        with pytest.raises(UnknownFactor):
            queries.by_key(session, "glue.uf")
        with pytest.raises(UnknownFactor):
            queries.find(session, subject="grid.lifecycle", boundary=Boundary.GENERATION)


def test_another_value_under_a_published_name_is_refused_whole_by_row(
    database: Engine, noon: datetime
) -> None:
    operator = person("操作员", ("平台", Role.OPERATOR)).actor
    other = {**GOOD, "key": "other"}
    with transaction() as session:
        service.publish_library(session, operator, "a.csv", library(GOOD), noon)
    with pytest.raises(Invalid) as refusal, transaction() as session:
        changed = {**GOOD, "kg_per_unit": "0.4"}
        service.publish_library(session, operator, "b.csv", library(other, changed), noon)
    assert [(f.code, f.row) for f in refusal.value.faults] == [("published_differently", 3)]
    with snapshot() as session, pytest.raises(UnknownFactor):
        queries.by_key(session, "other")


def test_a_published_factor_is_judged_once_and_never_otherwise(
    database: Engine, noon: datetime, settle
) -> None:
    operator = person("操作员", ("平台", Role.OPERATOR)).actor

    def bring(row: dict[str, str]) -> Factor:
        with transaction() as session:
            service.publish_library(session, operator, "a.csv", library(row), noon)
        with snapshot() as session:
            return queries.by_key(session, "grid.test")

    assert bring(GOOD).pedigree is None
    assert bring(JUDGED).pedigree == (2, 2, 2, 2, 2)
    # An older copy of the library says nothing of it, and takes nothing back.
    assert bring(GOOD).pedigree == (2, 2, 2, 2, 2)
    with pytest.raises(Invalid) as refusal:
        bring({**JUDGED, "temporal": "1"})
    assert [f.code for f in refusal.value.faults] == ["published_differently"]
    settle()
    with snapshot() as session:
        broken = [i.id for i in INVARIANTS if i.offenders(session.connection())]
    assert broken == []


def test_an_installation_from_before_judgements_takes_the_new_library_and_stays_auditable(
    database: Engine, noon: datetime, settle
) -> None:
    operator = person("操作员", ("平台", Role.OPERATOR)).actor
    for file, content in service.shipped():
        rows = [row.factor for row in read(file, content)[0] if row.factor.proxy is None]
        before = as_csv(replace(factor, geography=None, pedigree=None) for factor in rows)
        with transaction() as session:
            service.publish_library(session, operator, file, before, noon)
    with transaction() as session:
        assert service.load_library(session, noon) > 0
    settle()
    with snapshot() as session:
        assert queries.by_key(session, "water.tap", "2019.1").pedigree == (3, 5, 3, 1, 2)
        assert [i.id for i in INVARIANTS if i.offenders(session.connection())] == []


def test_only_an_operator_publishes(database: Engine, noon: datetime) -> None:
    maker = person("厂长", ("竹板厂", Role.MANUFACTURER)).actor
    with pytest.raises(Forbidden), transaction() as session:
        service.publish_library(session, maker, "a.csv", library(GOOD), noon)


def test_a_withdrawn_factor_is_not_found_but_its_history_is(loaded: int, noon: datetime) -> None:
    operator = person("操作员", ("平台", Role.OPERATOR)).actor
    with transaction() as session:
        service.withdraw(session, operator, "grid.cn.lifecycle", "2024.1", "原文更正", noon)
        service.withdraw(session, operator, "grid.cn.lifecycle", "2024.1", "再次", noon)
    with snapshot() as session:
        assert queries.by_key(session, "grid.cn.lifecycle").version == "2023.1"
        kept = queries.exactly(session, "grid.cn.lifecycle", "2024.1")
    assert (kept.withdrawn_at, kept.withdrawn_because) == (noon, "原文更正")


def test_a_page_of_factors_is_searched_and_continued(loaded: int) -> None:
    with snapshot() as session:
        first = queries.page(session, text="福建", most=2)
        rest = queries.page(
            session,
            text="福建",
            after=(first[-1].factor.key, first[-1].factor.version),
            most=2,
        )
    assert [p.factor.citation for p in [*first, *rest]] == [
        "grid.cn-fj.co2@2021.1",
        "grid.cn-fj.co2@2022.1",
        "grid.cn-fj.co2@2023.1",
    ]


@pytest.mark.parametrize("table", ["factors_factor", "factors_act", "factors_quality"])
def test_the_database_refuses_to_change_what_was_published(loaded: int, table: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction() as session:
        session.execute(text(f"UPDATE {table} SET version = '2099.1'"))
