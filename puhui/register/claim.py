"""What a file claims about the register, and whether it is so.

Two kinds of file carry a claim: a `.tlog-proof`, and a JSON document, such as a certificate,
in which an object has a `proof` (the text of a tlog-proof). Beside the proof or around it:

* `entry` repeats the entry;
* `key` is the log's public key, to be trusted once;
* if the entry has a `document`, the digest of an object's canonical JSON, the object is there;
* `openings` gives `{name: {"salt": hex, "text": …}}` for commitments of the entry;
* `signature` is Ed25519 by a trusted key over the canonical JSON of that same object, or null.

All of it must be so. Of a document without a digest, no string may contradict the entry's
string of the same name.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from json import JSONDecodeError, loads
from typing import Any

import rfc8785

from puhui.register.entry import SALT_BYTES, commitment
from puhui.register.note import (
    Checkpoint,
    MalformedNote,
    UnverifiedNote,
    VerifierKey,
    decode64,
)
from puhui.register.proof import HEADER, Proof

# What an entry says of itself under these names, a document says of itself.
_OWN_NAMES = frozenset({"v", "type", "id", "at"})
_SIGNED = {"algorithm": "Ed25519", "over": "document, RFC 8785"}


class Contradiction(ValueError):
    """The proof holds, but the document around it says something else; the message names it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A proof, what the document around it says, and the key that came along."""

    proof: Proof
    says: Mapping[str, Any]
    key: str | None = None

    def check(self, keys: Sequence[VerifierKey]) -> tuple[Checkpoint, dict[str, Any]]:
        """Return the checkpoint the entry stands under, and what the entry says.

        Raises:
            MalformedNote: the file is not what it should be.
            UnverifiedNote: the checkpoint or the document is not signed by one of `keys`.
            NotIncluded: the entry is not in the signed log.
            Contradiction: the document says something else than the entry.
        """
        head = self.proof.check(keys)
        assert self.proof.entry is not None
        fact = _object(self.proof.entry)
        if self.says.get("entry", fact) != fact:
            raise Contradiction("entry")
        self._require_openings(fact)
        document = self._document(fact)
        if document is None:
            self._require_agreement(fact)
        if self.is_signed:
            self._require_signature(document, keys)
        return head, fact

    @property
    def is_signed(self) -> bool:
        """Whether the file claims that its document is signed; `check` sees that it is so."""
        return self.says.get("signature") is not None

    def _document(self, fact: dict[str, Any]) -> bytes | None:
        """Return the canonical JSON that the entry commits to, or None if it commits to none."""
        if "document" not in fact:
            return None
        for value in self.says.values():
            written = _canonical(value) if isinstance(value, dict) else b""
            if fact["document"] == "sha256:" + sha256(written).hexdigest():
                return written
        raise Contradiction("document")

    def _require_signature(self, document: bytes | None, keys: Sequence[VerifierKey]) -> None:
        said = self.says["signature"]
        match said:
            case {"key": str(key), "value": str(value)} if said.items() >= _SIGNED.items():
                signer, signature = VerifierKey.parse(key), decode64(value)
            case _:
                raise MalformedNote("signature")
        if signer not in keys:
            raise UnverifiedNote(str(signer))
        if document is None or not signer.has_signed(document, signature):
            raise Contradiction("signature")

    def _require_openings(self, fact: dict[str, Any]) -> None:
        openings = self.says.get("openings", {})
        if not isinstance(openings, dict):
            raise Contradiction("openings")
        for name, opening in openings.items():
            if not _opens(opening, fact.get(name)):
                raise Contradiction(name)

    def _require_agreement(self, fact: dict[str, Any]) -> None:
        for name in sorted(fact.keys() & self.says.keys() - _OWN_NAMES):
            both = fact[name], self.says[name]
            if all(isinstance(value, str) for value in both) and both[0] != both[1]:
                raise Contradiction(name)


def claims_of(text: str) -> list[Claim]:
    """Return the claims that a file makes.

    Raises:
        MalformedNote: it makes none, or one that is not of the published form.
    """
    if text.startswith(HEADER):
        return [Claim(Proof.parse(text), {})]
    try:
        found = list(_claims_in(loads(text), {}))
    except (JSONDecodeError, RecursionError):
        raise MalformedNote("file") from None
    if not found:
        raise MalformedNote("file")
    return found


def _claims_in(value: Any, around: Mapping[str, Any]) -> Iterator[Claim]:
    if isinstance(value, list):
        for item in value:
            yield from _claims_in(item, around)
    if not isinstance(value, dict):
        return
    proof, key = value.get("proof"), value.get("key")
    if isinstance(proof, str) and proof.startswith(HEADER):
        yield Claim(Proof.parse(proof), {**around, **value}, key if isinstance(key, str) else None)
    for item in value.values():
        yield from _claims_in(item, value)


def _canonical(document: Mapping[str, Any]) -> bytes:
    """Return the document's canonical JSON; nothing for numbers that have none."""
    try:
        return rfc8785.dumps(dict(document))
    except rfc8785.CanonicalizationError:
        return b""


def _opens(opening: Any, committed: Any) -> bool:
    match opening:
        case {"salt": str(salt), "text": str(text)}:
            try:
                opened = bytes.fromhex(salt)
                return len(opened) == SALT_BYTES and commitment(opened, text) == committed
            except ValueError:  # not hexadecimal, or not text that could be encoded
                return False
    return False


def _object(entry: bytes) -> dict[str, Any]:
    try:
        fact = loads(entry)
    except (ValueError, RecursionError):
        raise MalformedNote("entry") from None
    if not isinstance(fact, dict):
        raise MalformedNote("entry")
    return fact
