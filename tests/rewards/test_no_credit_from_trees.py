"""Nothing about a tree becomes a credit: there is no road, and no function."""

import ast
from inspect import signature
from pathlib import Path

import grimp
import pytest

import puhui
from puhui.ledger import service as ledger
from puhui.ledger.account import POINTS_ISSUED, AccountName, Move
from puhui.rewards.model.survival import RemovalEstimate

SOURCES = sorted((Path(puhui.__file__).parent / "rewards").rglob("*.py"))


def test_rewards_and_evidence_never_import_credits() -> None:
    graph = grimp.build_graph("puhui", include_external_packages=False)
    for package in ("puhui.rewards", "puhui.evidence"):
        assert not graph.chain_exists(package, "puhui.credits", as_packages=True)
    assert not graph.chain_exists("puhui.credits", "puhui.rewards", as_packages=True)
    # Projects show their documents; of photographs and what they prove, credits know nothing.
    read = {
        imported
        for module in graph.find_descendants("puhui.credits")
        for imported in graph.find_modules_directly_imported_by(module)
        if imported.startswith("puhui.evidence.")
    }
    assert read <= {f"puhui.evidence.{name}" for name in ("document", "documents", "errors")}


def test_no_name_in_rewards_speaks_of_credits() -> None:
    names = {
        name.lower()
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        for name in (getattr(node, kind, None) for kind in ("id", "attr", "name"))
        if isinstance(name, str)
    }  # fmt: skip
    assert len(names) > 100
    assert not {name for name in names if "credit" in name or "retire" in name}


def test_the_only_verb_of_the_ledger_refuses_two_units() -> None:
    assert "unit" not in signature(ledger.transfer).parameters
    with pytest.raises(AssertionError):
        Move(POINTS_ISSUED, AccountName("batch:x", "credit_kg", "available"), 1)


def test_estimates_are_a_book_that_nothing_else_reads() -> None:
    everything = {
        path: path.read_text(encoding="utf-8") for path in Path(puhui.__file__).parent.rglob("*.py")
    }
    readers = {path.parts[-2:] for path, text in everything.items() if "RemovalEstimate" in text}
    assert readers == {
        ("model", "survival.py"),
        ("queries", "survivals.py"),
        ("service", "survivals.py"),
        ("rewards", "personal.py"),  # shows it to the planter, in what they take along
    }
    assert not [path for path in SOURCES if "credit_kg" in everything[path]]
    in_sql = [path for path, text in everything.items() if "rewards_estimate" in text]
    assert all("rewards" in path.parts for path in in_sql)
    moving = everything[Path(puhui.__file__).parent / "rewards" / "service" / "survivals.py"]
    assert "transfer(" not in moving


def test_an_estimate_names_no_account_and_no_balance() -> None:
    columns = set(RemovalEstimate.__table__.columns.keys())
    assert not columns & {"account_id", "balance", "person_id", "price", "amount"}
