"""The blueprint of credits' pages, and the words and filters that all of them use."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, request

from puhui.credits.bundle import yuan
from puhui.credits.cancellation import REASONS
from puhui.credits.certificate import BEIJING
from puhui.credits.detail import details_of
from puhui.credits.kind import RULES, Kind
from puhui.credits.queries import BatchCard
from puhui.credits.schema.proposal import reasons
from puhui.credits.upload import MOST_FILE_BYTES, text_of
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.web.locale import said, tag

pages = Blueprint("credits_pages", __name__, template_folder="../templates")

ROWS = 20
STATES = {
    "held": N_("待付款"),
    "paid": N_("已付款"),
    "retired": N_("已注销"),
    "released": N_("已放弃"),
    "expired": N_("已过期"),
}
ENCUMBRANCES = {
    "none": N_("可售"),
    "pledged": N_("已质押"),
    "disputed": N_("有争议"),
    "used": N_("已另作他用"),
}
PREFERENCES = {
    "nothing": N_("只看价格"),
    "households": N_("收益由更多农户共享"),
    "fewest": N_("批次尽量少"),
}
FATES = {
    "for_sale": N_("可售"),
    "available": N_("可售"),
    "encumbered": N_("有权利限制"),
    "encumbrance": N_("有权利限制"),
    "held": N_("为买方预留"),
    "reserve": N_("储备"),
    "retired": N_("已注销"),
    "cancelled": N_("已取消"),
}
"""Where issued kilograms are."""
RIGHTS = {
    "none": N_("权利限制解除"),
    "pledged": N_("已质押"),
    "disputed": N_("有争议"),
    "used": N_("已另作他用"),
    **{reason.value: name for reason, name in REASONS.items()},
}
"""What a line of a batch's history tells of."""
PURPOSES = {
    "event": N_("活动"),
    "building": N_("建筑"),
    "branch": N_("网点或场所"),
    "transport": N_("交通"),
    "judicial": N_("司法修复"),
    "product": N_("产品"),
    "personal": N_("个人"),
    "other": N_("其他"),
}


@pages.app_template_filter("grouped")
def grouped(number: int | str) -> str:
    """Return a whole number, or decimal digits, with its thousands apart."""
    whole, _, places = str(number).partition(".")
    return f"{int(whole):,}" + (f".{places}" if places else "")


@pages.app_template_filter("words")
def words(named: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the options of a choice in the reader's language."""
    return [(value, said(name)) for value, name in named.items()]


@pages.app_template_filter("yuan")
def in_yuan(fen: int) -> str:
    """Return fen as yuan with two decimals."""
    whole, places = yuan(fen).split(".")
    return f"{int(whole):,}.{places}"


@pages.app_template_filter("day")
def day(when: datetime) -> str:
    """Return the day in China on which an instant falls."""
    return when.astimezone(BEIJING).date().isoformat()


@pages.app_template_filter("instant")
def instant(when: datetime) -> str:
    """Return an instant by the clock in China, to the minute."""
    return f"{when.astimezone(BEIJING):%Y-%m-%d %H:%M}"


def excluded_pairs(excluded: list[dict[str, dict[str, str]]], lang: str) -> list[tuple[str, str]]:
    """Return what was left out, and why, in one language."""
    return [
        (each["name"][lang] or each["name"]["zh"], each["reason"][lang] or each["reason"]["zh"])
        for each in excluded
    ]


@pages.app_template_filter("fate_name")
def fate_name(place: str) -> tuple[str, str]:
    """Return the heading of a column of kilograms, in the reader's language."""
    return said(FATES[place]), "number"


def names_of(kinds: Iterable[Kind]) -> str:
    """Return the names of kinds in the reader's language."""
    return ("; " if tag() == "en" else "、").join(said(RULES[kind].name) for kind in kinds)


def details_shown(batch: BatchCard) -> list[tuple[str, str]]:
    """Return what a batch of its kind has besides; what is not on record is marked."""
    return [
        (said(each.label), batch.details.get(each.name) or said(N_("未记录")))
        for each in details_of(batch.kind)
    ]


def certified(
    credit: Mapping[str, Any], labels: Mapping[str, Mapping[str, str]], lang: str
) -> list[tuple[str, str]]:
    """Return what a line of a certificate has besides, in one language."""
    return [(labels[name][lang], value) for name, value in credit.get("details", {}).items()]


@pages.context_processor
def _words() -> dict[str, object]:
    return {
        "kinds": {kind.value: rule.name for kind, rule in RULES.items()},
        "rules": RULES,
        "states": STATES,
        "encumbrances": ENCUMBRANCES,
        "fates_names": FATES,
        "names_of": names_of,
        "details_shown": details_shown,
        "certified": certified,
        "rights": RIGHTS,
        "purposes": PURPOSES,
        "reasons": reasons,
        "excluded_pairs": excluded_pairs,
    }


def uuid_of(text: str) -> UUID | None:
    """Return the identifier that an address gives, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None


def position(text: str) -> tuple[datetime, UUID] | None:
    """Return the instant and identifier at which an address says a page of rows ended, or None."""
    when, _, name = text.partition("~")
    try:
        found = datetime.fromisoformat(when), UUID(name)
    except ValueError:
        return None
    return found if found[0].tzinfo else None


def sent_text() -> str:
    """Return the text of the file that a form sent.

    Raises:
        Invalid: none was chosen, it is too large, or it is no text.
    """
    return text_of(sent_bytes())


def sent_bytes() -> bytes:
    """Return the file that a form sent.

    Raises:
        Invalid: none was chosen, or it is too large.
    """
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Invalid([Fault("missing", N_("请选择文件"), None, "file")])
    data = sent.stream.read(MOST_FILE_BYTES + 1)
    if len(data) > MOST_FILE_BYTES:
        raise Invalid([Fault("too_large", N_("文件太大"), None, "file")])
    return data
