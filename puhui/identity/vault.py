"""What the installation's secret protects: phone numbers, codes, network addresses.

From the one secret come separate keys (HKDF), so that a hash made for one use says nothing in
another. A phone number is kept twice: as an HMAC, by which it is found again, and sealed with
AES-256-GCM, so that it can be used to send. Whoever has the database without the secret has
neither.
"""

import hmac
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_bytes
from typing import Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_ID_BYTES = 4
NONCE_BYTES = 12


class WrongKey(Exception):
    """What is sealed was sealed under another secret, for another place, or altered."""


@dataclass(frozen=True, repr=False)
class Vault:
    """Keys derived from the installation's secret. Never printed."""

    hash_key: bytes
    seal_key: bytes

    @classmethod
    def of(cls, secret: str) -> Self:
        """Derive the keys."""
        return cls(_derive(secret, b"puhui identity hash"), _derive(secret, b"puhui identity seal"))

    @property
    def key_id(self) -> bytes:
        """Names the sealing key, so that a later key can be told from this one."""
        return sha256(b"key id" + self.seal_key).digest()[:KEY_ID_BYTES]

    def hash_of_phone(self, phone: str) -> bytes:
        """Return the HMAC by which a phone number is found."""
        return self._hmac("phone", phone)

    def hash_of_address(self, network: str) -> bytes:
        """Return the HMAC under which a network's tries are counted."""
        return self._hmac("address", network)

    def hash_of_code(self, code_id: UUID, code: str) -> bytes:
        """Return what is stored of a one-time code; it fits this request for a code only."""
        return self._hmac(f"code {code_id}", code)

    def hash_of_redemption_code(self, code: str) -> bytes:
        """Return the HMAC by which what was redeemed is found again when its code is shown."""
        return self._hmac("redemption", code)

    def guardian_code(self, person_id: UUID, day: int) -> str:
        """Return the eight digits that a waiting child shows to the guardian on this day.

        Nothing of it is stored: whoever has the secret can derive it again.
        """
        number = int.from_bytes(self._hmac(f"guardian {day}", str(person_id))[:8])
        return f"{number % 10**8:08d}"

    def seal(self, text: str, place: str) -> bytes:
        """Encrypt `text` so that it opens only at `place`, the row that it is written in."""
        nonce = token_bytes(NONCE_BYTES)
        sealed = AESGCM(self.seal_key).encrypt(nonce, text.encode(), place.encode())
        return self.key_id + nonce + sealed

    def open(self, sealed: bytes, place: str) -> str:
        """Return what was sealed at `place`.

        Raises:
            WrongKey: another secret, another place, or an alteration.
        """
        key_id, rest = sealed[:KEY_ID_BYTES], sealed[KEY_ID_BYTES:]
        if key_id != self.key_id:
            raise WrongKey(key_id.hex())
        try:
            plain = AESGCM(self.seal_key).decrypt(
                rest[:NONCE_BYTES], rest[NONCE_BYTES:], place.encode()
            )
        except InvalidTag as fault:
            raise WrongKey(place) from fault
        return plain.decode()

    def _hmac(self, use: str, text: str) -> bytes:
        return hmac.digest(self.hash_key, f"{use}\n{text}".encode(), "sha256")


def _derive(secret: str, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret.encode())


_vault: Vault | None = None


def unlock(secret: str) -> None:
    """Give this process the installation's secret; said once by a composition root."""
    global _vault
    _vault = Vault.of(secret)


def vault() -> Vault:
    """Return the process's vault."""
    assert _vault is not None, "no composition root has called identity.installation.install()"
    return _vault
