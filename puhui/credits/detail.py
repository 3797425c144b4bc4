"""What a batch of a kind has besides its serials: numbers of files, area, tree, village.

What the serials or the period already say is read from there when it is left out, and refused when
it says something else. Households and farmers go by their number in the issuer's list, never by
name: a batch is public, and its details stand on certificates for good.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from puhui.credits.kind import Kind
from puhui.credits.serial import SerialRange
from puhui.kernel.errors import Fault
from puhui.kernel.text import N_

Read = Callable[[SerialRange, date], str]
"""What the serials and the last day of the period say."""


@dataclass(frozen=True)
class Detail:
    """One field that batches of some kinds have."""

    name: str
    """Of the column of an import file, and of the field on the wire."""
    label: str
    label_en: str
    """For what is printed in both languages."""
    kinds: frozenset[Kind]
    pattern: str
    required: frozenset[Kind] = frozenset()
    read: Read | None = None


def _ticket(serials: SerialRange, ends: date) -> str:
    """`LYTP-350428-0000001/` is of ticket 0000001."""
    return serials.head.rstrip("/").rpartition("-")[2]


def _tree(serials: SerialRange, ends: date) -> str:
    """`DZTH-350428-T12/` is of tree T12."""
    return serials.head.rstrip("/").rpartition("-")[2]


def _year(serials: SerialRange, ends: date) -> str:
    return str(ends.year)


_NUMBER = r"[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff/().〔〕（） -]{0,59}"
_LISTED = r"[A-Z0-9][A-Z0-9-]{0,39}"
_WORDS = r"[^|]{1,100}"

DETAILS: dict[str, Detail] = {
    each.name: each
    for each in (
        Detail("filing_number", N_("备案编号"), "Filing number", frozenset({Kind.FFCER}), _NUMBER),
        Detail(
            "project_number",
            N_("登记系统项目编号"),
            "Registry's project number",
            frozenset({Kind.CCER, Kind.VCS}),
            _NUMBER,
            required=frozenset({Kind.CCER, Kind.VCS}),
        ),
        Detail(
            "methodology",
            N_("方法学编号"),
            "Methodology",
            frozenset({Kind.CCER, Kind.VCS}),
            _NUMBER,
            required=frozenset({Kind.CCER}),
        ),
        Detail(
            "vintage",
            N_("所属年份"),
            "Vintage",
            frozenset({Kind.VCS}),
            r"(?:19|20)\d\d",
            required=frozenset({Kind.VCS}),
            read=_year,
        ),
        Detail(
            "certifications",
            N_("附加认证"),
            "Additional certifications",
            frozenset({Kind.VCS}),
            _WORDS,
        ),
        Detail(
            "ticket_number",
            N_("碳票编号"),
            "Ticket number",
            frozenset({Kind.FOREST_TICKET}),
            r"\d{7}",
            required=frozenset({Kind.FOREST_TICKET}),
            read=_ticket,
        ),
        Detail(
            "area_mu",
            N_("林地面积（亩）"),
            "Forest area (mu)",
            frozenset({Kind.FOREST_TICKET}),
            r"[1-9]\d{0,8}(\.\d{1,2})?",
        ),
        Detail(
            "tree_id",
            N_("树木编号"),
            "Tree",
            frozenset({Kind.SINGLE_TREE}),
            r"[A-Z0-9]{1,40}",
            required=frozenset({Kind.SINGLE_TREE}),
            read=_tree,
        ),
        Detail(
            "household",
            N_("农户编号"),
            "Household number",
            frozenset({Kind.SINGLE_TREE}),
            _LISTED,
            required=frozenset({Kind.SINGLE_TREE}),
        ),
        Detail(
            "village", N_("村"), "Village", frozenset({Kind.SINGLE_TREE, Kind.ONE_YUAN}), _WORDS
        ),
        Detail("farmer", N_("林农编号"), "Farmer number", frozenset({Kind.ONE_YUAN}), _LISTED),
    )
}


def details_of(kind: Kind) -> tuple[Detail, ...]:
    """Return the fields that batches of this kind have."""
    return tuple(each for each in DETAILS.values() if kind in each.kinds)


def read_details(
    cells: Mapping[str, str], kind: Kind, serials: SerialRange | None, ends: date | None
) -> tuple[dict[str, str], list[Fault]]:
    """Return what the cells say of a batch of this kind, and everything wrong with it.

    Without serials or last day, what depends on them is not judged.
    """
    found: dict[str, str] = {}
    faults: list[Fault] = []
    for detail in DETAILS.values():
        said = cells.get(detail.name, "")
        if kind not in detail.kinds:
            if said:
                faults.append(
                    Fault("of_another_kind", N_("此类碳信用没有这一项"), None, detail.name)
                )
            continue
        if said and not re.fullmatch(detail.pattern, said, re.ASCII):
            faults.append(Fault("malformed_detail", N_("此项的写法不对"), None, detail.name))
            continue
        known = detail.read(serials, ends) if detail.read and serials and ends else ""
        if said and known and said != known:
            faults.append(
                Fault(
                    "detail_differs",
                    N_("与序列号或时期不符：应为 %(known)s"),
                    None,
                    detail.name,
                    {"known": known},
                )
            )
        elif said or known:
            found[detail.name] = said or known
        elif kind in detail.required and not detail.read:
            faults.append(Fault("missing", N_("此项必填"), None, detail.name))
    return found, faults
