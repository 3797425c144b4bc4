"""A village and a school of the example province plant together, so that their pages are alive."""

from datetime import datetime
from io import BytesIO
from random import Random
from uuid import UUID, uuid5

from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from puhui.example.people import example_id
from puhui.identity import consents
from puhui.identity import queries as identity
from puhui.identity.purpose import TEXTS, Purpose
from puhui.kernel.actor import Actor
from puhui.kernel.clock import day_of
from puhui.rewards.planting import PlantingDraft
from puhui.rewards.queries import bases
from puhui.rewards.queries.teams import live_code
from puhui.rewards.review import Judgement, Verdict
from puhui.rewards.service import plantings, standings, teams
from puhui.rewards.team import CODE_LENGTH, TeamDraft, TeamKind

CHANGKOU = UUID("6c7f2d6e-8a43-5d0b-9a0e-3b1f4c5d6e01")
FUZHOU = UUID("6c7f2d6e-8a43-5d0b-9a0e-3b1f4c5d6e03")
PLANTED = (
    # Who, where, what, how many.
    ("li", CHANGKOU, "cinnamomum_camphora", 3),
    ("wang", CHANGKOU, "schima_superba", 5),
    ("zheng", CHANGKOU, "cunninghamia_lanceolata", 5),
    ("he", CHANGKOU, "liquidambar_formosana", 2),
    ("luo", CHANGKOU, "cinnamomum_camphora", 8),
    ("guo", FUZHOU, "prunus_campanulata", 3),
)
VILLAGE = ("zheng", ("li", "wang", "he", "luo"))
SCHOOL = ("guo", ("xiaoman",))
RANKED = ("wang", "zheng", "luo")


def load_together(session: Session, people: dict[str, UUID], now: datetime) -> None:
    """Let example people form teams, plant, be verified, and three of them be ranked."""
    actors = {key: identity.actor_of_person(session, person) for key, person in people.items()}
    _team(session, actors, "常口村植树队（示例）", TeamKind.VILLAGE, "350428", VILLAGE, now)
    _team(session, actors, "榕城中学（示例）", TeamKind.SCHOOL, "350102", SCHOOL, now)
    for key in RANKED:
        for purpose in (Purpose.RANKING, Purpose.TEAM):
            consents.give(
                session,
                actors[key],
                people[key],
                purpose,
                TEXTS[purpose].hash,
                "console",
                now,
            )
    for number, (key, base_id, species, trees) in enumerate(PLANTED):
        # Loaded on another day it would be another planting.
        if bases.last_used(session, people[key]) is not None:
            continue
        name = example_id(f"planting {key}")
        photo_id = uuid5(name, "photo")
        plantings.send_photo(session, actors[key], photo_id, saplings(number, trees), now)
        draft = PlantingDraft(base_id, species, trees, day_of(now), (photo_id,))
        plantings.log_planting(session, actors[key], name, draft, now)
        plantings.review_planting(session, actors["han"], name, Judgement(Verdict.APPROVE), now)
    session.flush()
    standings.recount_places(session, now)


def _team(
    session: Session,
    actors: dict[str, Actor],
    name: str,
    kind: TeamKind,
    county_code: str,
    who: tuple[str, tuple[str, ...]],
    now: datetime,
) -> None:
    """Make a team and let its members in; its code follows from its name, as all is invented."""
    lead, others = who
    team_id = example_id(f"team {name}")
    drawn = (team_id.bytes * 2)[:CODE_LENGTH]
    draft = TeamDraft(kind, name, county_code, asks_first=False, ranked=True)
    teams.make_team(session, actors[lead], team_id, draft, drawn, now)
    for key in others:
        teams.ask_to_join(
            session,
            actors[key],
            uuid5(team_id, key),
            live_code(session, team_id) or "",
            None,
            now,
        )


def saplings(seed: int, trees: int) -> bytes:
    """Return a drawn picture of so many saplings on a slope, another for each seed: a JPEG."""
    chance = Random(seed)  # noqa: S311  a drawing, no secret
    picture = Image.new("RGB", (960, 720), (214, 229, 236))
    drawing = ImageDraw.Draw(picture)
    for band in range(4):
        base = 250 + band * 110
        points = [(x, base + chance.randint(-45, 45)) for x in range(0, 1041, 120)]
        shade = chance.randint(70, 130) - band * 12
        drawing.polygon([*points, (960, 720), (0, 720)], fill=(shade, shade + 45, shade - 20))
    for number in range(trees):
        x = (number + 1) * 960 // (trees + 1) + chance.randint(-25, 25)
        foot, height = chance.randint(520, 680), chance.randint(120, 220)
        drawing.line((x, foot, x, foot - height), fill=(96, 70, 48), width=9)
        for _ in range(9):
            dx, dy = chance.randint(-55, 55), chance.randint(-70, 20)
            size = chance.randint(18, 40)
            middle = (x + dx, foot - height + dy)
            drawing.ellipse(
                (middle[0] - size, middle[1] - size, middle[0] + size, middle[1] + size),
                fill=(chance.randint(30, 80), chance.randint(110, 160), chance.randint(40, 80)),
            )
    out = BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()
