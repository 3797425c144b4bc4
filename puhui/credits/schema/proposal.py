"""Bundles that could be bought: what is asked, and what is proposed."""

from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, post_load

from puhui.credits.batch import LONGEST
from puhui.credits.bundle import Prefer, Wishes
from puhui.credits.kind import Kind
from puhui.credits.schema.batch import MOST_KG
from puhui.kernel.errors import Fault
from puhui.kernel.text import N_
from puhui.web.locale import said
from puhui.web.schema import (
    Boolean,
    Code,
    DecimalString,
    Enum,
    List,
    Nested,
    Schema,
    Text,
    Uuid,
    Whole,
    Year,
)


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


def reasons(line: Any) -> list[str]:
    """Return why a line was chosen, in the language of the answer."""
    return [said(why.message, **why.values) for why in line.why]
