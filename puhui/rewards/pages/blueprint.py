"""The blueprint of the pages of rewards, and how they name things."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint

from puhui.kernel.text import N_
from puhui.rewards.points import Evidence, Measure, Reporter
from puhui.web import locale

pages = Blueprint("rewards_pages", "puhui.rewards", template_folder="templates")


@pages.app_template_filter("spoken")
def spoken(said: Any) -> str:
    """Return a sentence of the domain in the reader's language."""
    return locale.said(said.message, **said.values)


REPORTERS: Mapping[Reporter, str] = {
    Reporter.SELF: N_("本人"),
    Reporter.BASE: N_("义务植树基地"),
    Reporter.RETAILER: N_("零售商"),
    Reporter.PARTNER: N_("经本人授权的合作平台"),
    Reporter.OPERATOR: N_("两位运营人员"),
}
MEASURES: Mapping[Measure, str] = {
    Measure.TREE: N_("株"),
    Measure.UNIT: N_("件"),
    Measure.HOUR: N_("小时"),
    Measure.YUAN: N_("元"),
    Measure.POINT: N_("积分"),
}
EVIDENCE: Mapping[Evidence, str] = {
    Evidence.PHOTO: N_("照片"),
    Evidence.DOCUMENT: N_("票据或证书编号"),
    Evidence.SERIAL: N_("产品的一物一码"),
    Evidence.NONE: N_("不需要"),
}


@pages.app_template_filter("reported_by")
def reported_by(reporter: Reporter) -> str:
    """Return who may report, in the reader's language."""
    return locale.said(REPORTERS[reporter])


@pages.app_template_filter("proven_by")
def proven_by(evidence: Evidence) -> str:
    """Return what a report rests on, in the reader's language."""
    return locale.said(EVIDENCE[evidence])


@pages.app_template_filter("counted_in")
def counted_in(measure: Measure) -> str:
    """Return what a rule counts, in the reader's language."""
    return locale.said(MEASURES[measure])
