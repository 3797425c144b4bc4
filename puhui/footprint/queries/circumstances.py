"""What is known beside a claim, for whoever judges it."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, extract, func, or_, select, union
from sqlalchemy.orm import Session

from puhui.footprint.claiming import REMEMBERED, SHOP_WINDOW, WINDOW, Circumstances, ClaimLimits
from puhui.footprint.label import SerialState
from puhui.footprint.model import (
    Batch,
    ClaimDevice,
    Footprint,
    Label,
    Scan,
    Serial,
    VainTry,
    WrongPin,
)

HOUR = timedelta(hours=1)


def circumstances(session: Session, serial_id: UUID, limits: ClaimLimits) -> Circumstances | None:
    """Return what else the buyer, the device, the label and the shop of a claim did until then.

    None of what nobody has claimed, or what was returned meanwhile.
    """
    row = session.execute(
        select(Serial, Footprint.product_id, Label.code, Scan.first_at, Scan.city)
        .join(Batch, Batch.batch_id == Serial.batch_id)
        .join(Label, Label.label_id == Batch.label_id)
        .join(Footprint, Footprint.footprint_id == Label.footprint_id)
        .outerjoin(
            Scan,
            and_(Scan.serial_id == Serial.serial_id, Scan.first_at <= Serial.claimed_at),
        )
        .where(Serial.serial_id == serial_id, Serial.state == SerialState.CLAIMED)
    ).one_or_none()
    if row is None:
        return None
    unit, product_id, label_code, first_scan_at, first_scan_city = row
    claimant_id, claimed_at = unit.claimant_id, unit.claimed_at
    assert claimant_id is not None, unit.serial_id
    assert claimed_at is not None, unit.serial_id
    day, hour = _of_buyer(session, unit, product_id)
    device_day, device_people = _of_device(session, unit)
    return Circumstances(
        serial_id,
        claimant_id,
        product_id,
        unit.sold_by,
        label_code,
        claimed_at,
        unit.sold_at,
        first_scan_at,
        first_scan_city,
        1 + _wrong_pins(session, unit, limits),
        people_trying(session, serial_id, claimed_at),
        day,
        hour,
        device_day,
        device_people,
        *_of_shop(session, unit, limits),
    )


def people_trying(session: Session, serial_id: UUID, at: datetime) -> int:
    """Return how many people tried to claim a unit within the window before `at`."""
    token = select(Serial.token_hash).where(Serial.serial_id == serial_id).scalar_subquery()
    since = at - WINDOW
    tried = union(
        select(WrongPin.person_id).where(
            WrongPin.token_hash == token, WrongPin.at > since, WrongPin.at <= at
        ),
        select(VainTry.person_id).where(
            VainTry.token_hash == token, VainTry.at > since, VainTry.at <= at
        ),
        select(Serial.claimant_id).where(
            Serial.serial_id == serial_id, Serial.claimed_at > since, Serial.claimed_at <= at
        ),
    ).subquery()
    return session.scalar(select(func.count()).select_from(tried)) or 0


def shop_of(session: Session, serial_id: UUID) -> UUID | None:
    """Return the shop that recorded a unit's sale, if one has."""
    return session.scalar(select(Serial.sold_by).where(Serial.serial_id == serial_id))


def _wrong_pins(session: Session, unit: Serial, limits: ClaimLimits) -> int:
    assert unit.claimed_at is not None, unit.serial_id
    return (
        session.scalar(
            select(func.count()).where(
                WrongPin.token_hash == unit.token_hash,
                WrongPin.at > unit.claimed_at - limits.tries_hours * HOUR,
                WrongPin.at <= unit.claimed_at,
            )
        )
        or 0
    )


def _of_buyer(session: Session, unit: Serial, product_id: UUID) -> tuple[int, int]:
    """Return what the buyer claimed within the window, and of the product within the hour."""
    assert unit.claimed_at is not None, unit.serial_id
    recent = and_(Serial.claimed_at > unit.claimed_at - HOUR, Footprint.product_id == product_id)
    found = session.execute(
        select(func.count(), func.count().filter(recent))
        .select_from(Serial)
        .join(Batch, Batch.batch_id == Serial.batch_id)
        .join(Label, Label.label_id == Batch.label_id)
        .join(Footprint, Footprint.footprint_id == Label.footprint_id)
        .where(
            Serial.claimant_id == unit.claimant_id,
            Serial.claimed_at > unit.claimed_at - WINDOW,
            Serial.claimed_at <= unit.claimed_at,
        )
    ).one()
    return found[0], found[1]


def _of_device(session: Session, unit: Serial) -> tuple[int, int]:
    """Return the claims made with the same device within the window, and by how many people.

    A claim that names no device stands alone.
    """
    own = session.get(ClaimDevice, unit.serial_id)
    if own is None:
        return 1, 1
    found = session.execute(
        select(
            func.count().filter(ClaimDevice.claimed_at > own.claimed_at - WINDOW),
            func.count(ClaimDevice.person_id.distinct()),
        ).where(
            ClaimDevice.device == own.device,
            ClaimDevice.claimed_at > own.claimed_at - REMEMBERED,
            ClaimDevice.claimed_at <= own.claimed_at,
        )
    ).one()
    return found[0], found[1]


def _of_shop(session: Session, unit: Serial, limits: ClaimLimits) -> tuple[int, int, int, int, int]:
    """Return what the shop sold of late, and of that: claimed, by the buyer, fast, at night."""
    if unit.sold_by is None or unit.claimed_at is None:
        return 0, 0, 0, 0, 0
    claimed = and_(Serial.claimed_at.is_not(None), Serial.claimed_at <= unit.claimed_at)
    fast = and_(claimed, Serial.claimed_at <= Serial.sold_at + limits.fast_minutes * HOUR / 60)
    found = session.execute(
        select(
            func.count(),
            func.count().filter(claimed),
            func.count().filter(claimed, Serial.claimant_id == unit.claimant_id),
            func.count().filter(fast),
            func.count().filter(fast, _closed(limits)),
        ).where(
            Serial.sold_by == unit.sold_by,
            Serial.sold_at > unit.claimed_at - SHOP_WINDOW,
            Serial.sold_at <= unit.claimed_at,
        )
    ).one()
    return found[0], found[1], found[2], found[3], found[4]


def _closed(limits: ClaimLimits) -> ColumnElement[bool]:
    hour = extract("hour", func.timezone("Asia/Shanghai", Serial.claimed_at))
    late, early = hour >= limits.closed_from, hour < limits.closed_until
    if limits.closed_from > limits.closed_until:
        return or_(late, early)
    return and_(late, early)
