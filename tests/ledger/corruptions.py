"""Sound books, and a way to break each promise of the ledger alone."""

from uuid import UUID

from puhui.db.session import transaction
from puhui.kernel.clock import now
from puhui.ledger.account import AccountName, wallet_of
from puhui.ledger.service import transfer

LI, MEI = UUID(int=1), UUID(int=2)
AWARD, PURCHASE, SECOND_AWARD = UUID(int=11), UUID(int=12), UUID(int=13)
# Points that Puhui itself issues have an award each (L6), what partners hold as redeemed has
# redemptions (H4); the ledger alone knows neither.
ISSUED = AccountName("elsewhere", "point", "issued")
SHOP = AccountName("partner:tea", "point", "taken")


def sound_books(**_: object) -> None:
    with transaction() as session:
        for name, source, destination, amount in (
            (AWARD, ISSUED, wallet_of(LI), 60),
            (SECOND_AWARD, ISSUED, wallet_of(MEI), 20),
            (PURCHASE, wallet_of(LI), SHOP, 15),
        ):
            transfer(
                session,
                name,
                source=source,
                destination=destination,
                amount=amount,
                reason="test",
                occurred_at=now(),
            )


def account(owner: str) -> str:
    return f"(SELECT account_id FROM ledger_account WHERE owner = '{owner}')"


CORRUPTIONS = {
    "L1": [
        f"UPDATE ledger_entry SET amount = amount + 1 WHERE transfer_id = '{AWARD}'"
        f" AND account_id = {account('elsewhere')}",
    ],
    "L2": [
        "INSERT INTO ledger_transfer (transfer_id, reason, moves, occurred_at)"
        f" VALUES ('{UUID(int=99)}', 'x', '', now())",
    ],
    "L3": [f"UPDATE ledger_account SET balance = balance + 5 WHERE owner = 'person:{MEI}'"],
    "L4": [
        "ALTER TABLE ledger_account DROP CONSTRAINT ck_ledger_account_balance_not_negative",
        # Mei's award and a spending she could not afford: sums and balances all agree.
        "INSERT INTO ledger_transfer (transfer_id, reason, moves, occurred_at)"
        f" VALUES ('{UUID(int=98)}', 'x', '', now())",
        "INSERT INTO ledger_entry (transfer_id, account_id, amount, balance_after) VALUES"
        f" ('{UUID(int=98)}', {account(f'person:{MEI}')}, -21, -1),"
        f" ('{UUID(int=98)}', {account('partner:tea')}, 21, 36)",
        f"UPDATE ledger_account SET balance = -1 WHERE owner = 'person:{MEI}'",
        "UPDATE ledger_account SET balance = 36 WHERE owner = 'partner:tea'",
    ],
    "L5": ["ALTER TABLE ledger_entry DISABLE TRIGGER append_only"],
    "L8": [
        "INSERT INTO ledger_transfer (transfer_id, reason, moves, occurred_at)"
        f" VALUES ('{UUID(int=97)}', 'x', '', now())",
        "INSERT INTO ledger_entry (transfer_id, account_id, amount, balance_after) VALUES"
        f" ('{UUID(int=97)}', {account(f'person:{MEI}')}, -5, 15),"
        f" ('{UUID(int=97)}', {account(f'person:{LI}')}, 5, 50)",
        f"UPDATE ledger_account SET balance = 15 WHERE owner = 'person:{MEI}'",
        f"UPDATE ledger_account SET balance = 50 WHERE owner = 'person:{LI}'",
    ],
    "L9": [
        "INSERT INTO ledger_account (owner, unit, purpose, bounded, balance) VALUES"
        " ('other:x', 'credit_kg', 'available', true, 0), ('other:y', 'credit_kg', 'issued',"
        " false, 0)",
        "INSERT INTO ledger_transfer (transfer_id, reason, moves, occurred_at)"
        f" VALUES ('{UUID(int=96)}', 'x', '', now())",
        "INSERT INTO ledger_entry (transfer_id, account_id, amount, balance_after) VALUES"
        f" ('{UUID(int=96)}', {account(f'person:{MEI}')}, -5, 15),"
        f" ('{UUID(int=96)}', {account('partner:tea')}, 5, 20),"
        f" ('{UUID(int=96)}', {account('other:x')}, 5, 5),"
        f" ('{UUID(int=96)}', {account('other:y')}, -5, NULL)",
        f"UPDATE ledger_account SET balance = 15 WHERE owner = 'person:{MEI}'",
        "UPDATE ledger_account SET balance = 20 WHERE owner = 'partner:tea'",
        "UPDATE ledger_account SET balance = 5 WHERE owner = 'other:x'",
    ],
}
