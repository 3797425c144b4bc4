"""What the environment may decide, read once by a composition root."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from os import environ
from pathlib import Path
from urllib.parse import urlsplit

SHORTEST_SECRET = 32  # characters


class UnsafeSetting(Exception):
    """A setting is missing or must not be used like this; says which, in one line."""


@dataclass(frozen=True)
class GatewaySettings:
    """Where the payment gateway is, who we are to it, and where the keys lie; never the keys."""

    url: str
    """`https://host[:port][/prefix]`, no trailing slash."""
    merchant: str
    key_file: Path
    """Our private key: RSA, PEM, readable to nobody but the one who runs this."""
    their_key_file: Path
    """The gateway's public key: RSA, PEM."""


@dataclass(frozen=True)
class Settings:
    """Everything that differs between two installations."""

    database_url: str
    """SQLAlchemy URL, `postgresql+psycopg://…`."""
    redis_url: str
    secret: str
    """Pepper for hashes of codes, tokens and PINs; at least 32 characters."""
    data_dir: Path
    """Holds photographs, the register's signing key and its last signed size."""
    base_url: str
    """How the public reaches this installation, no trailing slash."""
    register_key: str | None = None
    """The register's signing key, `PRIVATE+KEY+…`; None to keep it in a file of `data_dir`."""
    local: bool = False
    """One machine for one person: sign-in codes go to the console, cookies need no TLS."""
    limit_signed_in: str = "120/minute"
    """How often one person may ask the API."""
    limit_public: str = "30/minute"
    """How often one address may, that has not signed in."""
    sms: str = ""
    """`package.module:name` of the text message provider; see `puhui.identity.sender`."""
    erasure_days: int = 30
    """How long a person who asked to be erased may call it back."""
    export_days: int = 7
    """How long a finished export can be downloaded."""
    city_header: str = ""
    """The header in which our proxy tells the city of a request, six digits; empty for none."""
    gateway: GatewaySettings | None = None
    """The payment gateway; None where only the bank is open."""
    password_memory_kib: int = 19456
    password_passes: int = 2
    """What argon2id spends on one check of a password."""

    host: str = "127.0.0.1"
    """Address that the web server listens at."""
    port: int = 8000
    metrics_port: int = 9464
    """Where Prometheus asks for numbers, at the same address."""
    web_processes: int = 2
    """How many processes serve, of four threads each."""

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies may travel over TLS only."""
        return self.base_url.startswith("https://")


def from_environment(variables: Mapping[str, str] = environ) -> Settings:
    """Read the settings.

    Raises:
        UnsafeSetting: one is missing, or would make the installation unsafe.
    """
    for name in ("DATABASE_URL", "REDIS_URL", "PUHUI_SECRET"):
        if not variables.get(name):
            raise UnsafeSetting(f"没有设置 {name} / {name} is not set")
    secret = variables["PUHUI_SECRET"]
    if len(secret) < SHORTEST_SECRET or len(set(secret)) < 8:
        raise UnsafeSetting(
            "PUHUI_SECRET 太短或太简单，请用 32 个以上的随机字符 / "
            "PUHUI_SECRET is too short or too simple: use 32 random characters or more"
        )
    for name in ("FLASK_DEBUG", "PYTHONDEVMODE"):
        if variables.get(name, "0").lower() not in ("", "0", "false", "no"):
            raise UnsafeSetting(f"请去掉 {name} / {name} is set: errors would show the inside")
    base_url = variables.get("PUHUI_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
    local = variables.get("PUHUI_LOCAL") == "1"
    if not local and not base_url.startswith("https://"):
        raise UnsafeSetting(
            "PUHUI_BASE_URL 必须是 https:// 开头 / PUHUI_BASE_URL must begin with https://: "
            "sessions may not travel in the clear"
        )
    return Settings(
        database_url=variables["DATABASE_URL"],
        redis_url=variables["REDIS_URL"],
        secret=secret,
        data_dir=Path(variables.get("PUHUI_DATA", "var")),
        base_url=base_url,
        register_key=variables.get("PUHUI_REGISTER_KEY") or None,
        limit_signed_in=variables.get("PUHUI_LIMIT_SIGNED_IN", "120/minute"),
        limit_public=variables.get("PUHUI_LIMIT_PUBLIC", "30/minute"),
        local=local,
        host=variables.get("PUHUI_HOST", "127.0.0.1"),
        port=_port(variables, "PUHUI_PORT", 8000),
        metrics_port=_port(variables, "PUHUI_METRICS_PORT", 9464),
        web_processes=_processes(variables),
        sms=variables.get("PUHUI_SMS", ""),
        erasure_days=_days(variables, "PUHUI_ERASURE_DAYS", 30),
        export_days=_days(variables, "PUHUI_EXPORT_DAYS", 7),
        city_header=_city_header(variables),
        gateway=_gateway(variables, local=local),
    )


def _days(variables: Mapping[str, str], name: str, default: int) -> int:
    value = variables.get(name, str(default))
    if not (value.isascii() and value.isdigit() and 0 < int(value) <= 365):
        raise UnsafeSetting(f"{name} 不是1至365的天数 / {name} is not 1 to 365 days: {value}")
    return int(value)


def _processes(variables: Mapping[str, str]) -> int:
    value = variables.get("PUHUI_WEB_PROCESSES", "2")
    if not (value.isascii() and value.isdigit() and 0 < int(value) <= 64):
        raise UnsafeSetting(
            f"PUHUI_WEB_PROCESSES 应为1至64 / PUHUI_WEB_PROCESSES is not 1 to 64 processes: {value}"
        )
    return int(value)


def _city_header(variables: Mapping[str, str]) -> str:
    value = variables.get("PUHUI_CITY_HEADER", "")
    # No underscore: to a WSGI program `X_City` from outside looks like the proxy's own `X-City`.
    if value and not re.fullmatch("[A-Za-z][A-Za-z0-9-]{0,63}", value):
        raise UnsafeSetting(
            "PUHUI_CITY_HEADER 应为字母、数字和连字符 / "
            f"PUHUI_CITY_HEADER is a header's name, of letters, digits and hyphens: {value}"
        )
    return value


GATEWAY = ("URL", "MERCHANT", "KEY_FILE", "PUBLIC_KEY_FILE")


def _gateway(variables: Mapping[str, str], *, local: bool) -> GatewaySettings | None:
    told = [variables.get(f"PUHUI_GATEWAY_{name}", "") for name in GATEWAY]
    if not any(told):
        return None
    for name, value in zip(GATEWAY, told, strict=True):
        if not value:
            raise UnsafeSetting(
                f"没有设置 PUHUI_GATEWAY_{name} / PUHUI_GATEWAY_{name} is not set, "
                "and the others are"
            )
    url, merchant, ours, theirs = told
    place = urlsplit(url)
    if not place.hostname or place.query or place.fragment or place.username:
        raise UnsafeSetting(
            "PUHUI_GATEWAY_URL 不是网址 / PUHUI_GATEWAY_URL is no address of a gateway"
        )
    alone = local and place.hostname in ("127.0.0.1", "::1", "localhost")
    if place.scheme != "https" and not (alone and place.scheme == "http"):
        raise UnsafeSetting(
            "PUHUI_GATEWAY_URL 必须是 https:// 开头 / PUHUI_GATEWAY_URL must begin with https://"
        )
    if not re.fullmatch("[A-Za-z0-9_-]{1,64}", merchant):
        raise UnsafeSetting(
            "PUHUI_GATEWAY_MERCHANT 应为字母和数字 / "
            "PUHUI_GATEWAY_MERCHANT is of letters and digits"
        )
    return GatewaySettings(url.rstrip("/"), merchant, Path(ours), Path(theirs))


def _port(variables: Mapping[str, str], name: str, default: int) -> int:
    value = variables.get(name, str(default))
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 65536):
        raise UnsafeSetting(f"{name} 不是端口号 / {name} is not a port: {value}")
    return int(value)
