"""The wire of credits. Money is whole fen, quantities are whole kilograms of CO2e."""

import re
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, post_load

from puhui.credits.batch import LONGEST, Encumbrance
from puhui.credits.bundle import Prefer, Wishes
from puhui.credits.certificate import CODE_LENGTH, Standing
from puhui.credits.hold import BankTransfer, HoldState
from puhui.credits.judicial import Judgment
from puhui.credits.kind import Kind
from puhui.credits.public import Filter
from puhui.credits.purpose import Document, OwnKind, PurposeDraft, PurposeKind
from puhui.credits.reversal import Cause, ReversalDraft
from puhui.credits.sponsor import Sponsor, are_whole
from puhui.kernel.errors import Fault
from puhui.kernel.quantity import Co2e, plain
from puhui.kernel.text import N_
from puhui.web.locale import said
from puhui.web.paging import PageQuery
from puhui.web.schema import (
    Boolean,
    Code,
    Day,
    DecimalString,
    Enum,
    Instant,
    List,
    Nested,
    Schema,
    Text,
    Uuid,
    Whole,
    Year,
)

MOST_KG = 10**12
NOT_WHOLE = N_("每家写一次，份额合计应为 100%")


class BatchDraftSchema(Schema):
    """A batch, in the words of the columns of an import file."""

    kind = Enum(Kind, required=True)
    project = Code(r"[A-Z0-9][A-Z0-9-]{1,39}", most=40, required=True, example="JL-CHANGKOU")
    project_name = Text(LONGEST, required=True)
    project_name_en = Text(LONGEST, required=True)
    county_code = Code(r"[1-9][0-9]{5}", most=6, required=True, example="350428")
    place = Text(LONGEST, required=True)
    place_en = Text(LONGEST, required=True)
    method = Text(LONGEST, required=True)
    beneficiaries = Text(LONGEST, required=True)
    beneficiaries_en = Text(LONGEST, required=True)
    households = Whole(minimum=0, maximum=10**9, load_default=None, allow_none=True)
    project_source = Text(LONGEST, required=True)
    registry = Text(LONGEST, required=True)
    serials = Text(LONGEST, required=True, example="LYTP-350428-0000001/1-2723000")
    quantity_kg = Whole(minimum=1, maximum=MOST_KG, required=True)
    period_starts = Day(required=True)
    period_ends = Day(required=True)
    price_yuan_per_t = DecimalString(more_than=0, places=2, required=True, example="15.55")
    seller = Text(LONGEST, required=True)
    encumbrance = Enum(Encumbrance, load_default=Encumbrance.NONE)
    encumbrance_note = Text(LONGEST, may_be_blank=True, load_default="")
    source = Text(LONGEST, required=True)
    method_en = Text(LONGEST, load_default="")
    filing_number = Text(60, load_default="", description="FFCER：备案编号")
    project_number = Text(60, load_default="", description="CCER、VCS：登记系统项目编号")
    methodology = Text(60, load_default="", description="CCER、VCS：方法学编号")
    vintage = Code("(19|20)[0-9]{2}", most=4, load_default="", description="VCS：年份")
    certifications = Text(100, load_default="", description="VCS：附加认证")
    ticket_number = Code("[0-9]{7}", most=7, load_default="", description="林业碳票：编号")
    area_mu = DecimalString(more_than=0, places=2, load_default=None, description="林业碳票：亩")
    tree_id = Code("[A-Z0-9]{1,40}", most=40, load_default="", description="单株碳汇：树木编号")
    household = Code(
        "[A-Z0-9][A-Z0-9-]{0,39}", most=40, load_default="", description="单株碳汇：农户编号"
    )
    village = Text(100, load_default="", description="单株碳汇、一元碳汇：村")
    farmer = Code(
        "[A-Z0-9][A-Z0-9-]{0,39}", most=40, load_default="", description="一元碳汇：林农编号"
    )

    @post_load
    def _cells(self, found: dict[str, Any], **_: Any) -> dict[str, str]:
        """Return the texts that a row of a file would have: both are read by the same rules."""
        return {
            name: ""
            if value is None
            else plain(value)
            if isinstance(value, Decimal)
            else str(value)
            for name, value in found.items()
        }


class BatchDetailsSchema(Schema):
    """What a batch of its kind has besides; what a kind has not, or is not on record, is absent."""

    filing_number = Text(60)
    project_number = Text(60)
    methodology = Text(60)
    vintage = Text(4)
    certifications = Text(100)
    ticket_number = Text(7)
    area_mu = Text(20)
    tree_id = Text(40)
    household = Text(40)
    village = Text(100)
    farmer = Text(40)


