"""What identity must be told once in each process: the secret, the way to phones, the cost."""

from puhui.identity import sender, vault
from puhui.identity.password import Cost
from puhui.settings import Settings

_cost = Cost()


def install(settings: Settings) -> None:
    """Prepare this process; called by every composition root before it serves."""
    global _cost
    vault.unlock(settings.secret)
    sender.use_sender(sender.sender_of(settings))
    _cost = Cost(settings.password_memory_kib, settings.password_passes)


def password_cost() -> Cost:
    """Return what one check of a password costs in this installation."""
    return _cost
