"""What the ledger keeps of people: an owner's name made of an id, and nothing else."""

from typing import Any

from sqlalchemy import ColumnElement, select

from puhui.db.personal import About, Personal, owner_of
from puhui.kernel.text import N_
from puhui.ledger.model import Account, Entry, Transfer

_STAYS = N_("账本只增不改，总和必须为零；编号不再指向任何人")


def _own_accounts(person_id: Any) -> ColumnElement[bool]:
    return Account.owner == owner_of(person_id)


def _own_entries(person_id: Any) -> ColumnElement[bool]:
    return Entry.account_id.in_(select(Account.account_id).where(_own_accounts(person_id)))


def _own_transfers(person_id: Any) -> ColumnElement[bool]:
    return Transfer.transfer_id.in_(select(Entry.transfer_id).where(_own_entries(person_id)))


PERSONAL = Personal(
    "ledger",
    about=(
        About(
            Account,
            "accounts",
            ("owner",),
            whose=_own_accounts,
            stays=_STAYS,
            codes=frozenset({"owner", "unit", "purpose"}),
        ),
        About(Entry, "entries", whose=_own_entries, stays=_STAYS),
        About(
            Transfer,
            "transfers",
            whose=_own_transfers,
            stays=_STAYS,
            codes=frozenset({"reason", "moves"}),
            withheld=frozenset({"moves"}),
        ),
    ),
)
