"""Products, inventories, footprints, labels, serials for tests: only what is spoken of."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from uuid import UUID, uuid4

from puhui.db.session import transaction
from puhui.factors.catalogue import Catalogue
from puhui.factors.library import read as read_library
from puhui.factors.service import shipped
from puhui.footprint import service
from puhui.footprint.basis import Based, resolve
from puhui.footprint.checklist import PRESENT, Answer, Answered
from puhui.footprint.inventory import Inventory
from puhui.footprint.label import address
from puhui.footprint.model import Label
from puhui.footprint.parcel import Form
from puhui.footprint.product import Category, ProductDraft
from puhui.footprint.series import units
from puhui.footprint.service.batch import print_step
from puhui.footprint.submission import Submitted, read
from puhui.footprint.verdict import Verdict
from puhui.kernel.actor import Permission, Role
from tests.makers.factors import publish_shipped
from tests.makers.identity import SignedIn, person

MILL, AUDITORS, SHOP = "常口竹业", "南平碳计量", "武夷商店"
PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PEPPER = "a secret that only this test run knows, 32+"

BOARD = ProductDraft(
    name_zh="竹集成材板",
    name_en="Laminated bamboo board",
    category=Category.BOARD,
    declared_unit="m3",
    mass_kg=Decimal(660),
    county_code="350721",
)
BOARD_ON_THE_WIRE = {
    "name_zh": "竹集成材板",
    "name_en": "Laminated bamboo board",
    "category": "board",
    "declared_unit": "m3",
    "mass_kg": "660",
    "county_code": "350721",
}


@cache
def library() -> Catalogue:
    """The factors that the product ships, without a database."""
    return Catalogue(row.factor for file, text in shipped() for row in read_library(file, text)[0])


def board_json() -> dict[str, object]:
    """The example board's inventory, as its file says it."""
    content: dict[str, object] = json.loads((EXAMPLES / "bamboo-board.json").read_text("utf-8"))
    return content


def inventory_of(content: dict[str, object]) -> Inventory:
    """Read an inventory that must be right."""
    inventory, faults = read(Submitted.of_json(content))
    assert inventory is not None, faults
    return inventory


def based(content: dict[str, object]) -> Based:
    """Resolve an inventory that must resolve, in the shipped library."""
    found, faults = resolve(inventory_of(content), library())
    assert faults == [], faults
    return found


def mill(where: str = MILL) -> SignedIn:
    return person("厂长", (where, Role.MANUFACTURER))


def auditor() -> SignedIn:
    return person("核查员", (AUDITORS, Role.VERIFIER))


def shopkeeper() -> SignedIn:
    return person("店主", (SHOP, Role.RETAILER))


def board(maker: SignedIn, now: datetime, *, inventory: bool = True) -> UUID:
    """Register the example board, with its inventory."""
    product_id = uuid4()
    publish_shipped(now)
    with transaction() as session:
        (mine,) = maker.actor.organisations(Permission.PRODUCT_WRITE)
        service.register_product(session, maker.actor, product_id, mine, BOARD, now)
        if inventory:
            service.put_inventory(
                session, maker.actor, product_id, Submitted.of_json(board_json()), now
            )
    return product_id


def answers(**other: Answered) -> list[Answered]:
    """Yes to every point of the checklist, but for those given otherwise."""
    return [other.get(point.key, Answered(point.key, Answer.YES)) for point in PRESENT.points]


REVIEW_ON_THE_WIRE = {
    "checklist": PRESENT.version,
    "answers": [{"point": point.key, "answer": "yes"} for point in PRESENT.points],
}


def review(verifier: SignedIn, footprint_id: UUID, now: datetime, **other: Answered) -> None:
    """Go through the checklist and find everything in order, but for the points given."""
    with transaction() as session:
        service.review_footprint(
            session, verifier.actor, uuid4(), footprint_id, PRESENT.version, answers(**other), now
        )


def submitted(maker: SignedIn, product_id: UUID, now: datetime) -> UUID:
    """Return a footprint of the product's present inventory, handed to verifiers."""
    footprint_id = uuid4()
    with transaction() as session:
        service.declare_footprint(session, maker.actor, footprint_id, product_id, now)
        service.submit_footprint(session, maker.actor, footprint_id, now)
    return footprint_id


def verified(maker: SignedIn, now: datetime, product_id: UUID | None = None) -> UUID:
    """Return a verified footprint of the example board, or of a product's present inventory."""
    footprint_id, verifier = submitted(maker, product_id or board(maker, now), now), auditor()
    review(verifier, footprint_id, now)
    with transaction() as session:
        service.decide_footprint(session, verifier.actor, footprint_id, Verdict.VERIFIED, [], now)
    return footprint_id


def label(maker: SignedIn, now: datetime, product_id: UUID | None = None) -> Label:
    """Issue a label of the example board, or of a product's present inventory."""
    footprint_id = verified(maker, now, product_id)
    with transaction() as session:
        return service.issue_label(
            session, maker.actor, uuid4(), footprint_id, "http://localhost", now
        )


@dataclass(frozen=True)
class Printed:
    """A unit as its maker has it on paper."""

    number: int
    url: str
    token: str
    pin: str


def printed(maker: SignedIn, now: datetime, of: UUID, count: int = 1) -> tuple[UUID, list[Printed]]:
    """Print serials of a label, as the job does, and take their secrets."""
    batch_id = uuid4()
    with transaction() as session:
        service.begin_batch(session, maker.actor, batch_id, of, count, now)
    with transaction() as session:
        while print_step(session, batch_id, PEPPER, now).result is None:
            pass
        secrets = service.take_secrets(session, maker.actor, batch_id, Form.CSV, now)
    return batch_id, [
        Printed(unit.number, address("http://localhost", unit.token), unit.token, unit.pin)
        for unit in units(secrets.seed, 1, count)
    ]


def serials(maker: SignedIn, now: datetime, count: int = 1, *, sold: bool = True) -> list[Printed]:
    """Print, ship and sell some serials of a new label."""
    batch_id, made = printed(maker, now, label(maker, now).label_id, count)
    if sold:
        with transaction() as session:
            service.ship_batch(session, maker.actor, batch_id, now)
            tokens = [serial.token for serial in made]
            service.sell_serials(session, shopkeeper().actor, tokens, PEPPER, now)
    return made
