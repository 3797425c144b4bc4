"""What footprints keep of people: who bought what with a label, and who acted for whom."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.db.personal import About, Personal, Trace
from puhui.footprint.model import (
    Attachment,
    Batch,
    Citation,
    ClaimDevice,
    Finding,
    Footprint,
    InventoryRow,
    Label,
    PolicyRow,
    Product,
    ProductChange,
    Review,
    Scan,
    Serial,
    TakeBack,
    VainTry,
    WrongPin,
)
from puhui.kernel.text import N_

_OFFICE = N_("产品的足迹和标签属于机构，核查须可追查；编号不再指向任何人")
_ONCE = N_("每件产品只能认领一次，回收一次；编号不再指向任何人")


def _binds(session: Session, organisation_id: UUID, now: datetime) -> Sequence[str]:
    """A label in force stands on products in people's hands."""
    live = (
        select(Label.label_id)
        .join(Footprint, Footprint.footprint_id == Label.footprint_id)
        .join(Product, Product.product_id == Footprint.product_id)
        .where(
            Product.organisation_id == organisation_id,
            Label.withdrawn_at.is_(None),
            Label.expires_at > now,
        )
        .limit(1)
    )
    return (
        [N_("您是“%(organisation)s”唯一的管理员，那里还有有效的碳标签：请先撤下，或请人接任管理员")]
        if session.scalar(live) is not None
        else []
    )


PERSONAL = Personal(
    "footprint",
    about=(
        About(
            Serial,
            "labelled_purchases",
            ("claimant_id",),
            stays=_ONCE,
            codes=frozenset({"token_hash", "pin_hash", "state"}),
            withheld=frozenset({"token_hash", "pin_hash", "sold_by"}),
        ),
        About(TakeBack, "returned_for_recycling", ("person_id",), stays=_ONCE),
        About(WrongPin, "wrong_pins", ("person_id",), withheld=frozenset({"token_hash"})),
        About(ClaimDevice, "claim_devices", ("person_id",), withheld=frozenset({"device"})),
        About(VainTry, "tries_in_vain", ("person_id",), withheld=frozenset({"token_hash"})),
    ),
    traces=(
        Trace(Serial, ("sold_by",), _OFFICE),
        Trace(Footprint, ("declared_by", "verifier_id"), _OFFICE),
        Trace(Review, ("reviewer_id",), _OFFICE),
        Trace(ProductChange, ("declared_by",), _OFFICE),
        Trace(InventoryRow, ("changed_by",), _OFFICE),
        Trace(Label, ("issued_by",), _OFFICE),
        Trace(Batch, ("printed_by", "left_by"), _OFFICE),
    ),
    of_nobody={
        Product: N_("产品"),
        Attachment: N_("哪份文件支持哪一版足迹"),
        Citation: N_("足迹引用的因子"),
        PolicyRow: N_("标签有效期的规则"),
        Finding: N_("重算的结果"),
        Scan: N_("一件产品的页面第一次打开的时间，或有所在城市，不记是谁；领取 30 天后忘记城市"),
    },
    binds=_binds,
)