class BatchSchema(Schema):
    """A batch as everyone may see it."""

    batch_id = Uuid(required=True)
    kind = Enum(Kind, required=True)
    project_code = Text(LONGEST, required=True)
    project_name = Text(LONGEST, required=True)
    project_name_en = Text(LONGEST, required=True)
    county_code = Text(6, required=True)
    place = Text(LONGEST, required=True)
    place_en = Text(LONGEST, required=True)
    method = Text(LONGEST, required=True)
    beneficiaries = Text(LONGEST, required=True)
    beneficiaries_en = Text(LONGEST, required=True)
    households = Whole(required=True, allow_none=True)
    registry = Text(LONGEST, required=True)
    serials = Text(LONGEST, required=True)
    ours = Boolean(required=True, description="序列号为本平台格式，并非登记系统公布的格式")
    period_starts = Day(required=True)
    period_ends = Day(required=True)
    price_fen_per_t = Whole(required=True)
    seller = Text(LONGEST, required=True)
    encumbrance = Enum(Encumbrance, required=True)
    source = Text(LONGEST, required=True)
    quantity_kg = Whole(required=True)
    available_kg = Whole(required=True)
    held_kg = Whole(required=True)
    retired_kg = Whole(required=True)
    cancelled_kg = Whole(required=True)
    reserved_kg = Whole(required=True, description="held_kg 之中：在储备里，不出售")
    encumbered_kg = Whole(required=True, description="held_kg 之中：因权利限制留出")
    details = Nested(BatchDetailsSchema, required=True)


class BatchesQuery(PageQuery):
    """Which batches to list."""

    kind = Enum(Kind, load_default=None)
    on_sale = Boolean(load_default=False, description="只列可售的批次")


class ImportedSchema(Schema):
    """How many batches of the file are in the books now."""

    batches = Whole(minimum=1, required=True)


class EncumbranceSchema(Schema):
    """Somebody's right to a batch."""

    encumbrance = Enum(Encumbrance, required=True)
    note = Text(LONGEST, may_be_blank=True, load_default="")
    claimant = Text(LONGEST, may_be_blank=True, load_default="", description="权利人：单位名称")
    document = Text(LONGEST, may_be_blank=True, load_default="", description="所依据的文件")


@dataclass(frozen=True)
class Asked:
    """A question for a bundle: so many kilograms, or so much money."""

    need_kg: int | None
    budget_fen: int | None
    wishes: Wishes


class ProposalQuery(Schema):
    """What is needed or may be spent, and wished for."""

    need_kg = Whole(minimum=1, maximum=MOST_KG, load_default=None, example=139560)
    budget_fen = Whole(
        minimum=1, maximum=10**12, load_default=None, description="预算（分）；与 need_kg 二选一"
    )
    kinds = List(Enum(Kind), most=len(Kind), load_default=list, description="只用这些种类")
    counties = List(
        Code("[1-9][0-9]{1,5}", most=6),
        most=20,
        load_default=list,
        description="只用这些地方的，按行政区划代码或其开头",
    )
    share_kind = Enum(Kind, load_default=None, description="这一种类至少占 share_percent")
    share_percent = Whole(minimum=1, maximum=100, load_default=None)
    share_county = Code("[1-9][0-9]{1,5}", most=6, load_default=None)
    share_county_percent = Whole(minimum=1, maximum=100, load_default=None)
    share_vintage = Year(load_default=None)
    share_vintage_percent = Whole(minimum=1, maximum=100, load_default=None)
    highest_fen_per_t = Whole(minimum=1, maximum=10**12, load_default=None)
    prefer = Enum(Prefer, load_default=Prefer.NOTHING, description="价格相近时更看重什么")
    dearer_percent = Whole(
        minimum=0, maximum=1000, load_default=0, description="为此最多比最便宜的贵百分之几"
    )

    @post_load
    def _asked(self, found: dict[str, Any], **_: Any) -> Asked:
        budget_fen = self._budget(found)
        if (found["need_kg"] is None) == (budget_fen is None):
            raise ValidationError(
                {"need_kg": [Fault("need_or_budget", N_("请填所需数量或预算，二者之一"))]}
            )

        def share(by: str) -> dict[Any, int]:
            percent = found[f"share_{by}_percent" if by != "kind" else "share_percent"]
            return {found[f"share_{by}"]: percent} if found[f"share_{by}"] and percent else {}

        wishes = Wishes(
            tuple(found["kinds"]),
            tuple(found["counties"]),
            share("kind"),
            found["highest_fen_per_t"],
            share("county"),
            share("vintage"),
            found["prefer"],
            found["dearer_percent"],
        )
        return Asked(found["need_kg"], budget_fen, wishes)

    def _budget(self, found: dict[str, Any]) -> int | None:
        told: int | None = found["budget_fen"]
        return told


