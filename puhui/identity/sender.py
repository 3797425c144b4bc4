"""How a one-time code reaches a phone.

A provider of text messages is a class with one method, `Sender.send`. Set `PUHUI_SMS` to
`package.module:name`, where `name` is called without arguments and returns the sender; what it
needs (keys, a signature, a template) it reads from its own environment variables.

What a sender must keep to:

* `message_id` is stable. Our messages are at least once: after a crash the same message comes
  again under the same id, so hand it on as the provider's idempotency key (`OutId` of Alibaba
  Cloud, `SessionContext` of Tencent Cloud), or remember the ids of the last ten minutes.
* Wait 5 seconds at most, then raise: the outbox tries again while the code is alive.
* Keep no code and no number in a log, an exception's text, or a metric.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Protocol
from uuid import UUID

from puhui.identity.errors import SenderMissing
from puhui.settings import Settings


class Sender(Protocol):
    """A way to a phone."""

    def send(self, phone: str, code: str, message_id: UUID) -> None:
        """Send `code` to `phone`, once for each `message_id` as far as the way allows.

        Raises:
            Exception: it did not leave; it will be tried again.
        """


class ConsoleSender:
    """Shows the code to whoever runs everything on one machine. Never used elsewhere."""

    def __init__(
        self, write: Callable[[str], object] = sys.stdout.write, copy: Path | None = None
    ) -> None:
        self._write = write
        self._copy = copy

    def send(self, phone: str, code: str, message_id: UUID) -> None:
        """Print the code; add it to the copy, which whoever owns this machine may read."""
        self._write(f"\n  验证码 {code}  →  {phone}  (code for {phone})\n\n")
        sys.stdout.flush()
        if self._copy is not None:
            self._copy.touch(mode=0o600)
            with self._copy.open("a", encoding="utf-8") as copy:
                copy.write(f"{phone}\t{code}\n")

    def forget(self, phone: str) -> None:
        """Take a number out of the copy."""
        if self._copy is None or not self._copy.exists():
            return
        kept = [
            line
            for line in self._copy.read_text(encoding="utf-8").splitlines(keepends=True)
            if not line.startswith(f"{phone}\t")
        ]
        self._copy.write_text("".join(kept), encoding="utf-8")


_sender: Sender | None = None


def use_sender(sender: Sender | None) -> None:
    """Choose this process's way to phones; said by a composition root."""
    global _sender
    _sender = sender


def sender() -> Sender:
    """Return this process's way to phones.

    Raises:
        SenderMissing: none is set up.
    """
    if _sender is None:
        raise SenderMissing()
    return _sender


def forget(phone: str) -> None:
    """Forget a number that was sent to, where this process's sender remembers any."""
    if isinstance(_sender, ConsoleSender):
        _sender.forget(phone)


def sender_of(settings: Settings) -> Sender | None:
    """Return the sender that the settings name: the console on one machine, or a provider."""
    if settings.sms:
        module, _, name = settings.sms.partition(":")
        made: Sender = getattr(import_module(module), name)()
        return made
    return ConsoleSender(copy=settings.data_dir / "codes.log") if settings.local else None
