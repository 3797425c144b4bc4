"""Passwords: which are refused, how they are kept, how one is checked.

Length and a list of what everybody tries, nothing else: rules about kinds of characters make
passwords worse. Kept with argon2id; the parameters are settings, and a hash made under older ones
is renewed when its owner next signs in.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_

SHORTEST, LONGEST = 8, 128


@dataclass(frozen=True)
class Cost:
    """What one check of a password costs us, and so costs whoever stole the hashes.

    The default is OWASP's second recommendation for argon2id: 19 MiB, two passes, one lane.
    """

    memory_kib: int = 19456
    passes: int = 2


@cache
def common() -> frozenset[str]:
    """Return the passwords that everybody tries first, in lower case."""
    lines = (Path(__file__).parent / "data" / "common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in lines.splitlines() if line and not line.startswith("#"))


def normal(written: str) -> str:
    """Return the password in one form, so that every keyboard types the same one.

    Raises:
        Invalid: too short, too long, or one of the common ones.
    """
    password = unicodedata.normalize("NFKC", written)
    fault = None
    if len(password) < SHORTEST:
        fault = Fault("password_short", N_("密码至少8个字符"), field="password")
    elif len(password) > LONGEST:
        fault = Fault("password_long", N_("密码最多128个字符"), field="password")
    elif password.lower() in common() or len(set(password)) < 3 or _runs(password):
        fault = Fault("password_common", N_("这个密码太常见，请换一个"), field="password")
    if fault is not None:
        raise Invalid([fault])
    return password


def _runs(password: str) -> bool:
    """Whether it only counts up or down: 12345678, 87654321, abcdefgh."""
    steps = {ord(b) - ord(a) for a, b in pairwise(password)}
    return steps in ({1}, {-1})


def hash_of(password: str, cost: Cost) -> str:
    """Return what is stored of a password."""
    return _hasher(cost).hash(password)


def hash_as_is(written: str, cost: Cost) -> str:
    """Return the hash of a password that was accepted before, whatever is asked of one today."""
    return hash_of(unicodedata.normalize("NFKC", written), cost)


def fits(stored: str | None, written: str, cost: Cost) -> bool:
    """Whether the password is the stored one. With nothing stored, works as long and says no."""
    password = unicodedata.normalize("NFKC", written)[: LONGEST + 1]
    try:
        _hasher(cost).verify(stored or _stand_in(cost), password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str, cost: Cost) -> bool:
    """Whether a hash was made under other parameters than today's."""
    return _hasher(cost).check_needs_rehash(stored)


@cache
def _hasher(cost: Cost) -> PasswordHasher:
    return PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=1)


@cache
def _stand_in(cost: Cost) -> str:
    return _hasher(cost).hash("nobody has this password")
