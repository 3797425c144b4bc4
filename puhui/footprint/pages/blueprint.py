"""The blueprint of footprint's pages, and the words that they share."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import Blueprint

from puhui.factors.factor import PEDIGREE_NAMES
from puhui.footprint.checklist import ANSWER_NAMES
from puhui.footprint.inventory import BEARER_NAMES, FATE_NAMES, KIND_NAMES, REACH_NAMES, STAGE_NAMES
from puhui.footprint.label import shown
from puhui.footprint.marks import MARK_NAMES
from puhui.footprint.product import CATEGORY_NAMES
from puhui.footprint.sensitivity import CHOICE_NAMES
from puhui.footprint.substitution import FUNCTION_NAMES
from puhui.footprint.validity import BASIS_WORDS, GROUND_WORDS
from puhui.kernel.text import N_

pages = Blueprint("footprint_pages", "puhui.footprint", template_folder="templates")

STATE_NAMES = {
    "declared": N_("已计算，未提交"),
    "submitted": N_("等待核查"),
    "reviewed": N_("核查表已完成，等待结论"),
    "verified": N_("核查通过"),
    "refused": N_("核查未通过"),
}
STATE_TONES = {
    "declared": "plain",
    "submitted": "wait",
    "reviewed": "wait",
    "verified": "good",
    "refused": "bad",
}
BASIS_NAMES = {
    "factor": N_("公开因子"),
    "supplier": N_("供应商数据"),
    "proxy": N_("替代因子"),
    "none": N_("无排放"),
}
WORDS: Mapping[str, Any] = {
    "stages": {str(k): v for k, v in STAGE_NAMES.items()},
    "kinds": {str(k): v for k, v in KIND_NAMES.items()},
    "fates": {str(k): v for k, v in FATE_NAMES.items()},
    "bearers": {str(k): v for k, v in BEARER_NAMES.items()},
    "reaches": {str(k): v for k, v in REACH_NAMES.items()},
    "categories": {str(k): v for k, v in CATEGORY_NAMES.items()},
    "states": STATE_NAMES,
    "tones": STATE_TONES,
    "bases": BASIS_NAMES,
    "words_of": {str(k): v for k, v in BASIS_WORDS.items()},
    "grounds": {str(k): v for k, v in GROUND_WORDS.items()},
    "answers": {str(k): v for k, v in ANSWER_NAMES.items()},
    "choices": {str(k): v for k, v in CHOICE_NAMES.items()},
    "functions": {str(k): v for k, v in FUNCTION_NAMES.items()},
    "marks": MARK_NAMES,
    "indicators": PEDIGREE_NAMES,
}


@pages.app_template_filter("shown")
def _shown(number: Decimal | str) -> str:
    return shown(Decimal(number))


@pages.app_template_filter("signed")
def _signed(number: Decimal | str) -> str:
    """Show a change as a label shows figures, with its sign: −41.59 or +3.2."""
    value = Decimal(number)
    sign = "−" if value < 0 else "+" if value > 0 else ""
    return sign + shown(abs(value))


@pages.app_template_filter("number")
def _number(text: str) -> Decimal:
    return Decimal(text)


@pages.context_processor
def _words() -> dict[str, Any]:
    return {"words": WORDS}
