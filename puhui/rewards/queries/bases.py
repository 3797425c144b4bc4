"""Planting bases."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from puhui.rewards.errors import NoSuchBase
from puhui.rewards.model.base import PlantingBase
from puhui.rewards.model.planting import Planting
from puhui.rewards.species import Species, catalogue


@dataclass(frozen=True)
class BaseCard:
    """What everyone may know of a base. Months count 1 to 12; the area is in square metres."""

    base_id: UUID
    name_zh: str
    name_en: str
    county_code: str
    address_zh: str
    address_en: str
    area_m2: int
    species: tuple[Species, ...]
    season_from: int
    season_until: int
    organisation_id: UUID | None


def card_of(row: PlantingBase) -> BaseCard:
    """Return what everyone may know of the base."""
    known = catalogue()
    return BaseCard(
        row.base_id,
        row.name_zh,
        row.name_en,
        row.county_code,
        row.address_zh,
        row.address_en,
        row.area_m2,
        tuple(known[key] for key in row.species),
        row.season_from,
        row.season_until,
        row.organisation_id,
    )


def base(session: Session, base_id: UUID) -> BaseCard:
    """Return a base.

    Raises:
        NoSuchBase: there is none.
    """
    row = session.get(PlantingBase, base_id)
    if row is None:
        raise NoSuchBase(base=str(base_id))
    return card_of(row)


def bases(
    session: Session,
    *,
    county_code: str | None = None,
    after: tuple[str, UUID] | None = None,
    most: int = 100,
) -> Sequence[BaseCard]:
    """Return bases by county, those after (county code, base id) when given."""
    query = select(PlantingBase).order_by(PlantingBase.county_code, PlantingBase.base_id)
    if county_code is not None:
        query = query.where(PlantingBase.county_code == county_code)
    if after is not None:
        query = query.where(tuple_(PlantingBase.county_code, PlantingBase.base_id) > after)
    return [card_of(row) for row in session.scalars(query.limit(most))]


def last_used(session: Session, person_id: UUID) -> UUID | None:
    """Return the base of the person's last planting, or None for a first one."""
    return session.scalar(
        select(Planting.base_id)
        .where(Planting.person_id == person_id)
        .order_by(Planting.logged_at.desc(), Planting.planting_id.desc())
        .limit(1)
    )