class ProposalFormQuery(ProposalQuery):
    """The same, as a person asks it: money in yuan."""

    budget_yuan = DecimalString(more_than=0, places=2, load_default=None)

    def _budget(self, found: dict[str, Any]) -> int | None:
        return None if found["budget_yuan"] is None else int(found["budget_yuan"] * 100)


class LineSchema(Schema):
    """So much of a batch."""

    batch_id = Uuid(required=True)
    kind = Enum(Kind, required=True)
    quantity_kg = Whole(required=True)
    price_fen_per_t = Whole(required=True)
    cost_fen = Whole(required=True)
    why = List(Text(LONGEST), most=10, required=True)
    left_kg = Whole(required=True, allow_none=True, description="此批次此后还剩多少可售")


class ProposalSchema(Schema):
    """What to buy for a need."""

    need_kg = Whole(required=True)
    total_kg = Whole(required=True)
    surplus_kg = Whole(required=True, description="因取整多出的数量，不能另作他用")
    total_fen = Whole(required=True)
    greedy_fen = Whole(required=True, description="只按单价逐批购买的费用，供比较")
    proven = Boolean(required=True, description="已证明没有更好的组合")
    at_least_fen = Whole(
        required=True, allow_none=True, description="未证明时：任何组合至少要花多少"
    )
    lines = List(Nested(LineSchema), most=100_000, required=True)


class PurchaseSchema(Schema):
    """What an organisation retires credits for, and wishes of them."""

    organisation_id = Uuid(required=True)
    kind = Enum(OwnKind, required=True)
    title_zh = Text(LONGEST, required=True)
    title_en = Text(LONGEST, may_be_blank=True, load_default="")
    required_kg = Whole(minimum=1, maximum=MOST_KG, required=True, example=81868)
    boundary_zh = Text(2000, required=True, description="核算边界，以及数量由何而来")
    boundary_en = Text(2000, may_be_blank=True, load_default="")
    begins_on = Day(load_default=None)
    ends_on = Day(load_default=None)
    document_title = Text(LONGEST, load_default=None, description="司法修复必填：所依据的文书")
    document_number = Text(100, load_default=None, description="文号")
    document_issued_on = Day(load_default=None)
    document_sha256 = Code("[0-9a-f]{64}", most=64, load_default="")
    judged_loss_kg = DecimalString(
        more_than=0, places=3, load_default=None, description="司法修复：文书认定的碳汇损失（千克）"
    )
    judged_times = DecimalString(
        minimum=1, places=2, load_default=None, description="按损失的几倍修复"
    )
    judged_volume_m3 = DecimalString(
        more_than=0, places=4, load_default=None, description="所涉林木（立方米）"
    )
    kinds = List(Enum(Kind), most=len(Kind), load_default=list, description="只用这些种类")

    @post_load
    def _purchase(self, found: dict[str, Any], **_: Any) -> tuple[PurposeDraft, Wishes]:
        wishes = Wishes(kinds=tuple(found.pop("kinds")))
        named = ("title", "number", "issued_on")
        said = {name: found.pop(f"document_{name}") for name in (*named, "sha256")}
        lacking = [f"document_{name}" for name in named if said[name] is None]
        wanted = found["kind"] is OwnKind.JUDICIAL or any(said.values())
        if wanted and lacking:
            fault = Fault("document_incomplete", N_("请写明所依据的文书：名称、文号和日期"))
            raise ValidationError({name: [fault] for name in lacking})
        starts, ends = found["begins_on"], found["ends_on"]
        if starts and ends and ends < starts:
            fault = Fault("ends_before_it_begins", N_("结束不能早于开始"))
            raise ValidationError({"ends_on": [fault]})
        judged = {name: found.pop(f"judged_{name}") for name in ("loss_kg", "times", "volume_m3")}
        document = Document(**said) if wanted else None
        return PurposeDraft(
            **found, document=document, judgment=_judgment(judged, found["kind"], document)
        ), wishes


