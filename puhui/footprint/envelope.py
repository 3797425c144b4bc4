"""Files that only a print shop can open: CMS EnvelopedData for the key of its certificate.

RFC 5652, AES-256-CBC, the content key wrapped for RSA (PKCS #1 v1.5): what `openssl cms -decrypt`
opens. Nothing is signed. The certificate stands for its key and nothing else: who made it is not
asked, because maker and print shop compare its fingerprint.
"""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7EnvelopeBuilder, PKCS7Options

from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_

LEAST_BITS = 2048
LONGEST_CERTIFICATE = 20_000
"""Characters; a certificate of the largest keys in use has a few thousand."""


@dataclass(frozen=True)
class Recipient:
    """Who alone can open a file."""

    certificate: x509.Certificate

    @property
    def fingerprint(self) -> bytes:
        """Return the SHA-256 of the certificate, as `openssl x509 -fingerprint -sha256` does."""
        return self.certificate.fingerprint(SHA256())


def recipient(pem: str, now: datetime) -> Recipient:
    """Return whom a certificate stands for, if it can be encrypted for today.

    Raises:
        Invalid: it is not one X.509 certificate in PEM, not RSA of 2048 bits or more, or not in
            date; or there is a private key beside it.
    """
    if "PRIVATE KEY" in pem:
        raise _refused(N_("这里面有私钥：请只交证书，并让印刷方换一副钥匙"))
    try:
        (certificate,) = x509.load_pem_x509_certificates(pem.encode())
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise _refused(N_("这不是一张 PEM 格式的 X.509 证书")) from None
    if not isinstance(key, RSAPublicKey) or key.key_size < LEAST_BITS:
        raise _refused(N_("印刷方证书的钥匙须是 RSA %(bits)s 位以上"), bits=LEAST_BITS)
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not begins <= now <= ends:
        raise _refused(
            N_("印刷方证书只在 %(first)s 至 %(last)s 有效"),
            first=begins.date().isoformat(),
            last=ends.date().isoformat(),
        )
    return Recipient(certificate)


def sealed(data: bytes, to: Recipient) -> bytes:
    """Return `data` as DER that only `to` can open. Takes about three times its size in memory."""
    builder = PKCS7EnvelopeBuilder().set_data(data).add_recipient(to.certificate)
    builder = builder.set_content_encryption_algorithm(AES256)
    return builder.encrypt(Encoding.DER, [PKCS7Options.Binary])


def printed_fingerprint(fingerprint: bytes) -> str:
    """Return a fingerprint as openssl prints it, to be compared by eye."""
    return fingerprint.hex(":").upper()


def _refused(message: str, **values: object) -> Invalid:
    return Invalid([Fault("bad_certificate", message, field="certificate", values=values)])
