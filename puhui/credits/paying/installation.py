"""The payment gateway that the settings describe, its keys read once in each process."""

import stat
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    load_pem_private_key,
    load_pem_public_key,
)

from puhui.credits.paying.gateway import use_gateway
from puhui.credits.paying.http_gateway import HttpGateway
from puhui.settings import Settings, UnsafeSetting

NOTIFICATIONS = "/gateway/notifications"
"""Where the gateway tells us what has happened."""
SHORTEST_KEY = 2048  # bits


def install(settings: Settings) -> None:
    """Prepare this process; called by every composition root before it serves.

    Raises:
        UnsafeSetting: a key cannot be used.
    """
    use_gateway(_gateway(settings))


def faults_of_gateway(settings: Settings) -> Iterator[str]:
    """Yield why the gateway's keys must not be used."""
    try:
        _gateway(settings)
    except UnsafeSetting as fault:
        yield str(fault)


def _gateway(settings: Settings) -> HttpGateway | None:
    told = settings.gateway
    if told is None:
        return None
    mine = _our_key(told.key_file)
    theirs = _their_key(told.their_key_file)
    if mine.public_key() == theirs:
        raise UnsafeSetting(
            "支付渠道的公钥就是我方的 / PUHUI_GATEWAY_PUBLIC_KEY_FILE holds our own key: "
            "we would believe ourselves"
        )
    return HttpGateway(told.url, told.merchant, mine, theirs, f"{settings.base_url}{NOTIFICATIONS}")


def _our_key(path: Path) -> RSAPrivateKey:
    try:
        others = path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as fault:
        # Nothing of the file in the text: it might be the key.
        raise _unreadable("PUHUI_GATEWAY_KEY_FILE", fault) from None
    if others:
        raise UnsafeSetting(
            "PUHUI_GATEWAY_KEY_FILE 他人可读，请改为 0600 / PUHUI_GATEWAY_KEY_FILE is open to "
            "others: make it 0600"
        )
    if not isinstance(key, RSAPrivateKey) or key.key_size < SHORTEST_KEY:
        raise _weak("PUHUI_GATEWAY_KEY_FILE")
    return key


def _their_key(path: Path) -> RSAPublicKey:
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as fault:
        raise _unreadable("PUHUI_GATEWAY_PUBLIC_KEY_FILE", fault) from None
    if not isinstance(key, RSAPublicKey) or key.key_size < SHORTEST_KEY:
        raise _weak("PUHUI_GATEWAY_PUBLIC_KEY_FILE")
    return key


def _unreadable(name: str, fault: Exception) -> UnsafeSetting:
    return UnsafeSetting(
        f"{name} 无法读取 / {name} holds no key in PEM that can be read ({type(fault).__name__})"
    )


def _weak(name: str) -> UnsafeSetting:
    return UnsafeSetting(
        f"{name} 应为 2048 位以上的 RSA 密钥 / {name} is no RSA key of 2048 bits or more"
    )
