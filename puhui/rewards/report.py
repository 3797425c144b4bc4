"""A report of something done, other than planting and buying: who may make it, and on what."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from puhui.kernel.errors import Fault
from puhui.kernel.text import N_
from puhui.rewards.points import Evidence, Measure, Reporter, Rule

MOST_DAYS_AGO = 30
MOST_PHOTOS = 5
LONGEST_DOCUMENT = 100
MOST_WORDS = 500
OWN_WAY = frozenset({"planting", "purchase", "recycling", "adjustment"})
"""Behaviours that come in by a door of their own: a planting, a serial, two operators."""
MOST_AT_ONCE = {Measure.HOUR: 12, Measure.TREE: 10, Measure.UNIT: 10, Measure.YUAN: 10_000}
"""The most of each measure that one person does in a day."""


class ReportState(StrEnum):
    """Where a report stands. Approved and refused are final."""

    LOGGED = "logged"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True)
class ReportDraft:
    """What somebody says was done: by themselves, or by whoever has authorised them."""

    behaviour: str
    """The key of a rule."""
    quantity: int
    done_on: date
    photo_ids: tuple[UUID, ...] = ()
    document: str = ""
    """Number of a receipt or certificate; an organisation's own number of the record."""
    authorisation_id: UUID | None = None
    """By which the person let an organisation report; None when they report themselves."""


@dataclass(frozen=True)
class AuthorisationDraft:
    """A person lets an organisation report one behaviour of theirs, and nothing else."""

    organisation_id: UUID
    behaviour: str


@dataclass(frozen=True)
class ReportVerdict:
    """What a verifier decides of a report, and in which words; a refusal needs some."""

    approved: bool
    words: str = ""


def by_report(rule: Rule) -> bool:
    """Whether the behaviour is reported here."""
    return rule.key not in OWN_WAY


def judge(
    draft: ReportDraft, rule: Rule, reporters: Collection[Reporter], today: date
) -> list[Fault]:
    """Return everything that cannot be right with what was reported by any of `reporters`."""
    faults = []
    if not by_report(rule):
        message = N_("这种行为有自己的登记方式，不在这里申报")
        faults.append(Fault("own_way", message, field="behaviour"))
    elif not set(reporters) & set(rule.reporters):
        message = N_("规则不允许由您申报这种行为")
        faults.append(Fault("reporter_not_allowed", message, field="behaviour"))
    most = MOST_AT_ONCE.get(rule.measures, 1)
    if not 1 <= draft.quantity <= most:
        message = N_("数量应在 1 到 %(most)s 之间")
        faults.append(Fault("quantity_out_of_range", message, None, "quantity", {"most": most}))
    if draft.done_on > today:
        faults.append(Fault("done_in_future", N_("日期不能晚于今天"), field="done_on"))
    if draft.done_on < today - timedelta(days=MOST_DAYS_AGO):
        message = N_("只能申报 %(days)s 天以内的行为")
        faults.append(Fault("done_too_long_ago", message, None, "done_on", {"days": MOST_DAYS_AGO}))
    return faults + _evidence(draft, rule, reporters)


def _evidence(draft: ReportDraft, rule: Rule, reporters: Collection[Reporter]) -> list[Fault]:
    faults = []
    own = set(reporters) == {Reporter.SELF}
    if len(draft.photo_ids) > MOST_PHOTOS or len(set(draft.photo_ids)) < len(draft.photo_ids):
        message = N_("请提供最多 %(most)s 张不同的照片")
        faults.append(
            Fault("photos_out_of_range", message, None, "photo_ids", {"most": MOST_PHOTOS})
        )
    if own and rule.evidence is not Evidence.NONE and not draft.photo_ids:
        faults.append(Fault("photo_missing", N_("请拍一张照片"), field="photo_ids"))
    if (not own or rule.evidence is Evidence.DOCUMENT) and not draft.document.strip():
        message = N_("请填写票据、证书或记录的编号")
        faults.append(Fault("document_missing", message, field="document"))
    return faults


def judge_verdict(verdict: ReportVerdict) -> list[Fault]:
    """Return what is missing from a verdict."""
    if verdict.approved or verdict.words.strip():
        return []
    return [Fault("words_missing", N_("不通过须写明原因"), field="words")]
