"""Credits for tests: batches on sale, purposes, holds on their way."""

from collections.abc import Mapping
from datetime import date
from itertools import count
from pathlib import Path
from uuid import UUID, uuid4

from puhui.credits import service
from puhui.credits.batch import BatchDraft, Encumbrance, ProjectDraft
from puhui.credits.bundle import Wishes
from puhui.credits.cancellation import CancellationDraft, OwnReason
from puhui.credits.encumbrance import EncumbranceDraft, PartEncumbrance
from puhui.credits.hold import BankTransfer, Hold, Retirement
from puhui.credits.kind import RULES, Kind
from puhui.credits.purpose import Exclusion, Purpose, StatementLine
from puhui.credits.queries import BatchCard
from puhui.credits.reserve import ReserveDraft
from puhui.credits.reversal import Cause, ReversalDraft
from puhui.credits.serial import parse
from puhui.db.session import transaction
from puhui.kernel import clock
from puhui.kernel.actor import Role
from tests.makers.identity import SignedIn, organisation, person

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "credits.csv"
SUMMIT = "数字中国建设峰会组委会"
EXCHANGE = "海峡资源环境交易中心"

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
"""A document that says nothing."""

_numbers = count(1)
_PREFIX = {
    Kind.FFCER: "FFCER-350429-P{n}-2019-",
    Kind.CCER: "CCER-350429-P{n}-2019-",
    Kind.VCS: "{n:04d}-",
    Kind.FOREST_TICKET: "LYTP-350428-{n:07d}/",
    Kind.SINGLE_TREE: "DZTH-350428-T{n}/",
    Kind.ONE_YUAN: "YYTH-350721-S{n}-2021-",
}


def organiser(name: str = "李雷", where: str = SUMMIT) -> SignedIn:
    """Make somebody who may hold credits for an organisation."""
    return person(name, (where, Role.ORGANISER))


def operator(name: str = "韩梅梅") -> SignedIn:
    """Make somebody who imports batches and confirms payments."""
    return person(name, (EXCHANGE, Role.OPERATOR))


def draft(
    kind: Kind,
    kg: int,
    fen_per_t: int,
    *,
    county: str = "350428",
    ends: date = date(2020, 12, 31),
    encumbrance: Encumbrance = Encumbrance.NONE,
    details: Mapping[str, str] | None = None,
) -> BatchDraft:
    """Describe a batch of its own project, with serials from 1."""
    n = next(_numbers)
    serials = f"{_PREFIX[kind].format(n=n)}1-{kg // RULES[kind].granularity_kg}"
    if kind is Kind.VCS:
        serials += "-VCS-VCU-003-VER-CN-14-0003-01012020-31122020-1"
    project = ProjectDraft(
        f"P{n}", f"第{n}号林", f"Forest {n}", county, "三明市", "Sanming", "试验方法",
        "村民", "the villagers", 12, "试验",
    )  # fmt: skip
    return BatchDraft(
        kind,
        project,
        "试验登记簿",
        parse(serials, RULES[kind].form),
        date(ends.year - 4, 1, 1),
        ends,
        fen_per_t,
        "村委会",
        "试验",
        encumbrance,
        details=details or {},
    )


def on_sale(*drafts: BatchDraft) -> list[UUID]:
    """Bring batches in; return their identifiers."""
    who = operator("进货员").actor
    with transaction() as session:
        return [
            service.import_batch(session, who, each.batch_id, each, clock.now()).batch_id
            for each in drafts
        ]


def cancelling(
    *serials: str, reason: OwnReason = OwnReason.CORRECTION, **said
) -> CancellationDraft:
    """Describe a cancellation of ranges."""
    words = {
        "claimant": "签发方",
        "document": "更正通知 2026-1",
        "says_zh": "签发有误",
        "says_en": "Issued in error",
    }
    return CancellationDraft(serials, reason, **{**words, **said})


def cancelled(batch_id: UUID, *serials: str, name: UUID | None = None, **said) -> BatchCard:
    """Cancel ranges of a batch."""
    with transaction() as session:
        return service.cancel(
            session,
            operator("取消员").actor,
            batch_id,
            name or uuid4(),
            cancelling(*serials, **said),
            clock.now(),
        )


def encumbered(batch_id: UUID, serials: str, name: UUID | None = None) -> UUID:
    """Pledge a range of a batch; return the encumbrance's name."""
    name = name or uuid4()
    told = EncumbranceDraft(
        PartEncumbrance.PLEDGED, serials, "将乐农商银行", "质押授信", "质押合同 2026-7"
    )
    with transaction() as session:
        service.encumber_part(session, operator("质押员").actor, batch_id, name, told, clock.now())
    return name


def freed(batch_id: UUID, name: UUID) -> BatchCard:
    """End an encumbrance."""
    with transaction() as session:
        return service.free_part(
            session, operator("质押员").actor, batch_id, name, "贷款已还", "解押 1", clock.now()
        )


def with_reserve(percent: int, kind: Kind) -> None:
    """Put a share of each further issuance of a kind into its reserve."""
    rule = ReserveDraft(kind, None, percent * 100, "试验规则")
    with transaction() as session:
        service.set_reserve(session, operator("储备员").actor, uuid4(), rule, clock.now())


def reversed_by(code: str, lost_kg: int, happened_on: date, name: UUID | None = None) -> None:
    """Disclose a fire in a project."""
    fire = ReversalDraft(Cause.FIRE, happened_on, lost_kg, "过火", "Burnt", "通报")
    with transaction() as session:
        service.disclose_reversal(
            session, operator("披露员").actor, code, name or uuid4(), fire, clock.now()
        )


def summit(required_kg: int, *, beneficiary: str = SUMMIT, named: bool = True) -> Purpose:
    """Return the purpose of an event that needs so many kilograms."""
    return Purpose(
        "event",
        uuid4(),
        "第四届数字中国建设峰会",
        "4th Digital China Summit",
        beneficiary,
        "Organising Committee of the Digital China Summit",
        required_kg,
        "会场用能、参会人员往返交通、住宿与餐饮",
        "Energy of the venue, travel of participants, lodging and catering",
        (
            StatementLine("场馆用电", "Venue electricity", "4211", ("grid.fujian@2023.1",)),
            StatementLine("参会交通", "Travel", str(required_kg - 4211), ("rail.hsr.cn@2019.1",)),
        ),
        (Exclusion("线上参会", "Online participation", "数据不足", "No data"),),
        date(2021, 4, 25),
        date(2021, 4, 26),
        named,
    )


def held(who: SignedIn, need_kg: int, *, wishes: Wishes | None = None, hold_id=None) -> Hold:
    """Hold credits for the summit."""
    with transaction() as session:
        return service.hold(
            session,
            who.actor,
            hold_id or uuid4(),
            organisation(SUMMIT),
            summit(need_kg),
            need_kg,
            wishes or Wishes(),
            clock.now(),
        )


def paid(hold: Hold, by: SignedIn | None = None) -> Hold:
    """Confirm the bank transfer of a hold."""
    payment = BankTransfer(f"BOC{hold.hold_id.hex[:12]}", hold.total_fen, clock.now().date())
    with transaction() as session:
        return service.confirm_payment(
            session, (by or operator()).actor, hold.hold_id, payment, clock.now()
        )


def retired(hold: Hold) -> Retirement:
    """Retire a paid hold."""
    with transaction() as session:
        return service.retire(session, hold.hold_id, clock.now())
