"""Units in a shop, of a product that nobody has calculated: for tests that only sell and claim."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from puhui.db.session import transaction
from puhui.footprint.label import address, hash_of_pin, hash_of_token
from puhui.footprint.model import Batch, Footprint, Label, Product, Serial
from puhui.footprint.series import new_seed, units
from tests.makers.footprint import MILL, PEPPER, SHOP, Printed
from tests.makers.identity import organisation, person


def shelf(
    now: datetime, count: int = 1, *, shop: str = SHOP, sold_at: datetime | None = None,
    shipped_only: bool = False,
) -> list[Printed]:  # fmt: skip
    """Put units of a product of its own into a shop's books, sold at `sold_at` or now."""
    batch_id = batch(now)
    made = list(units(new_seed(), 1, count))
    sale = (
        {"state": "shipped"}
        if shipped_only
        else {"state": "sold", "sold_at": sold_at or now, "sold_by": organisation(shop)}
    )
    with transaction() as session:
        session.add_all(
            Serial(
                serial_id=uuid4(),
                batch_id=batch_id,
                number=unit.number,
                token_hash=hash_of_token(PEPPER, unit.token),
                pin_hash=hash_of_pin(PEPPER, unit.token, unit.pin),
                **sale,
            )
            for unit in made
        )
    return [
        Printed(unit.number, address("http://localhost", unit.token), unit.token, unit.pin)
        for unit in made
    ]


def batch(shipped_at: datetime) -> UUID:
    """Make a product with a label, and an empty batch of it that left the factory."""
    product_id, footprint_id, label_id, batch_id = (uuid4() for _ in range(4))
    by = person("厂长").person_id
    with transaction() as session:
        session.add(
            Product(
                product_id=product_id, organisation_id=organisation(MILL), name_zh="竹砧板",
                name_en="Bamboo board", category="board", declared_unit="m3",
                mass_kg=Decimal(660), county_code="350721", created_at=shipped_at,
                changed_at=shipped_at,
            )
        )  # fmt: skip
        session.flush()
        session.add(
            Footprint(
                footprint_id=footprint_id, product_id=product_id, number=1, document="{}",
                sha256="0" * 64, ruleset="none", footprint_kg=Decimal(1), declared_at=shipped_at,
                declared_by=by,
            )
        )  # fmt: skip
        session.flush()
        session.add(
            Label(
                label_id=label_id, footprint_id=footprint_id, basis="self_declared",
                code=label_id.hex.upper()[:26], url="http://localhost", qr_svg="<svg/>",
                issued_at=shipped_at, issued_by=by, expires_at=shipped_at.replace(year=2099),
            )
        )  # fmt: skip
        session.flush()
        session.add(
            Batch(
                batch_id=batch_id, label_id=label_id, count=1000, made=1000, printed_at=shipped_at,
                printed_by=by, left_at=shipped_at, left_by=by, left_as="csv",
                shipped_at=shipped_at,
            )
        )  # fmt: skip
    return batch_id
