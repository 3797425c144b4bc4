"""A print shop's key and certificate."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs7,
)
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Printer:
    """A print shop: `pem` is what it hands to makers, `key_pem` what it never does."""

    key: RSAPrivateKey | ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(SHA256()).hex()

    def opened(self, file: bytes) -> bytes:
        """Open an encrypted file with nothing but this key, as `cryptography` does."""
        assert isinstance(self.key, RSAPrivateKey)
        return pkcs7.pkcs7_decrypt_der(file, self.certificate, self.key, [])


@cache
def _rsa(bits: int) -> RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def printer(now: datetime, *, bits: int = 2048, begun_days_ago: int = 1) -> Printer:
    """Make a certificate of a year that began before `now`; `bits` 0 is no RSA at all."""
    key = _rsa(bits) if bits else ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "永安印刷厂")])
    begins = now - timedelta(days=begun_days_ago)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(20260312)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=365))
        .sign(key, SHA256())
    )
    return Printer(key, certificate)
