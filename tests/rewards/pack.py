"""Three hundred honest records and three hundred dishonest ones, made from a seed.

It was written before any threshold was tried on it and knows none of them: people, phones, clocks
and places err here as they do outside, and cheats do what is said of them. Pictures are real
pixels that go through real JPEG, so that the hashes see what they would see.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from math import cos, pi, radians, sin
from random import Random
from uuid import UUID

import numpy as np
from PIL import Image, ImageEnhance

from puhui.evidence.geodesy import Datum, Place, to_gcj02
from puhui.evidence.phash import distance, perceptual_hash
from puhui.kernel.clock import day_of
from puhui.rewards.claim_signal import ClaimFacts
from puhui.rewards.planting import PlantingDraft, Point
from puhui.rewards.planting_signal import Circumstances, Earlier, Ground, Shot, Weighed
from puhui.rewards.scan_place import away

SPRING = datetime(2026, 2, 15, 0, tzinfo=UTC)
METRES_A_DEGREE = 111_195
EACH = 25

HOME = "350102"
"""Gulou, Fuzhou."""

Where = tuple[float, float]


@dataclass(frozen=True)
class Record:
    """A planting or a claim, and what it truly is: "honest", or the name of an attack."""

    truth: str
    record_id: UUID
    planting: Weighed | None = None
    claim: ClaimFacts | None = None
    wrong_datum: bool = False
    copied: bool = False
    """Its photograph is another one, saved again."""
    scan_city: str | None = None
    """Where the unit of a claim was first scanned, as a proxy tells it; the shops are in `HOME`."""


@dataclass
class Site:
    """A planting base."""

    base_id: UUID
    centre: Where
    radius_m: int
    species: tuple[str, ...]
    season: tuple[int, int]
    trees: int = 0

    @property
    def area_m2(self) -> int:
        return int(pi * self.radius_m**2)


@dataclass
class Planter:
    """A person with a history."""

    since: datetime
    home: Site
    earlier: list[Earlier] = field(default_factory=list)


@dataclass(frozen=True)
class Picture:
    """A photograph as it lies on somebody's phone."""

    content: bytes
    hashes: tuple[bytes, bytes]


