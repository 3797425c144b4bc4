"""What makers and shops report of single units: shipped, sold, returned, taken back.

Every report is all or nothing: the faults of a list come together, by row, and change nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, Uuid, any_, insert, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from puhui.footprint.label import SerialState, hash_of_token, read_code
from puhui.footprint.model import Batch, Footprint, Label, Product, Serial, TakeBack
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.outbox.service import publish

UNKNOWN = "unknown_serial", N_("没有这个序列码")
_VOID = "wrong_state", N_("序列码已作废")


@dataclass(frozen=True)
class Handled:
    """A unit as the one who handles it finds it."""

    serial_id: UUID
    state: SerialState
    sold_by: UUID | None
    claimant_id: UUID | None
    batch_id: UUID
    maker: UUID
    label_code: str
    taken_back: bool


Check = Callable[[Handled], tuple[str, str] | bool]
"""What there is to do with a unit: True, False for nothing more, or a fault's code and title."""


def ship_serials(
    session: Session, actor: Actor, tokens: Sequence[str], pepper: str, now: datetime
) -> int:
    """Note that these of the actor's units have left the factory; return how many were new.

    All of them or none.

    Raises:
        Forbidden: the actor makes nothing.
        Invalid: every token that is unknown, another maker's, or void, by row.
    """
    actor.require(Permission.LABEL_ISSUE)
    makers = actor.organisations(Permission.LABEL_ISSUE)

    def check(unit: Handled) -> tuple[str, str] | bool:
        if unit.maker not in makers:
            return UNKNOWN
        if not unit.state.may_become(SerialState.SHIPPED):
            return _VOID if unit.state is SerialState.VOID else False
        return True

    shipped = handled(session, tokens, pepper, check)
    _move(session, shipped, state="shipped")
    batches = literal(sorted({unit.batch_id for unit in shipped}), ARRAY(Uuid))
    session.execute(
        update(Batch)
        .where(Batch.batch_id == any_(batches), Batch.shipped_at.is_(None))
        .values(shipped_at=now)
    )
    return len(shipped)


def sell_serials(
    session: Session, actor: Actor, tokens: Sequence[str], pepper: str, now: datetime
) -> int:
    """Mark units sold by the actor's shop; return how many were new. All of them or none.

    Raises:
        Forbidden: the actor is no retailer.
        Invalid: every token that is unknown, not shipped, void or sold by another, by row.
    """
    actor.require(Permission.SERIAL_SELL)
    shops = actor.organisations(Permission.SERIAL_SELL)

    def check(unit: Handled) -> tuple[str, str] | bool:
        if unit.state in {SerialState.SOLD, SerialState.CLAIMED} and unit.sold_by in shops:
            return False
        # Its buyer was faster than the shop's report: there is nothing left to be recorded.
        if unit.state is SerialState.CLAIMED and unit.sold_by is None:
            return False
        if not unit.state.may_become(SerialState.SOLD):
            return "wrong_state", N_("序列码尚未出厂或已失效")
        return True

    sold = handled(session, tokens, pepper, check)
    _move(session, sold, state="sold", sold_at=now, sold_by=min(shops))
    return len(sold)


def return_serials(
    session: Session, actor: Actor, tokens: Sequence[str], pepper: str, now: datetime
) -> int:
    """Void units that a buyer brought back, claimed or not; return how many were new.

    All of them or none. Whoever had claimed one is named in the message, for their points.

    Raises:
        Forbidden: the actor is no retailer.
        Invalid: every token that is unknown, sold by another or recycled, by row.
    """
    actor.require(Permission.SERIAL_SELL)
    shops = actor.organisations(Permission.SERIAL_SELL)

    def check(unit: Handled) -> tuple[str, str] | bool:
        # What was claimed without a recorded sale may come back to whichever shop sold it.
        unrecorded = unit.state is SerialState.CLAIMED and unit.sold_by is None
        if unit.sold_by not in shops and not unrecorded:
            return UNKNOWN
        if unit.taken_back:
            return "taken_back", N_("已登记回收，不能再退货")
        return unit.state is not SerialState.VOID

    returned = handled(session, tokens, pepper, check)
    _move(session, returned, state="void", voided_at=now)
    for unit in returned:
        whose = {"person_id": str(unit.claimant_id)} if unit.claimant_id else {}
        about = {"serial_id": str(unit.serial_id), "label_code": unit.label_code}
        publish(session, "footprint.serial_returned", now, **about, **whose)
    return len(returned)