def _judgment(
    judged: dict[str, Decimal | None], kind: OwnKind, document: Document | None
) -> Judgment | None:
    """Return what a court's document says of the loss: all of it, or nothing."""
    if not any(value is not None for value in judged.values()):
        return None
    lacking = [f"judged_{name}" for name, value in judged.items() if value is None]
    if lacking:
        fault = Fault("judgment_incomplete", N_("请写全损失、倍数和林木蓄积，或都不写"))
        raise ValidationError({name: [fault] for name in lacking})
    if kind is not OwnKind.JUDICIAL or document is None:
        fault = Fault("only_for_judicial", N_("只有司法修复才填此项"))
        raise ValidationError({"judged_loss_kg": [fault]})
    loss, times, volume = (value or Decimal(0) for value in judged.values())
    return Judgment(Co2e(loss), times, volume, f"{document.title} {document.number}")


class SponsorSchema(Schema):
    """A share of a retirement."""

    name = Text(LONGEST, required=True)
    name_en = Text(LONGEST, may_be_blank=True, load_default="")
    percent = DecimalString(more_than=0, places=2, required=True, example="62.5")

    @post_load
    def _sponsor(self, found: dict[str, Any], **_: Any) -> Sponsor:
        return Sponsor(found["name"], found["name_en"], int(found["percent"] * 100))


class SponsorsSchema(Schema):
    """Shares that are the whole, or none."""

    sponsors = List(Nested(SponsorSchema), most=100, required=True)

    @post_load
    def _whole(self, found: dict[str, Any], **_: Any) -> dict[str, Any]:
        if found["sponsors"] and not are_whole(found["sponsors"]):
            raise ValidationError({"sponsors": [Fault("not_whole", NOT_WHOLE)]})
        return found


class SponsorsFormSchema(Schema):
    """The same, as a person writes it: a line for each, its share last."""

    sponsors = Text(20_000, may_be_blank=True, load_default="")

    @post_load
    def _lines(self, found: dict[str, Any], **_: Any) -> list[Sponsor]:
        read = [_sponsor_of(line) for line in found["sponsors"].splitlines() if line.strip()]
        sponsors = [each for each in read if each is not None]
        if len(sponsors) < len(read) or (sponsors and not are_whole(sponsors)):
            raise ValidationError({"sponsors": [Fault("not_whole", NOT_WHOLE)]})
        return sponsors