class World:
    """A spring in Fujian."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.noise = np.random.default_rng(seed)
        self.seen: list[tuple[UUID, Picture]] = []
        self.sites = [
            Site(self.name(), where, radius, species, season)
            for where, radius, species, season in (
                ((26.7321, 117.4712), 80, ("camphor", "fir", "schima"), (2, 4)),
                ((26.7930, 117.8100), 138, ("fir", "schima"), (12, 3)),
                ((26.0745, 119.2965), 50, ("cherry", "maple"), (2, 4)),
                ((25.0740, 117.0170), 200, ("pine", "fir"), (1, 4)),
                ((24.4798, 118.0894), 60, ("fig", "camphor"), (2, 5)),
                ((26.6656, 119.5479), 150, ("mangrove",), (3, 6)),
            )
        ]

    def name(self) -> UUID:
        return UUID(int=self.random.getrandbits(128))

    def chance(self, percent: float) -> bool:
        return self.random.random() * 100 < percent

    # Pictures --------------------------------------------------------------------------------

    def scene(self) -> Image.Image:
        """A scene of its own: sky over ground, trunks, and texture of every scale (1/f)."""
        height, width = 144, 192
        spectrum = np.fft.fftfreq(height)[:, None] ** 2 + np.fft.rfftfreq(width)[None, :] ** 2
        waves = np.fft.rfft2(self.noise.normal(size=(height, width)))
        texture = np.fft.irfft2(waves / np.maximum(spectrum, 1e-4) ** 0.55, s=(height, width))
        texture /= texture.std()
        rows = np.linspace(1, 0, height)[:, None]
        horizon = self.noise.uniform(0.2, 0.6)
        light = np.where(rows > 1 - horizon, 1.1, -0.4) + 0.8 * texture
        for _ in range(self.noise.integers(1, 6)):
            at, wide = self.noise.integers(0, width - 12), self.noise.integers(2, 11)
            light[int(height * self.noise.uniform(0.1, 0.5)) :, at : at + wide] -= 1.2
        grey = np.clip(120 + 45 * light, 0, 255)
        colour = np.stack([grey * 0.9, grey, grey * 0.75], axis=-1).astype(np.uint8)
        return Image.fromarray(colour, "RGB").resize((320, 240), Image.Resampling.BICUBIC)

    def taken(self, scene: Image.Image, quality: int = 92) -> Picture:
        content = BytesIO()
        scene.save(content, "JPEG", quality=quality)
        image = Image.open(content)
        image.load()
        mirrored = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        return Picture(content.getvalue(), (perceptual_hash(image), perceptual_hash(mirrored)))

    def photo(self) -> Picture:
        return self.taken(self.scene())

    def edited(self, how: Callable[[Image.Image], Image.Image]) -> Picture:
        """Somebody's earlier photograph, changed and saved again as messengers do."""
        _, picture = self.random.choice(self.seen)
        image = how(Image.open(BytesIO(picture.content)))
        scale = self.random.uniform(0.5, 1)
        size = (int(image.width * scale), int(image.height * scale))
        return self.taken(
            image.resize(size, Image.Resampling.BICUBIC), self.random.randrange(30, 81)
        )

    def nearest(self, record_id: UUID, picture: Picture) -> int:
        """Bits to the nearest earlier photograph of another record, as is or mirrored."""
        return min(
            (
                distance(mine, other.hashes[0])
                for owner, other in self.seen
                if owner != record_id
                for mine in picture.hashes
            ),
            default=256,
        )

    # Places ----------------------------------------------------------------------------------

    def near(self, centre: Where, metres: float) -> Where:
        """A point so far from another, in whichever direction."""
        angle = self.random.uniform(0, 2 * pi)
        north = metres * cos(angle) / METRES_A_DEGREE
        east = metres * sin(angle) / (METRES_A_DEGREE * cos(radians(centre[0])))
        return centre[0] + north, centre[1] + east

    def within(self, site: Site) -> Where:
        return self.near(site.centre, site.radius_m * self.random.random() ** 0.5)

    def reported(self, true: Where) -> tuple[Point, bool]:
        """What a phone says of a place: unsure, in either datum, at times under the wrong name."""
        unsure = min(5000, int(self.random.lognormvariate(2.6, 0.9)))
        if self.chance(1):
            unsure = self.random.randrange(500, 3000)
        felt = self.near(true, abs(self.random.gauss(0, unsure / 1.5)))
        shifted = self.chance(50)
        said = Datum.GCJ02 if shifted else Datum.WGS84
        wrong = self.chance(25)
        if wrong:
            said = Datum.WGS84 if shifted else Datum.GCJ02
        latitude, longitude = to_gcj02(*felt) if shifted else felt
        return Point(degrees(latitude), degrees(longitude), said, unsure), wrong

    # People ----------------------------------------------------------------------------------

    def planter(self, now: datetime, new_percent: float = 25) -> Planter:
        home = self.random.choice(self.sites)
        if self.chance(new_percent):
            return Planter(now - timedelta(hours=self.random.uniform(0.1, 150)), home)
        since = now - timedelta(days=self.random.uniform(8, 700))
        past = [
            Earlier(
                since + (now - since) * self.random.random() * 0.95,
                self.trees(),
                as_place(self.within(home)) if self.chance(70) else None,
            )
            for _ in range(self.random.choice((0, 1, 2, 3, 4, 5, 8)))
        ]
        return Planter(since, home, past)

    def trees(self) -> int:
        return self.random.choices((1, 2, 3, 4, 5, 8, 10, 15, 20), (20, 14, 24, 8, 16, 6, 8, 3, 1))[
            0
        ]

    def moment(self) -> datetime:
        """A working hour of a day in spring, China time."""
        return SPRING + timedelta(
            days=self.random.randrange(0, 60), minutes=self.random.randrange(0, 600)
        )

    # One planting ----------------------------------------------------------------------------

    def planting(
        self,
        truth: str,
        who: Planter,
        site: Site,
        logged_at: datetime,
        *,
        pictures: list[Picture] | None = None,
        trees: int | None = None,
        at: Where | None = None,
        says_place_percent: float = 70,
        taken_at: list[datetime | None] | None = None,
        camera_place: Where | None = None,
        ticket_percent: float = 70,
        device_people: int = 1,
        device_rival_minutes: int | None = None,
        copied: bool = False,
        trees_so_far: int | None = None,
    ) -> Record:
        record_id, count = self.name(), trees or self.trees()
        true = at or self.within(site)
        if pictures is None:
            wanted = -(-count // 5) if self.chance(80) else 1
            pictures = [self.photo() for _ in range(min(5, wanted))]
        point, wrong = self.reported(true) if self.chance(says_place_percent) else (None, False)
        times = taken_at or [None] * len(pictures)
        shots = [
            Shot(
                moment,
                logged_at,
                as_place(camera_place) if camera_place and moment is not None else None,
                self.nearest(record_id, picture),
            )
            for picture, moment in zip(pictures, times, strict=True)
        ]
        self.seen += [(record_id, picture) for picture in pictures]
        began = next((moment for moment in times if moment is not None), logged_at)
        draft = PlantingDraft(
            site.base_id,
            self.random.choice(site.species) if self.chance(97) else "other",
            count,
            min(day_of(began), day_of(logged_at)),
            tuple(self.name() for _ in pictures),
            point,
        )
        so_far = site.trees if trees_so_far is None else trees_so_far
        ground = Ground(
            site.species, site.season, site.area_m2, so_far, as_place(site.centre), site.radius_m
        )
        around = Circumstances(
            logged_at,
            who.since,
            tuple(who.earlier),
            self.chance(ticket_percent),
            device_people,
            device_rival_minutes,
        )
        weighed = Weighed(draft, shots, ground, around)
        who.earlier.append(Earlier(logged_at, count, weighed.place))
        site.trees += count
        return Record(truth, record_id, weighed, wrong_datum=wrong, copied=copied)


def degrees(value: float) -> Decimal:
    return Decimal(f"{value:.6f}")


def as_place(where: Where) -> Place:
    return Place(degrees(where[0]), degrees(where[1]))


def pack(seed: int = 20260312) -> list[Record]:
    """Return the pack of this seed: 300 honest records, then twelve attacks of 25."""
    world = World(seed)
    honest = [*honest_plantings(world, 240), *honest_claims(world, 60)]
    attacks = [record for attack in ATTACKS for record in attack(world)]
    return honest + attacks


# The honest ----------------------------------------------------------------------------------


def honest_plantings(world: World, number: int) -> Iterator[Record]:
    """People who planted, with their lateness, their poor signal and their families."""
    made = 0
    while made < number:
        logged_at = world.moment()
        who = world.planter(logged_at)
        for _ in range(world.random.choice((1, 1, 2, 3))):
            if made == number:
                return
            yield honest_planting(world, who, logged_at)
            made += 1
            logged_at += timedelta(
                days=world.random.randrange(1, 20), minutes=world.random.randrange(200)
            )


def honest_planting(world: World, who: Planter, logged_at: datetime) -> Record:
    site = who.home if world.chance(85) else world.random.choice(world.sites)
    true = world.within(site)
    if world.chance(8):  # the last row stands a little outside the fence
        true = world.near(site.centre, site.radius_m + world.random.uniform(0, 35))
    late = timedelta(minutes=world.random.expovariate(1 / 25))
    if world.chance(10):  # no signal in the hills, or in the evening at home
        late = timedelta(hours=world.random.uniform(2, 40))
    if world.chance(1):
        late = timedelta(days=world.random.uniform(2, 6))
    count = world.trees()
    photos = [world.photo() for _ in range(min(5, -(-count // 5) if world.chance(85) else 1))]
    times: list[datetime | None] = [None] * len(photos)
    if world.chance(45):  # messengers strip the rest
        clock = timedelta(minutes=world.random.gauss(0, 2))
        if world.chance(1):
            clock = timedelta(hours=world.random.choice((-1, 1)))
        times = [logged_at - late + clock for _ in photos]
    camera = None
    if world.chance(40):
        camera = world.near(true, abs(world.random.gauss(0, 10)))
        if world.chance(8):  # the camera remembered an older place
            camera = world.near(true, world.random.uniform(150, 700))
    family = world.chance(6)
    return world.planting(
        "honest",
        who,
        site,
        logged_at,
        pictures=photos,
        trees=count,
        at=true,
        taken_at=times,
        camera_place=camera,
        device_people=world.random.choice((2, 3)) if family else 1,
        device_rival_minutes=world.random.randrange(1, 30) if family else None,
    )


def honest_claims(world: World, number: int) -> Iterator[Record]:
    """People who bought a chopping board, or gifts for the family."""
    for _ in range(number):
        now = world.moment()
        sold = now - timedelta(minutes=world.random.expovariate(1 / 4000) + 1)
        scan = None
        if world.chance(30):
            scan = sold - timedelta(minutes=world.random.uniform(1, 90))
        if world.chance(3):
            scan = sold - timedelta(days=world.random.uniform(1, 20))
        number_bought = world.random.choices((1, 2, 3, 4, 6), (70, 15, 8, 4, 3))[0]
        shop = world.random.randrange(5, 400)
        claimed = int(shop * world.random.uniform(0.1, 0.5))
        name = world.name()
        city = scanned_in(name) if scan is not None else None
        yield Record(
            "honest",
            name,
            scan_city=city,
            claim=ClaimFacts(
                now,
                first_scan_away=away(scan is not None, city, HOME),
                tries=world.random.choices((1, 2, 3), (85, 12, 3))[0],
                sold_at=sold if world.chance(90) else None,
                first_scan_at=scan,
                buyer_day=number_bought,
                buyer_product_hour=min(number_bought, world.random.choice((1, 1, 2, 3))),
                device_day=number_bought,
                device_people=world.random.choices((1, 2, 3), (80, 15, 5))[0],
                label_people=world.random.choices((1, 2), (95, 5))[0],
                shop_sold=shop,
                shop_claimed=claimed,
                shop_claimed_by_buyer=min(claimed, number_bought),
                shop_claimed_fast=int(claimed * world.random.uniform(0, 0.2)),
            ),
        )


def scanned_in(name: UUID) -> str:
    """Return where an honest unit is first scanned: at home, next door, or far away.

    Far away (a gift, a journey) more often than in life. Drawn by the record's name, so that what
    the world draws for all others stays as it was.
    """
    return Random(name.int).choices(("350100", "350500", "350200", "110000"), (70, 10, 10, 10))[0]


@dataclass(frozen=True)
class Bring:
    """Somebody who claims units, keeps them for a while, spends, and brings all of them back."""

    units: int
    days: int
    """Between claim and return; points mature on the seventh."""
    spent_percent: int
    """Of what had matured by then."""


def claim_then_return(world: World) -> Iterator[Bring]:
    """Points for goods that are brought back: before they mature, after, and once they are spent.

    Nothing beside the claim gives them away; what stops them is that the points go as well.
    """
    for number in range(EACH):
        yield Bring(
            world.random.choices((1, 2, 3), (60, 25, 15))[0],
            world.random.choice((1, 3, 6)) if number % 5 == 0 else world.random.randrange(8, 29),
            world.random.choice((0, 10, 50, 100, 100)),
        )


# The twelve attacks --------------------------------------------------------------------------


def with_picture(
    world: World, truth: str, how: Callable[[Image.Image], Image.Image]
) -> Iterator[Record]:
    """A picture that was used before, changed somehow, logged as one's own."""
    for _ in range(EACH):
        now = world.moment()
        who = world.planter(now, new_percent=50)
        picture = world.edited(how)
        # Four in five leave no data in the file, one writes the present moment into it.
        time = now - timedelta(minutes=world.random.uniform(1, 60)) if world.chance(20) else None
        yield world.planting(
            truth, who, who.home, now, pictures=[picture], trees=world.random.randrange(1, 8),
            taken_at=[time], says_place_percent=50, ticket_percent=50, copied=True,
        )  # fmt: skip


def resaved(world: World) -> Iterator[Record]:
    return with_picture(world, "re-saved", lambda image: image)


def mirrored(world: World) -> Iterator[Record]:
    return with_picture(
        world, "mirrored", lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    )


def cropped(world: World) -> Iterator[Record]:
    def how(image: Image.Image) -> Image.Image:
        left, top = (world.random.uniform(0, 0.03) for _ in range(2))
        width, height = image.size
        return image.crop(
            (int(left * width), int(top * height),
             int((0.97 + left) * width), int((0.97 + top) * height))
        )  # fmt: skip

    return with_picture(world, "cropped 3 %", how)


def somebody_elses(world: World) -> Iterator[Record]:
    def how(image: Image.Image) -> Image.Image:
        brighter = ImageEnhance.Brightness(image).enhance(world.random.uniform(0.8, 1.25))
        return ImageEnhance.Contrast(brighter).enhance(world.random.uniform(0.85, 1.2))

    return with_picture(world, "brightened", how)


def teleport(world: World) -> Iterator[Record]:
    """One account in two towns within the hour."""
    for _ in range(EACH):
        now = world.moment()
        who = world.planter(now, new_percent=40)
        here, there = world.random.sample(world.sites, 2)
        who.earlier.append(
            Earlier(
                now - timedelta(minutes=world.random.uniform(5, 60)),
                world.trees(),
                as_place(world.within(here)),
            )
        )
        yield world.planting("teleport", who, there, now, says_place_percent=100)


def two_phones(world: World) -> Iterator[Record]:
    """One account on two phones at two places of the same county, both planting all they can."""
    for _ in range(EACH):
        now = world.moment()
        who = world.planter(now, new_percent=40)
        where = world.near(who.home.centre, world.random.uniform(12_000, 90_000))
        who.earlier.append(
            Earlier(
                now - timedelta(minutes=world.random.uniform(1, 25)),
                world.random.randrange(5, 15),
                as_place(where),
            )
        )
        yield world.planting(
            "two phones, one account", who, who.home, now, trees=world.random.randrange(5, 15),
            says_place_percent=95,
        )  # fmt: skip


def one_phone(world: World) -> Iterator[Record]:
    """Twenty-five accounts passed through one phone in an afternoon."""
    now, site = world.moment(), world.sites[0]
    gap = 0.0
    for number in range(EACH):
        who = world.planter(now, new_percent=70)
        yield world.planting(
            "many accounts, one phone", who, site, now, trees=world.random.randrange(3, 6),
            device_people=number + 1, device_rival_minutes=int(gap) if number else None,
        )  # fmt: skip
        gap = world.random.uniform(1, 12)
        now += timedelta(minutes=gap)


def old_pictures(world: World) -> Iterator[Record]:
    """Last year's trees, with the camera's data left, stripped, or edited as far as one thought."""
    for _ in range(EACH):
        now = world.moment()
        who = world.planter(now, new_percent=50)
        time: datetime | None = now - timedelta(days=world.random.uniform(30, 900))
        place: Where | None = world.near(who.home.centre, world.random.uniform(1_500, 200_000))
        draw = world.random.random()
        if draw < 0.3:
            time = place = None
        elif draw < 0.6:
            time = now - timedelta(minutes=world.random.uniform(1, 60))
            place = place if world.chance(50) else None
        yield world.planting(
            "old picture", who, who.home, now, pictures=[world.photo()],
            trees=world.random.randrange(1, 8), taken_at=[time], camera_place=place,
            ticket_percent=40,
        )  # fmt: skip


def elsewhere(world: World) -> Iterator[Record]:
    """Logged for a base from somewhere else, at times with the datum as an excuse."""
    for _ in range(EACH):
        now = world.moment()
        who = world.planter(now, new_percent=40)
        away = world.near(who.home.centre, who.home.radius_m + world.random.uniform(800, 30_000))
        yield world.planting(
            "elsewhere", who, who.home, now, at=away, says_place_percent=100, camera_place=away,
            pictures=[world.photo()], taken_at=[now - timedelta(minutes=5)], trees=4,
        )  # fmt: skip


def over_capacity(world: World) -> Iterator[Record]:
    """A small base that goes on receiving trees after it is full."""
    for _ in range(EACH):
        now = world.moment()
        who = world.planter(now, new_percent=30)
        full = int(who.home.area_m2 * world.random.uniform(0.93, 1.6))
        yield world.planting(
            "over capacity", who, who.home, now, trees=world.random.randrange(5, 30),
            trees_so_far=full,
        )  # fmt: skip


def passed_round(world: World) -> Iterator[Record]:
    """A label's photograph passed round in a group, or its hidden code guessed at."""
    for number in range(EACH):
        now = world.moment()
        shared = number % 2 == 0
        yield Record(
            "label passed round",
            world.name(),
            claim=ClaimFacts(
                now,
                tries=world.random.randrange(1, 4) if shared else world.random.randrange(6, 500),
                sold_at=now - timedelta(days=world.random.uniform(0, 20)),
                label_people=world.random.randrange(3, 20) if shared else 1,
                shop_sold=world.random.randrange(5, 400),
                shop_claimed_by_buyer=1,
                shop_claimed=20,
                shop_claimed_fast=2,
            ),
        )


def self_claim(world: World) -> Iterator[Record]:
    """A shop that books sales it never made and claims them itself."""
    for _ in range(EACH):
        now = world.moment()
        sold = world.random.randrange(25, 300)
        taken = int(sold * world.random.uniform(0.06, 0.7))
        yield Record(
            "shop claims itself",
            world.name(),
            claim=ClaimFacts(
                now,
                sold_at=now - timedelta(minutes=world.random.uniform(1, 200)),
                buyer_day=min(taken, world.random.randrange(2, 15)),
                buyer_product_hour=min(taken, world.random.randrange(1, 8)),
                device_day=min(taken, world.random.randrange(2, 30)),
                shop_sold=sold,
                shop_claimed_by_buyer=taken,
                shop_claimed=taken + int(sold * 0.1),
                shop_claimed_fast=int(taken * world.random.uniform(0.2, 0.9)),
            ),
        )


ATTACKS: tuple[Callable[[World], Iterator[Record]], ...] = (
    resaved,
    mirrored,
    cropped,
    somebody_elses,
    teleport,
    two_phones,
    one_phone,
    old_pictures,
    elsewhere,
    over_capacity,
    passed_round,
    self_claim,
)
