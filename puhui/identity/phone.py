"""Mobile numbers of mainland China."""

import re
import unicodedata

from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_

_MOBILE = re.compile(r"1[3-9][0-9]{9}")


def normal(written: str, field: str = "phone") -> str:
    """Return the eleven digits of a number however people write it: spaces, dashes, +86.

    Raises:
        Invalid: it is not a mobile number of mainland China.
    """
    digits = re.sub(r"[\s\-().]", "", unicodedata.normalize("NFKC", written))
    digits = re.sub(r"^(\+|00)86", "", digits)
    if not _MOBILE.fullmatch(digits):
        raise Invalid([Fault("phone_malformed", N_("请填写11位手机号"), field=field)])
    return digits


def masked(phone: str) -> str:
    """Return what may be shown: 138****1234."""
    return f"{phone[:3]}****{phone[-4:]}"
