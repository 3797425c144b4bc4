"""Who signs the register's checkpoints, and what they remember outside the database.

A database restored from yesterday is consistent in itself and cannot know that it has lost
a day. The signer can: it keeps the last checkpoint it signed in a file of its own, and signs only
what that checkpoint grew into.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from puhui.register.errors import RolledBack
from puhui.register.merkle import verify_consistency
from puhui.register.note import Checkpoint, SigningKey, open_checkpoint, sign
from puhui.settings import Settings, UnsafeSetting

KEY_FILE = "register.key"
LAST_SIGNED_FILE = "register.last-signed"

Prove = Callable[[int], Sequence[bytes]]
"""Gives the proof that the checkpoint to be signed extends the log of this earlier size."""


class NoSigningKey(UnsafeSetting):
    """There is no signing key, and none may be made here."""


@dataclass(frozen=True)
class Signer:
    """A signing key and the file that holds the last checkpoint it signed."""

    key: SigningKey
    last_signed_file: Path

    def last_signed(self) -> Checkpoint | None:
        """Return the last checkpoint signed here, or None before the first."""
        if not self.last_signed_file.exists():
            return None
        note = self.last_signed_file.read_text("utf-8")
        return open_checkpoint(note, [self.key.verifier])

    def sign(self, size: int, root: bytes, prove: Prove) -> str:
        """Return the checkpoint of `size`, once it is safely remembered as the last.

        Raises:
            RolledBack: the checkpoint does not extend the last one signed here.
        """
        with self._alone():
            require_extension(self.last_signed(), size, root, prove)
            note = sign(Checkpoint(self.key.name, size, root).text, self.key)
            # Remembered first: a signature that got out and was forgotten could be contradicted.
            _write_durably(self.last_signed_file, note)
        return note

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from signing between our look at the file and our writing."""
        lock = self.last_signed_file.with_suffix(".lock")
        with lock.open("a") as file:
            flock(file, LOCK_EX)
            yield


def require_extension(last: Checkpoint | None, size: int, root: bytes, prove: Prove) -> None:
    """Let pass a checkpoint that is the last one, or has grown out of it.

    Raises:
        RolledBack: it is shorter, or another history.
    """
    if last is None:
        return
    if size < last.size or not verify_consistency(
        last.size, size, last.root, root, prove(last.size)
    ):
        raise RolledBack(size=size, last_signed=last.size)


_signer: Signer | None = None


def use_signer(signer: Signer) -> None:
    """Tell this process who signs; said by the worker at its start, and by the audit."""
    global _signer
    _signer = signer


def current_signer() -> Signer | None:
    """Return who signs, or None in a process that was not told."""
    return _signer


def is_here(settings: Settings) -> bool:
    """Tell whether the register is signed on this machine, or has been."""
    return settings.register_key is not None or (settings.data_dir / KEY_FILE).exists()


def open_signer(settings: Settings) -> Signer:
    """Return the signer with the key of the settings, or else of the file beside the data.

    On one machine a missing file is made, readable by its owner only. The key carries the
    log's name, so the log keeps its name when the address changes.

    Raises:
        NoSigningKey: no key, and this is not one machine for one person.
        MalformedNote: what should be a signing key is none.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    secret = settings.register_key
    if secret is None:
        file = settings.data_dir / KEY_FILE
        if not file.exists():
            if not settings.local:
                raise NoSigningKey(
                    "没有登记簿的签名密钥 / "
                    f"PUHUI_REGISTER_KEY is not set and {file} does not exist"
                )
            _make_key(file, settings.base_url.partition("://")[2] + "/log")
        secret = file.read_text("utf-8")
    return Signer(SigningKey.parse(secret), settings.data_dir / LAST_SIGNED_FILE)


def _make_key(file: Path, origin: str) -> None:
    key = SigningKey(origin, Ed25519PrivateKey.generate())
    with NamedTemporaryFile("w", dir=file.parent, encoding="utf-8") as draft:
        draft.write(key.secret + "\n")
        draft.flush()
        os.fsync(draft.fileno())
        try:
            # A link appears whole or not at all, and never over another process's key.
            os.link(draft.name, file)
        except FileExistsError:
            return
    _sync_folder(file.parent)


def _write_durably(file: Path, text: str) -> None:
    draft = file.with_suffix(".new")
    with draft.open("w", encoding="utf-8") as open_file:
        open_file.write(text)
        open_file.flush()
        os.fsync(open_file.fileno())
    draft.replace(file)
    _sync_folder(file.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
