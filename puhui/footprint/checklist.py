"""What a verifier has to look at, and what they found.

A checklist has a version and never changes under it: a verified footprint names the one that was
answered. The points follow ISO 14067, ISO 14064-3 and GB/T 24067-2024; which points there are is
this platform's choice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from puhui.kernel.errors import Fault
from puhui.kernel.text import N_


class Answer(StrEnum):
    """What a verifier says of one point."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "not_applicable"


ANSWER_NAMES = {
    Answer.YES: N_("符合"),
    Answer.NO: N_("不符合"),
    Answer.NOT_APPLICABLE: N_("不适用"),
}


@dataclass(frozen=True)
class Point:
    """One thing to look at."""

    key: str
    text: str


@dataclass(frozen=True)
class Checklist:
    """Everything to look at, under a version."""

    version: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Answered:
    """A point with its answer. Whatever is not a plain yes has a note that says why."""

    point: str
    answer: Answer
    note: str | None = None


CHECKLISTS = {
    checklist.version: checklist
    for checklist in (
        Checklist(
            "2026.1",
            (
                Point("boundary", N_("声明单位与核算边界写明，边界内没有遗漏的重要阶段")),
                Point("period", N_("数据期间连续、足够近，产量与台账一致")),
                Point("activity", N_("电、燃料和原料的用量与账单、发票或台账一致")),
                Point("balance", N_("物料平衡在 2 % 以内，含水率有测定依据")),
                Point("transport", N_("运输的每一程有里程和载重依据")),
                Point("factors", N_("因子的边界、年份、地区与单位适用于所在的行")),
                Point("supplier", N_("供应商数据附有文件，文件有效且与数值一致")),
                Point("proxies", N_("替代因子逐一标明，理由成立")),
                Point("allocation", N_("与剩余物的分摊方法恰当，敏感性已说明")),
                Point("biogenic", N_("生物源碳与产品固碳单列，没有从足迹中扣除")),
                Point("land_use", N_("土地利用变化已核算，或确认没有发生")),
                Point("recomputed", N_("已用下载的计算书重算，数值与哈希一致")),
                Point("independence", N_("核查员与生产者没有利益关系")),
            ),
        ),
    )
}
PRESENT = CHECKLISTS["2026.1"]
"""The one that a review begun now answers."""
MOST_NOTE = 500


def faults_of(version: str, answers: Sequence[Answered]) -> list[Fault]:
    """Return what keeps these answers from being a whole review, by point."""
    if version != PRESENT.version:
        message = N_("请用现行的核查表 %(version)s")
        values = {"version": PRESENT.version}
        return [Fault("other_checklist", message, field="checklist", values=values)]
    known = {point.key for point in PRESENT.points}
    faults, seen = [], set[str]()
    for found in answers:
        if found.point not in known:
            faults.append(Fault("no_such_point", N_("核查表没有这一点"), field=found.point))
        elif found.point in seen:
            faults.append(Fault("answered_twice", N_("同一点回答了两次"), field=found.point))
        elif found.answer is not Answer.YES and not found.note:
            faults.append(Fault("no_note", N_("不符合或不适用的，须写明原因"), field=found.point))
        seen.add(found.point)
    faults += [
        Fault("unanswered", N_("核查表的每一点都须回答"), field=point.key)
        for point in PRESENT.points
        if point.key not in seen
    ]
    return faults


def unmet(answers: Sequence[Answered]) -> list[Fault]:
    """Return a fault for each point that stands in the way of verifying."""
    return [
        Fault("not_met", N_("核查表这一点不符合，不能通过"), field=found.point)
        for found in answers
        if found.answer is Answer.NO
    ]
