"""Where a batch's kilograms stand in the ledger."""

from uuid import UUID

from puhui.ledger.account import CREDIT_KG, AccountName


def issued(registry: str) -> AccountName:
    """Return the account that holds minus what this registry has issued to us."""
    return AccountName(f"registry:{registry}", CREDIT_KG, "issued")


def available(batch_id: UUID) -> AccountName:
    """Return the account of what can be bought of a batch, in kilograms."""
    return AccountName(f"batch:{batch_id}", CREDIT_KG, "available")


def held(batch_id: UUID) -> AccountName:
    """Return the account of what is kept for somebody."""
    return AccountName(f"batch:{batch_id}", CREDIT_KG, "held")


def retired(batch_id: UUID) -> AccountName:
    """Return the account of what is out of use for good."""
    return AccountName(f"batch:{batch_id}", CREDIT_KG, "retired")


def cancelled(batch_id: UUID) -> AccountName:
    """Return the account of what its registry has taken back."""
    return AccountName(f"batch:{batch_id}", CREDIT_KG, "cancelled")
