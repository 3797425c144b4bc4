"""C2SP signed notes and checkpoints, with Ed25519 keys."""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from puhui.register.merkle import HASH_BYTES

_ED25519 = b"\x01"
_SIGNATURE = re.compile(r"— (\S+) ([A-Za-z0-9+/=]+)")
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
# The specification asks readers to accept 16; more than this is somebody's attack.
_SIGNATURES_READ = 64


class MalformedNote(ValueError):
    """The text is not a signed note, a key or a checkpoint of the published form."""


class UnverifiedNote(ValueError):
    """No key we were told to trust has signed this note, or one of them has not."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A name and the Ed25519 public key that speaks for it."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that tell keys of one name apart."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{b64encode(_ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """Return the key written as `name+id+base64`.

        Raises:
            MalformedNote: not such a line, not Ed25519, or the id is not the key's.
        """
        parts = text.strip().split("+", 2)
        if len(parts) != 3 or not _is_name(parts[0]):
            raise MalformedNote("key")
        data = decode64(parts[2])
        key = cls(parts[0], data[1:])
        if data[:1] != _ED25519 or len(key.public) != 32 or key.key_id.hex() != parts[1]:
            raise MalformedNote("key")
        return key

    def has_signed(self, message: bytes, signature: bytes) -> bool:
        """Tell whether the signature is this key's over the message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A name and the Ed25519 private key that signs for it."""

    name: str
    private: Ed25519PrivateKey

    def __post_init__(self) -> None:
        assert _is_name(self.name), self.name

    def __repr__(self) -> str:
        return f"SigningKey({self.verifier})"

    @property
    def secret(self) -> str:
        """The key as one line to be kept secret: `PRIVATE+KEY+name+id+base64`."""
        seed = b64encode(_ED25519 + self.private.private_bytes_raw()).decode()
        return f"PRIVATE+KEY+{self.name}+{self.verifier.key_id.hex()}+{seed}"

    @classmethod
    def parse(cls, text: str) -> "SigningKey":
        """Return the key written as `secret` writes it.

        Raises:
            MalformedNote: not such a line, not Ed25519, or the id is not the key's.
        """
        parts = text.strip().split("+", 4)
        if len(parts) != 5 or parts[:2] != ["PRIVATE", "KEY"] or not _is_name(parts[2]):
            raise MalformedNote("key")
        data = decode64(parts[4])
        if len(data) != 33 or data[:1] != _ED25519:
            raise MalformedNote("key")
        key = cls(parts[2], Ed25519PrivateKey.from_private_bytes(data[1:]))
        if key.verifier.key_id.hex() != parts[3]:
            raise MalformedNote("key")
        return key

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, self.private.public_key().public_bytes_raw())


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The checkpoint of a log: how many leaves, and their root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Return the checkpoint in a note's text; extension lines are left aside.

        Raises:
            MalformedNote: fewer than three lines, or a size or root of another form.
        """
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] or not all(lines[:-1]) or not _DECIMAL.fullmatch(lines[1]):
            raise MalformedNote("checkpoint")
        checkpoint = cls(lines[0], int(lines[1]), decode64(lines[2]))
        if len(checkpoint.root) != HASH_BYTES:
            raise MalformedNote("checkpoint")
        return checkpoint


def sign(text: str, key: SigningKey) -> str:
    """Return the note: the text, an empty line, and the key's signature line."""
    assert text.endswith("\n") and _is_clean(text), text
    signature = b64encode(key.verifier.key_id + key.private.sign(text.encode())).decode()
    return f"{text}\n— {key.name} {signature}\n"


def open_note(note: str, keys: Sequence[VerifierKey]) -> str:
    """Return the text of a note that a trusted key has signed.

    Raises:
        MalformedNote: not a signed note.
        UnverifiedNote: no trusted key signed it, or a trusted key's signature is wrong.
    """
    # The signatures begin after the *last* empty line: the text may have empty lines too.
    body, gap, tail = note.rpartition("\n\n")
    text = body + "\n"
    lines = tail.split("\n")
    if not gap or not _is_clean(note) or lines.pop() or not 0 < len(lines) <= _SIGNATURES_READ:
        raise MalformedNote("note")
    verified = False
    for line in lines:
        match = _SIGNATURE.fullmatch(line)
        if match is None or not _is_name(match[1]):
            raise MalformedNote("signature")
        data = decode64(match[2])
        if len(data) < 5:
            raise MalformedNote("signature")
        for key in keys:
            # Lines of other keys are ignored, so a log can change keys and have witnesses.
            if (key.name, key.key_id) != (match[1], data[:4]):
                continue
            if not key.has_signed(text.encode(), data[4:]):
                raise UnverifiedNote(key.name)
            verified = True
    if not verified:
        raise UnverifiedNote(", ".join(key.name for key in keys))
    return text


def open_checkpoint(note: str, keys: Sequence[VerifierKey]) -> Checkpoint:
    """Return the checkpoint of a note signed by a trusted key of that very log.

    Raises:
        MalformedNote: not a signed checkpoint.
        UnverifiedNote: not signed by a key whose name is the checkpoint's origin.
    """
    checkpoint = Checkpoint.parse(open_note(note, keys))
    # A key may be trusted for one log only; its signature says nothing about another.
    open_note(note, [key for key in keys if key.name == checkpoint.origin])
    return checkpoint


def decode64(text: str) -> bytes:
    """Return the bytes of canonical standard base64.

    Raises:
        MalformedNote: another alphabet, missing padding, or stray bits at the end.
    """
    try:
        data = b64decode(text, validate=True)
    except (Base64Error, ValueError):
        raise MalformedNote("base64") from None
    if b64encode(data).decode() != text:
        raise MalformedNote("base64")
    return data


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(c.isspace() for c in name)


def _is_clean(text: str) -> bool:
    return all(character >= " " or character == "\n" for character in text)
