"""Register planting bases."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.identity.queries import organisation
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.rewards.base import BaseDraft, judge
from puhui.rewards.errors import NameTaken
from puhui.rewards.model.base import PlantingBase
from puhui.rewards.queries.bases import BaseCard, card_of
from puhui.rewards.species import catalogue


def register_base(
    session: Session, actor: Actor, base_id: UUID, draft: BaseDraft, now: datetime
) -> BaseCard:
    """Register a base under the name that the operator gives; the same again changes nothing.

    Raises:
        Forbidden: the actor may not write bases.
        Invalid: with everything that cannot be right.
        NameTaken: the name was used for another base.
    """
    actor.require(Permission.BASE_WRITE)
    return ensure_base(session, base_id, draft, now, by=actor.person_id)


def ensure_base(
    session: Session, base_id: UUID, draft: BaseDraft, now: datetime, *, by: UUID | None = None
) -> BaseCard:
    """Register a base, or find it; nobody's permission is asked (for the example province).

    Raises:
        As `register_base`, except Forbidden.
    """
    faults = judge(draft, catalogue())
    if draft.organisation_id and organisation(session, draft.organisation_id) is None:
        faults.append(Fault("unknown_organisation", N_("没有这个组织"), field="organisation_id"))
    if faults:
        raise Invalid(faults)
    session.execute(
        insert(PlantingBase)
        .values(
            base_id=base_id,
            name_zh=draft.name_zh,
            name_en=draft.name_en,
            county_code=draft.county_code,
            address_zh=draft.address_zh,
            address_en=draft.address_en,
            area_m2=draft.area_m2,
            species=list(draft.species),
            season_from=draft.season_from,
            season_until=draft.season_until,
            organisation_id=draft.organisation_id,
            registered_by=by,
            registered_at=now,
        )
        .on_conflict_do_nothing()
    )
    row = session.get_one(PlantingBase, base_id)
    if row.draft != draft:
        raise NameTaken(base=str(base_id))
    return card_of(row)
