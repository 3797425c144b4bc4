"""C2SP tlog-proof: one entry's place in the register, as a file checked without us."""

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from puhui.register.merkle import HASH_BYTES, leaf_hash, verify_inclusion
from puhui.register.note import (
    Checkpoint,
    MalformedNote,
    VerifierKey,
    decode64,
    open_checkpoint,
)

HEADER = "c2sp.org/tlog-proof@v1"

_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})", re.ASCII)
_HASHES_READ = 63


class NotIncluded(ValueError):
    """The signed root does not contain this entry at this index."""


@dataclass(frozen=True, slots=True)
class Proof:
    """An entry, where it stands, and the signed checkpoint it stands under.

    The entry travels in the format's `extra` line. That line is not signed, and need not
    be: the proof holds only for the very bytes whose hash the path leads up from.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    entry: bytes | None = None

    def __str__(self) -> str:
        lines = [HEADER]
        if self.entry is not None:
            lines.append(f"extra {b64encode(self.entry).decode()}")
        lines.append(f"index {self.index}")
        lines += [b64encode(value).decode() for value in self.hashes]
        return "\n".join(lines) + "\n\n" + self.checkpoint

    @classmethod
    def parse(cls, text: str) -> "Proof":
        """Return the proof in the text.

        Raises:
            MalformedNote: not a tlog-proof@v1.
        """
        head, gap, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        if not gap or lines.pop(0) != HEADER:
            raise MalformedNote("proof")
        entry = None
        if lines and lines[0].startswith("extra "):
            entry = decode64(lines.pop(0).removeprefix("extra "))
        index = _INDEX.fullmatch(lines.pop(0)) if lines else None
        if index is None or len(lines) > _HASHES_READ:
            raise MalformedNote("proof")
        hashes = tuple(decode64(line) for line in lines)
        if any(len(value) != HASH_BYTES for value in hashes):
            raise MalformedNote("proof")
        return cls(int(index[1]), hashes, checkpoint, entry)

    def check(self, keys: Sequence[VerifierKey], entry: bytes | None = None) -> Checkpoint:
        """Return the checkpoint under which the entry is proved to stand.

        Raises:
            MalformedNote: no signed checkpoint, or no entry in the file nor given.
            UnverifiedNote: the checkpoint is not signed by a trusted key of its log.
            NotIncluded: the entry is not at this index under the signed root.
        """
        entry = self.entry if entry is None else entry
        if entry is None:
            raise MalformedNote("entry")
        head = open_checkpoint(self.checkpoint, keys)
        if not verify_inclusion(leaf_hash(entry), self.index, head.size, self.hashes, head.root):
            raise NotIncluded(f"{self.index} / {head.size}")
        return head
