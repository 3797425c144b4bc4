"""Note that a unit's page was opened; forget what the rules no longer ask."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.footprint.claiming import REMEMBERED
from puhui.footprint.label import SerialState, hash_of_token
from puhui.footprint.model import ClaimDevice, Scan, Serial, VainTry, WrongPin


def note_scan(
    session: Session, token: str, pepper: str, now: datetime, city: str | None = None
) -> None:
    """Note when, and in which city, a unit's page was first opened; later ones change nothing.

    Whoever opens it needs no permission, leaves no name and learns nothing by it.
    """
    serial_id = session.scalar(
        select(Serial.serial_id).where(
            Serial.token_hash == hash_of_token(pepper, token),
            # In the factory they look at their own print.
            Serial.state != SerialState.PRINTED,
        )
    )
    if serial_id is not None:
        session.execute(
            insert(Scan)
            .values(serial_id=serial_id, first_at=now, city=city)
            .on_conflict_do_nothing()
        )


def forget(session: Session, now: datetime) -> None:
    """Forget devices, tries and the city of a claimed unit's first scan after `REMEMBERED`.

    The claim has been weighed by then: its decision keeps the distance, not the city.
    """
    claimed = select(Serial.serial_id).where(Serial.claimed_at < now - REMEMBERED)
    session.execute(
        update(Scan).where(Scan.city.is_not(None), Scan.serial_id.in_(claimed)).values(city=None)
    )
    session.execute(delete(ClaimDevice).where(ClaimDevice.claimed_at < now - REMEMBERED))
    session.execute(delete(VainTry).where(VainTry.at < now - REMEMBERED))
    session.execute(delete(WrongPin).where(WrongPin.at < now - REMEMBERED))
