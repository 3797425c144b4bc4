"""统一社会信用代码: the 18 characters that name an organisation (GB 32100-2015).

python-stdnum computes the check character (GB 32100, weights modulo 31). It knows only codes that
begin with two digits; the standard also has the registering authorities A, N and Y, and N is what
village economic collectives carry, so the layout is checked here.
"""

import unicodedata

from stdnum.cn import uscc as standard

from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_

LENGTH = 18
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Without I, O, S, V, Z, which look like digits or each other."""
AUTHORITIES = "123456789ANY"


def normal(written: str, field: str = "uscc") -> str:
    """Return the code in capitals without blanks.

    Raises:
        Invalid: it is no such code; the fault says where.
    """
    code = standard.compact(unicodedata.normalize("NFKC", written))
    fault = _fault(code, field)
    if fault is not None:
        raise Invalid([fault])
    return code


def _fault(code: str, field: str) -> Fault | None:
    if len(code) != LENGTH:
        return Fault(
            "uscc_length",
            N_("统一社会信用代码应为18位，现为%(length)d位"),
            field=field,
            values={"length": len(code)},
        )
    for position, character in enumerate(code, start=1):
        if character not in ALPHABET:
            return _at(
                "uscc_character", N_("第%(position)d位不能是“%(character)s”"), field, position, code
            )
    if code[0] not in AUTHORITIES:
        return _at("uscc_authority", N_("第1位“%(character)s”不是登记管理部门代码"), field, 1, code)
    for position in range(3, 9):
        if not code[position - 1].isdigit():
            return _at(
                "uscc_region",
                N_("第3至8位是行政区划码，应为数字；第%(position)d位是“%(character)s”"),
                field,
                position,
                code,
            )
    if standard.calc_check_digit(code) != code[-1]:
        return Fault("uscc_check", N_("校验位不符，请核对是否抄错"), field=field)
    return None


def _at(code: str, message: str, field: str, position: int, written: str) -> Fault:
    return Fault(
        code,
        message,
        field=field,
        values={"position": position, "character": written[position - 1]},
    )
