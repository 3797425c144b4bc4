"""Short codes that people read, say and type."""

from hashlib import sha256

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: nothing that is read aloud is mistaken for something else."""

_LOOK_ALIKES = str.maketrans("OIL", "011")


def short_code(name: str, length: int) -> str:
    """Return a code of `length` letters that follows from the name."""
    number = int.from_bytes(sha256(name.encode()).digest())
    letters = []
    for _ in range(length):
        number, digit = divmod(number, len(LETTERS))
        letters.append(LETTERS[digit])
    return "".join(letters)


def read_code(text: str, length: int) -> str:
    """Return the code as it was meant, or "" for what is none.

    Letter case, hyphens and look-alikes do not matter.
    """
    meant = text.upper().replace("-", "").replace(" ", "").translate(_LOOK_ALIKES)
    return meant if len(meant) == length and set(meant) <= set(LETTERS) else ""
