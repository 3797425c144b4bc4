"""The gateway's keys are judged before anything starts, and none of them is shown."""

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from puhui.credits.paying.installation import faults_of_gateway
from puhui.settings import GatewaySettings, Settings


def private(key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public(key) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


OURS, THEIRS = (rsa.generate_private_key(65537, 2048) for _ in range(2))
WEAK = rsa.generate_private_key(65537, 1024)
OTHER_KIND = ed25519.Ed25519PrivateKey.generate()


@pytest.mark.parametrize(
    ("ours", "theirs", "mode", "reason"),
    [
        (private(OURS), public(THEIRS), 0o600, None),
        (private(OURS), public(THEIRS), 0o640, "is open to others"),
        (private(WEAK), public(THEIRS), 0o600, "KEY_FILE is no RSA key of 2048 bits"),
        (private(OTHER_KIND), public(THEIRS), 0o600, "KEY_FILE is no RSA key"),
        (b"secret stuff", public(THEIRS), 0o600, "KEY_FILE holds no key in PEM"),
        (private(OURS), public(WEAK), 0o600, "PUBLIC_KEY_FILE is no RSA key"),
        (private(OURS), private(THEIRS), 0o600, "PUBLIC_KEY_FILE holds no key in PEM"),
        (private(OURS), public(OURS), 0o600, "holds our own key"),
    ],
)
def test_keys_that_must_not_be_used_are_refused(
    settings: Settings, tmp_path: Path, ours: bytes, theirs: bytes, mode: int, reason: str | None
) -> None:
    mine, other = tmp_path / "ours.pem", tmp_path / "theirs.pem"
    mine.write_bytes(ours)
    mine.chmod(mode)
    other.write_bytes(theirs)
    told = replace(settings, gateway=GatewaySettings("https://pay.example.cn", "M1", mine, other))
    found = list(faults_of_gateway(told))
    if reason is None:
        assert found == []
    else:
        assert reason in found[0]
        assert "secret" not in found[0]
        assert "BEGIN" not in found[0]
