"""Offers on the wire."""

from typing import Any

from marshmallow import post_load

from puhui.rewards.offer import (
    LONGEST_CODE_DAYS,
    LONGEST_NAME,
    LONGEST_WORDS,
    MOST_POINTS,
    MOST_STOCK,
    Delivery,
    OfferDraft,
    OfferKind,
    Terms,
    TermsState,
)
from puhui.rewards.schema.base import COUNTY
from puhui.web.paging import CURSOR, Cursor, PageQuery, page_schema
from puhui.web.schema import (
    Boolean,
    Code,
    Day,
    Enum,
    Instant,
    Nested,
    Schema,
    Text,
    Uuid,
    Whole,
)


class TermsSchema(Schema):
    """What is offered, for how many points, where and until when."""

    name_zh = Text(LONGEST_NAME, required=True, example="竹牙刷一支")
    name_en = Text(LONGEST_NAME, required=True, example="A bamboo toothbrush")
    says_zh = Text(LONGEST_WORDS, required=True, example="凭兑换码到店领取，每人一支。")
    says_en = Text(LONGEST_WORDS, required=True, example="Fetched in the shop for a code.")
    points = Whole(minimum=1, maximum=MOST_POINTS, required=True, example=20)
    delivery = Enum(Delivery, required=True)
    county_code = Code(
        **COUNTY, required=True, allow_none=True, description="适用的县（市、区）；null 为全省"
    )
    offered_until = Day(required=True, example="2027-03-12", description="可兑换的末日")
    code_days = Whole(
        minimum=1, maximum=LONGEST_CODE_DAYS, required=True, example=30,
        description="兑换后几天内领取或寄出",
    )  # fmt: skip
    returns_unused = Boolean(required=True, description="兑换码到期未用是否退还积分")
    most_each = Whole(
        minimum=1, maximum=1000, required=True, allow_none=True, description="每人最多几件"
    )


class TermsDraftSchema(TermsSchema):
    """Terms as a partner proposes them."""

    @post_load
    def _terms(self, values: dict[str, Any], **_: Any) -> Terms:
        return Terms(**values)


class OfferDraftSchema(Schema):
    """An offer as its partner proposes it."""

    organisation_id = Uuid(required=True, description="合作商户")
    kind = Enum(OfferKind, required=True)
    stock = Whole(minimum=0, maximum=MOST_STOCK, required=True, example=100)
    terms = Nested(TermsDraftSchema, required=True)

    @post_load
    def _draft(self, values: dict[str, Any], **_: Any) -> OfferDraft:
        return OfferDraft(**values)


class OfferStockSchema(Schema):
    """How many there are in all."""

    stock = Whole(minimum=0, maximum=MOST_STOCK, required=True, example=120,
                  description="总数，含已兑换的")  # fmt: skip


class TermsDecisionSchema(Schema):
    """What an operator decides of proposed terms."""

    approved = Boolean(required=True)
    reason = Text(300, allow_none=True, load_default=None, description="不通过须写明原因")


class PartnerSchema(Schema):
    """A partner, as everybody may know it."""

    organisation_id = Uuid(required=True)
    name = Text(200, required=True)
    name_en = Text(200, required=True, allow_none=True)


class OfferSchema(Schema):
    """An offer on one version of its terms."""

    offer_id = Uuid(required=True)
    version_id = Uuid(required=True, description="所示内容的版本，兑换时须写明")
    number = Whole(required=True)
    partner = Nested(PartnerSchema, required=True)
    kind = Enum(OfferKind, required=True)
    terms = Nested(TermsSchema, required=True)
    state = Enum(TermsState, required=True)
    reason = Text(300, required=True, allow_none=True)
    stock = Whole(required=True)
    left = Whole(required=True, description="剩余数量")
    is_current = Boolean(required=True)
    withdrawn_at = Instant(required=True, allow_none=True)


OfferPageSchema = page_schema(OfferSchema)


class OfferListQuery(PageQuery):
    """Which offers are looked for."""

    county = Text(40, load_default=None, description="县（市、区）的名称或代码")
    kind = Enum(OfferKind, load_default=None)
    cursor = Cursor(parts=3, load_default=None, description=CURSOR)


class TermsFormSchema(Schema):
    """The page's form for terms: unticked is no, empty is none."""

    name_zh = Text(LONGEST_NAME, required=True)
    name_en = Text(LONGEST_NAME, required=True)
    says_zh = Text(LONGEST_WORDS, required=True)
    says_en = Text(LONGEST_WORDS, required=True)
    points = Whole(minimum=1, maximum=MOST_POINTS, required=True)
    delivery = Enum(Delivery, required=True)
    county_code = Code(**COUNTY, load_default=None)
    offered_until = Day(required=True)
    code_days = Whole(minimum=1, maximum=LONGEST_CODE_DAYS, required=True)
    returns_unused = Boolean(load_default=False)
    most_each = Whole(minimum=1, maximum=1000, load_default=None)

    @post_load
    def _terms(self, values: dict[str, Any], **_: Any) -> Any:
        return Terms(**values)


class OfferFormSchema(TermsFormSchema):
    """The page's form for a new offer."""

    organisation_id = Uuid(required=True)
    kind = Enum(OfferKind, required=True)
    stock = Whole(minimum=0, maximum=MOST_STOCK, required=True)

    @post_load
    def _terms(self, values: dict[str, Any], **_: Any) -> Any:
        own = {name: values.pop(name) for name in ("organisation_id", "kind", "stock")}
        return OfferDraft(**own, terms=Terms(**values))
