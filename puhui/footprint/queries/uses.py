"""What was computed with a factor, for whoever thinks of withdrawing it."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from puhui.factors.uses import Use, Uses
from puhui.footprint.model import Citation, Footprint, Label, Product
from puhui.kernel.text import N_


def uses_of_factor(session: Session, citation: str, most: int) -> Uses:
    """Return the footprints that rest on a version of a factor, labels first."""
    rests = Citation.citation == citation
    count = session.scalar(select(func.count()).select_from(Citation).where(rests)) or 0
    rows = session.execute(
        select(Product.name_zh, Footprint.number, Label.code)
        .join(Footprint, Footprint.product_id == Product.product_id)
        .join(Citation, Citation.footprint_id == Footprint.footprint_id)
        .outerjoin(Label, Label.footprint_id == Footprint.footprint_id)
        .where(rests)
        .order_by(Label.code.is_(None), Label.code, Product.name_zh, Footprint.number)
        .limit(most)
    )
    return Uses(
        count,
        [
            Use(N_("平台自愿碳标签"), f"{name} · {code}", f"/l/{code}")
            if code
            else Use(N_("碳足迹，尚无标签"), f"{name} · {number}", None)
            for name, number, code in rows
        ],
    )
