"""Bases, rules and plantings for tests."""

from datetime import date
from itertools import count
from uuid import UUID, uuid4, uuid5

from sqlalchemy import Table, text

from puhui.db.session import transaction
from puhui.kernel import clock
from puhui.outbox.service import publish_once
from puhui.register.model import RegisterEntry
from puhui.rewards.base import BaseDraft
from puhui.rewards.model.decision import ThresholdRow
from puhui.rewards.model.duty import DutyParameter
from puhui.rewards.model.rule import RuleRow
from puhui.rewards.planting import PlantingDraft, Point
from puhui.rewards.queries.plantings import PlantingCard
from puhui.rewards.review import Judgement, Reason, Verdict
from puhui.rewards.service import bases, duties, plantings, rules, thresholds
from tests.makers.identity import SPACE, SignedIn
from tests.makers.kept import keep, put_in, rows
from tests.makers.photo import photograph

CAMPHOR, FIR = "cinnamomum_camphora", "cunninghamia_lanceolata"
APPROVE = Judgement(Verdict.APPROVE)
BLURRED = Judgement(Verdict.REFUSE, Reason.PHOTO_UNCLEAR)

RULEBOOK: list[Table] = [
    model.__table__ for model in (RuleRow, DutyParameter, ThresholdRow, RegisterEntry)
]
KEPT_AT = text("SELECT max(recorded_at) FROM kept.register_entry")

_seeds = count(1000)


def rulebook() -> None:
    """Publish the rules, duty parameters and thresholds that the product ships.

    Where nothing is published yet, by a copy of the first time, if that was at the same instant:
    the register says of each rule when it was entered.
    """
    now = clock.now()
    with transaction() as session:
        known = any(rows(session, table.name) for table in RULEBOOK)
        kept = rows(session, "kept.register_entry")
        if kept and not known and now == session.scalar(KEPT_AT):
            put_in(session, RULEBOOK, now)
            publish_once(session, "register.recorded", now)
            return
        rules.load_rules(session, now)
        duties.load_parameters(session, now)
        thresholds.load_thresholds(session, now)
        if not kept and not known:
            keep(session, RULEBOOK)


def base(
    name: str = "常口村义务植树基地",
    *species: str,
    season: tuple[int, int] = (2, 4),
    county: str = "350428",
) -> UUID:
    """Make the base of this name, or find it."""
    base_id = uuid5(SPACE, name)
    draft = BaseDraft(
        name_zh=name,
        name_en="Changkou planting base",
        county_code=county,
        address_zh="福建省三明市将乐县高唐镇",
        address_en="Gaotang, Jiangle, Sanming, Fujian",
        area_m2=20_000,
        species=species or (CAMPHOR, FIR),
        season_from=season[0],
        season_until=season[1],
    )
    with transaction() as session:
        bases.ensure_base(session, base_id, draft, clock.now())
    return base_id


def photo(by: SignedIn, content: bytes | None = None) -> UUID:
    """Let the person send a photograph, another one each time."""
    photo_id = uuid4()
    if content is None:
        content = photograph(next(_seeds), size=(320, 240))
    with transaction() as session:
        plantings.send_photo(session, by.actor, photo_id, content, clock.now())
    return photo_id


def draft(
    by: SignedIn,
    trees: int = 3,
    *,
    species: str = CAMPHOR,
    on: date | None = None,
    photos: tuple[UUID, ...] | None = None,
    point: Point | None = None,
) -> PlantingDraft:
    """Say what the person planted: three camphors today, unless told otherwise."""
    day = on or clock.day_of(clock.now())
    return PlantingDraft(
        base(), species, trees, day, photos if photos is not None else (photo(by),), point
    )


def planted(by: SignedIn, trees: int = 3, on: date | None = None) -> UUID:
    """Let the person log a planting; return its id."""
    planting_id, said = uuid4(), draft(by, trees, on=on)
    with transaction() as session:
        plantings.log_planting(session, by.actor, planting_id, said, clock.now())
    return planting_id


def reviewed(by: SignedIn, planting_id: UUID, judgement: Judgement = APPROVE) -> PlantingCard:
    """Let a verifier judge a planting."""
    with transaction() as session:
        return plantings.review_planting(session, by.actor, planting_id, judgement, clock.now())
