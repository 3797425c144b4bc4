"""What the environment may decide, read once by a composition root."""

from collections.abc import Mapping
from dataclasses import dataclass
from os import environ
from pathlib import Path


class MissingSetting(Exception):
    """A setting that has no default is not set; the message names it."""


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
    password_memory_kib: int = 19456
    password_passes: int = 2
    """What argon2id spends on one check of a password."""

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies may travel over TLS only."""
        return self.base_url.startswith("https://")


def from_environment(variables: Mapping[str, str] = environ) -> Settings:
    """Read the settings.

    Raises:
        MissingSetting: one that has no default is not set.
    """
    for name in ("DATABASE_URL", "REDIS_URL", "PUHUI_SECRET"):
        if not variables.get(name):
            raise MissingSetting(name)
    return Settings(
        database_url=variables["DATABASE_URL"],
        redis_url=variables["REDIS_URL"],
        secret=variables["PUHUI_SECRET"],
        data_dir=Path(variables.get("PUHUI_DATA", "var")),
        base_url=variables.get("PUHUI_BASE_URL", "http://127.0.0.1:8000").rstrip("/"),
        register_key=variables.get("PUHUI_REGISTER_KEY") or None,
        local=variables.get("PUHUI_LOCAL") == "1",
        limit_signed_in=variables.get("PUHUI_LIMIT_SIGNED_IN", "120/minute"),
        limit_public=variables.get("PUHUI_LIMIT_PUBLIC", "30/minute"),
        sms=variables.get("PUHUI_SMS", ""),
    )
