"""What was counted of plantings by city and year."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.rewards.model.standing import CityYear
from puhui.rewards.statistic import Counted


def counted(session: Session) -> Sequence[Counted]:
    """Return every count, by city and year; what of it may be shown is another question."""
    rows = session.scalars(select(CityYear).order_by(CityYear.city, CityYear.year))
    return [
        Counted(
            row.city,
            row.year,
            row.plantings,
            row.trees,
            row.planted,
            row.alive,
            row.points,
            row.people,
            row.checked_people,
            row.counted_at,
        )
        for row in rows
    ]