def _sponsor_of(line: str) -> Sponsor | None:
    """Return what `name, percent` or `name, name in English, percent` says, or None."""
    parts = [part.strip() for part in re.split("[,，]", line)]
    written = re.fullmatch(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?", parts[-1].rstrip("% "))
    if len(parts) not in (2, 3) or not parts[0] or written is None:
        return None
    name_en = parts[1] if len(parts) == 3 else ""
    return Sponsor(parts[0], name_en, int(written[1] + f"{written[2] or '':0<2}"))


class PersonalPurchaseSchema(Schema):
    """So many yuan of 一元碳汇: ten kilograms each."""

    yuan = Whole(minimum=1, maximum=100_000, required=True, example=10)


class HoldSchema(ProposalSchema):
    """Credits kept for a purpose, at a frozen price."""

    class Meta(ProposalSchema.Meta):
        exclude = ("proven", "at_least_fen")

    hold_id = Uuid(required=True)
    organisation_id = Uuid(required=True, allow_none=True, description="个人认购时为空")
    purpose_kind = Text(40, required=True)
    purpose_id = Uuid(required=True)
    title = Text(LONGEST, required=True)
    state = Enum(HoldState, required=True)
    reference = Text(40, required=True, description="转账时写在附言里")
    made_at = Instant(required=True)
    expires_at = Instant(required=True)
    certificate = Text(CODE_LENGTH, required=True, allow_none=True)


class PaymentSchema(Schema):
    """A bank transfer that has arrived."""

    reference = Text(100, required=True, description="银行流水号")
    amount_fen = Whole(minimum=1, maximum=10**15, required=True)
    paid_on = Day(required=True)

    @post_load
    def _transfer(self, found: dict[str, Any], **_: Any) -> BankTransfer:
        return BankTransfer(**found)


class PaymentFormSchema(Schema):
    """The same, as a person writes it: in yuan."""

    reference = Text(100, required=True)
    amount_yuan = DecimalString(more_than=0, places=2, required=True)
    paid_on = Day(required=True)

    @post_load
    def _transfer(self, found: dict[str, Any], **_: Any) -> BankTransfer:
        return BankTransfer(found["reference"], int(found["amount_yuan"] * 100), found["paid_on"])


class IncomingSchema(Schema):
    """What one incoming transfer of a bank's file came to."""

    row = Whole(minimum=1, required=True)
    bank_reference = Text(100, required=True, description="银行流水号")
    amount_fen = Whole(minimum=1, required=True)
    paid_on = Day(required=True)
    hold_reference = Text(40, required=True, allow_none=True, description="附言中的预留单号")
    outcome = Text(
        40,
        required=True,
        description="confirmed 已确认；known 以前确认过；其余为拒绝的代码，款项须由人处理",
    )


class BankFileSchema(Schema):
    """What the incoming transfers of a bank's file came to."""

    transfers = List(Nested(IncomingSchema), most=50_000, required=True)


class RetirementsFilter(Schema):
    """Which retirements are asked for; everything given has to hold."""

    search = Text(
        200, may_be_blank=True, load_default="", description="名称、项目、受益人、证书编号或序列号"
    )
    serial = Text(200, load_default="", description="序列号或一段序列号，任何写法")
    project = Text(200, load_default="", description="项目代码，或名称的一部分")
    event = Text(200, load_default="", description="用途名称的一部分")
    beneficiary = Text(200, load_default="", description="受益人名称的一部分；只找同意公开的")
    kind = Enum(Kind, load_default=None)
    county = Code("[1-9][0-9]{1,5}", most=6, load_default="", description="行政区划代码或其开头")
    purpose = Enum(PurposeKind, load_default=None)
    year = Year(load_default=None, description="注销的年份")

    def filter_of(self, found: dict[str, Any]) -> Filter:
        """Return what is asked for beside the page."""
        said = {each.name: found[each.name] for each in fields(Filter)}
        return Filter(**{**said, "purpose": said["purpose"] or ""})


class RetirementsQuery(RetirementsFilter, PageQuery):
    """Which retirements to list, and from where on."""

    @post_load
    def _asked(self, found: dict[str, Any], **_: Any) -> tuple[Filter, dict[str, Any]]:
        return self.filter_of(found), found


class RegisterQuery(RetirementsFilter):
    """The same for a page or a file."""

    before = Text(100, load_default="")

    @post_load
    def _asked(self, found: dict[str, Any], **_: Any) -> tuple[Filter, str]:
        return self.filter_of(found), found["before"]


class RetirementSchema(Schema):
    """A retirement as everyone may see it."""

    retirement_id = Uuid(required=True)
    code = Text(CODE_LENGTH, required=True)
    purpose_kind = Text(40, required=True)
    title = Text(LONGEST, required=True)
    title_en = Text(LONGEST, required=True)
    beneficiary = Text(LONGEST, may_be_blank=True, required=True)
    beneficiary_en = Text(LONGEST, may_be_blank=True, required=True)
    quantity_kg = Whole(required=True)
    required_kg = Whole(required=True)
    retired_at = Instant(required=True)
    serials = List(Text(LONGEST), most=100_000, required=True)
    projects = List(Text(LONGEST), most=100_000, required=True)


class DocumentSchema(Schema):
    """What a certificate says; its form is fixed by its version `v`."""

    class Meta:
        unknown = "include"


class ErratumSchema(Schema):
    """A public correction."""

    says_zh = Text(2000, required=True)
    says_en = Text(2000, required=True)


class ErratumShownSchema(Schema):
    """A public correction, as it is shown."""

    zh = Text(2000, required=True)
    en = Text(2000, required=True)
    at = Instant(required=True)


class ProjectReversalSchema(Schema):
    """What a project has lost."""

    cause = Enum(Cause, required=True)
    happened_on = Day(required=True)
    lost_kg = Whole(minimum=1, maximum=MOST_KG, required=True)
    says_zh = Text(2000, required=True)
    says_en = Text(2000, required=True)
    source = Text(LONGEST, required=True)

    @post_load
    def _draft(self, found: dict[str, Any], **_: Any) -> ReversalDraft:
        return ReversalDraft(**found)


class CertificateSchema(Schema):
    """A certificate with what is needed to check it offline (`puhui register check FILE`)."""

    document = Nested(DocumentSchema, required=True)
    standing = Enum(Standing, required=True)
    errata = List(Nested(ErratumShownSchema), most=1000, required=True)
    reversals = List(Nested(DocumentSchema), most=1000, required=True)
    openings = Nested(DocumentSchema, required=True)
    signature = Nested(DocumentSchema, required=True, allow_none=True)
    proof = Text(100_000, required=True, allow_none=True)
    key = Text(LONGEST, required=True, allow_none=True)


def reasons(line: Any) -> list[str]:
    """Return why a line was chosen, in the language of the answer."""
    return [said(why.message, **why.values) for why in line.why]
