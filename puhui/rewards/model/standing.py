"""Projections: who stands where, and what is counted by city. All of it can be built again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, desc
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class Standing(Base):
    """What somebody, a team or a county has reached in a span of time."""

    __tablename__ = "rewards_standing"
    __table_args__ = (
        CheckConstraint("board IN ('people', 'teams', 'counties')", name="board_known"),
        CheckConstraint("score > 0 AND people > 0", name="counts"),
        CheckConstraint("board = 'people' OR people >= 5", name="nobody_singled_out"),
        Index("ix_rewards_standing_order", "board", "period", desc("score"), "subject"),
    )

    board: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    """The person's or the team's id, or the county's code."""
    period: Mapped[str] = mapped_column(primary_key=True)
    score: Mapped[int]
    people: Mapped[int]
    """How many have made it."""


class StandingStep(Base):
    """How many stand at a score: what a rank is counted from. Follows the standings (triggers)."""

    __tablename__ = "rewards_standing_step"
    __table_args__ = (CheckConstraint("subjects > 0", name="counts"),)

    board: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    score: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    subjects: Mapped[int]


class CityYear(Base):
    """What is counted of approved plantings of a city in a year, before anything is hidden."""

    __tablename__ = "rewards_city_year"

    city: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    plantings: Mapped[int]
    trees: Mapped[int]
    planted: Mapped[int]
    """Trees of plantings whose survival was checked."""
    alive: Mapped[int]
    points: Mapped[int]
    people: Mapped[int]
    checked_people: Mapped[int]
    counted_at: Mapped[datetime]
