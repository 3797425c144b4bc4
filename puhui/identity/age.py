"""Who is a child, when only the year of birth is known.

The year alone leaves a doubt of one year. It is decided for protection: a person counts as under
14 until they are 14 wherever in the year the birthday lies, and as an adult only once 18 for sure.
"""

from datetime import datetime

from puhui.kernel.clock import day_of

YOUNG_UNTIL = 14
"""Below this age a guardian decides (Personal Information Protection Law, art. 31)."""


def surely(age: int, birth_year: int, now: datetime) -> bool:
    """Whether someone born in `birth_year` has reached `age`, whatever their birthday."""
    return day_of(now).year - birth_year > age


def is_minor(birth_year: int, now: datetime) -> bool:
    """Whether someone may still be under 14."""
    return not surely(YOUNG_UNTIL, birth_year, now)


def is_adult(birth_year: int, now: datetime) -> bool:
    """Whether someone is 18 for sure."""
    return surely(18, birth_year, now)