def take_back_serials(
    session: Session, actor: Actor, tokens: Sequence[str], pepper: str, now: datetime
) -> int:
    """Note that worn-out units came back for recycling; return how many were new. All or none.

    It is the deed of the person who claimed the unit, wherever it was bought, once for a unit.

    Raises:
        Forbidden: the actor is no retailer.
        Invalid: every token that is unknown, returned, or that nobody has claimed, by row.
    """
    actor.require(Permission.SERIAL_SELL)

    def check(unit: Handled) -> tuple[str, str] | bool:
        if unit.state is SerialState.VOID:
            return UNKNOWN
        if unit.state is not SerialState.CLAIMED:
            return "not_claimed", N_("还没有人领取，请买家先领取再回收")
        return not unit.taken_back

    taken = handled(session, tokens, pepper, check)
    collector = min(actor.organisations(Permission.SERIAL_SELL))
    if taken:
        session.execute(
            insert(TakeBack),
            [
                {
                    "serial_id": unit.serial_id,
                    "person_id": unit.claimant_id,
                    "organisation_id": collector,
                    "taken_back_at": now,
                }
                for unit in taken
            ],
        )
    for unit in taken:
        publish(
            session,
            "footprint.serial_taken_back",
            now,
            serial_id=str(unit.serial_id),
            person_id=str(unit.claimant_id),
            label_code=unit.label_code,
        )
    return len(taken)


def handled(
    session: Session, tokens: Sequence[str], pepper: str, check: Check
) -> Sequence[Handled]:
    """Return the units of the tokens for which there is something to do, locked; each once.

    Raises:
        Invalid: the faults that `check` finds, and every unknown token, by row.
    """
    hashes = [hash_of_token(pepper, read_code(token) or "") for token in tokens]
    found = _locked(session, hashes)
    faults, wanted = [], {}
    for row, token_hash in enumerate(hashes, start=1):
        unit = found.get(token_hash)
        answer = UNKNOWN if unit is None else check(unit)
        if isinstance(answer, tuple):
            faults.append(Fault(*answer, row, "tokens"))
        elif answer:
            wanted[token_hash] = unit
    if faults:
        raise Invalid(faults)
    return [unit for unit in wanted.values() if unit is not None]


def _locked(session: Session, hashes: Sequence[bytes]) -> dict[bytes, Handled]:
    rows = session.execute(
        select(Serial, Product.organisation_id, Label.code)
        .join(Batch, Batch.batch_id == Serial.batch_id)
        .join(Label, Label.label_id == Batch.label_id)
        .join(Footprint, Footprint.footprint_id == Label.footprint_id)
        .join(Product, Product.product_id == Footprint.product_id)
        .where(Serial.token_hash == any_(literal(hashes, ARRAY(LargeBinary))))
        # Everybody locks in this order, so two lists with the same units cannot deadlock.
        .order_by(Serial.serial_id)
        .with_for_update(of=Serial)
    ).all()
    ids = literal([serial.serial_id for serial, _, _ in rows], ARRAY(Uuid))
    # Asked once the units are locked: a collector who was faster is seen.
    taken = set(session.scalars(select(TakeBack.serial_id).where(TakeBack.serial_id == any_(ids))))
    return {
        serial.token_hash: Handled(
            serial.serial_id,
            SerialState(serial.state),
            serial.sold_by,
            serial.claimant_id,
            serial.batch_id,
            maker,
            label_code,
            serial.serial_id in taken,
        )
        for serial, maker, label_code in rows
    }


def _move(session: Session, units: Sequence[Handled], **values: object) -> None:
    ids = literal([unit.serial_id for unit in units], ARRAY(Uuid))
    session.execute(update(Serial).where(Serial.serial_id == any_(ids)).values(**values))
