"""Points pass to nobody else and turn into no money: there is no function that could do it."""

import ast
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from puhui.ledger.account import AccountName, Move, pending_of, wallet_of

ROOT = Path(__file__).parents[2] / "puhui"
LI, MEI = uuid4(), uuid4()
POINTS = (
    "wallet",
    "point",
    "award",
    "adjustment",
    "redemption",
    "offer",
    "donation",
    "cause",
    "shop",
)


def test_no_move_between_two_people_can_even_be_said() -> None:
    for source in (wallet_of, pending_of):
        for destination in (wallet_of, pending_of):
            with pytest.raises(AssertionError, match="between people"):
                Move(source(LI), destination(MEI), 1)
    assert Move(pending_of(LI), wallet_of(LI), 1)


def test_no_route_speaks_of_sending_points_or_cash(app: Flask) -> None:
    forbidden = ("transfer", "cash", "withdraw", "gift", "payout")
    routes = [rule.rule for rule in app.url_map.iter_rules()]
    points = [r for r in routes if any(w in r for w in POINTS)]
    assert points
    assert [route for route in points if any(word in route for word in forbidden)] == []
    writing = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
        if "/wallet" in rule.rule or "/awards" in rule.rule
    }
    assert writing == set()


def test_points_leave_wallets_in_few_places_each_for_one_reason() -> None:
    """Whoever calls the ledger's verbs in rewards stands here, with what it does."""
    calls = {
        (path.stem, node.name)
        for path in (ROOT / "rewards").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Call)
        and isinstance(inner.func, ast.Name)
        and inner.func.id in {"transfer", "transfer_all", "transfer_each"}
    }
    assert calls == {
        ("lots", "mature"),  # pending → the same person's wallet
        ("lots", "end"),  # wallet → issued, when it expires
        ("forfeiture", "forfeit"),  # wallet or pending → issued, when a person is erased
        ("reversals", "reverse"),  # wallet or pending → issued
        ("adjustments", "_move"),  # wallet → issued, by two operators
        ("refunds", "_give_back"),  # partner → the wallet that had paid it, or issued
        ("causes", "donate"),  # wallet → a cause, for good
    }


def test_two_functions_of_the_database_move_points_and_none_to_somebody_else(
    database: Engine,
) -> None:
    """`rewards_award`: issued → one person; `rewards_redeem`: wallet → partner. A function that
    moved points between people would stand here."""
    with database.connect() as connection:
        callers = dict(
            connection.execute(
                text(
                    "SELECT proname, substring(prosrc FROM 'ledger_transfer\\(.*') FROM pg_proc"
                    " WHERE prosrc LIKE '%ledger_transfer(%' AND proname <> 'ledger_transfer'"
                )
            ).all()
        )
    award, redeem = callers.pop("rewards_award"), callers.pop("rewards_redeem")
    assert callers == {}
    assert "ARRAY['puhui|point|issued']" in award
    assert award.count("'person:' || p_person") == 1
    assert redeem.count("ledger_transfer(") == 1
    assert redeem.index("|wallet") < redeem.index("'partner:'") < redeem.index("|redeemed")


def test_a_wallet_holds_points_and_no_other_unit() -> None:
    assert wallet_of(LI) == AccountName(f"person:{LI}", "point", "wallet")
