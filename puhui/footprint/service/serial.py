"""Serials: printed, shipped, sold, claimed once by whoever bought the thing."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import randbelow
from uuid import UUID, uuid5

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from puhui.footprint.errors import (
    AlreadyClaimed,
    ClaimRefused,
    LabelEnded,
    NameTaken,
    NotSoldYet,
    SecretsLeft,
    TooManyTries,
    WrongState,
)
from puhui.footprint.label import (
    CODE_LENGTH,
    PIN_LENGTH,
    LabelState,
    SerialState,
    address,
    draw,
    hash_of_pin,
    hash_of_token,
    read_code,
    state_at,
)
from puhui.footprint.model import Batch, Footprint, Label, Product, Serial, WrongPin
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import DomainError, Fault, Invalid, NotFound
from puhui.kernel.text import N_
from puhui.outbox.service import publish
from puhui.register.service import record

WINDOW = timedelta(hours=24)
MOST_WRONG_A_LABEL = 5
MOST_WRONG_A_PERSON = 20
MOST_CLAIMS_A_PERSON = 10


@dataclass(frozen=True)
class Printed:
    """What leaves once: a serial with its token and PIN in the clear."""

    number: int
    url: str
    token: str
    pin: str


@dataclass(frozen=True)
class Claimed:
    """A serial that belongs to its buyer now."""

    serial_id: UUID
    product_id: UUID
    claimed_at: datetime


def print_serials(
    session: Session,
    actor: Actor,
    batch_id: UUID,
    label_id: UUID,
    count: int,
    base_url: str,
    pepper: str,
    now: datetime,
) -> list[Printed]:
    """Make a batch of serials and return their secrets, which nobody can ask for again.

    Raises:
        Forbidden, NotFound: the label is not the actor's.
        LabelEnded: it has expired or was withdrawn.
        SecretsLeft: the batch has been printed before.
        NameTaken: the id is a batch of another label.
    """
    assert 1 <= count <= 1000, count
    actor.require(Permission.LABEL_ISSUE)
    label = session.get(Label, label_id, with_for_update=True)
    if label is None:
        raise NotFound(label=str(label_id))
    product = _product_of(session, label)
    actor.require(Permission.LABEL_ISSUE, product.organisation_id)
    batch = session.get(Batch, batch_id)
    if batch is not None:
        if batch.label_id != label_id or batch.count != count:
            raise NameTaken(batch=str(batch_id))
        raise SecretsLeft(batch=str(batch_id))
    if state_at(now, label.expires_at, label.withdrawn_at) is not LabelState.ISSUED:
        raise LabelEnded(label=str(label_id))
    session.add(
        Batch(
            batch_id=batch_id,
            label_id=label_id,
            count=count,
            printed_at=now,
            printed_by=actor.person_id,
        )
    )
    session.flush()
    printed = [
        Printed(number, address(base_url, token), token, draw(PIN_LENGTH, randbelow))
        for number in range(1, count + 1)
        for token in [draw(CODE_LENGTH, randbelow)]
    ]
    session.execute(
        insert(Serial),
        [
            {
                "serial_id": uuid5(batch_id, str(serial.number)),
                "batch_id": batch_id,
                "number": serial.number,
                "token_hash": hash_of_token(pepper, serial.token),
                "pin_hash": hash_of_pin(pepper, serial.token, serial.pin),
                "state": str(SerialState.PRINTED),
            }
            for serial in printed
        ],
    )
    record(session, "serials_printed", str(batch_id), {"label": str(label_id), "count": count}, now)
    return printed


def ship_batch(session: Session, actor: Actor, batch_id: UUID, now: datetime) -> Batch:
    """Note that a batch has left the factory. Twice is once.

    Raises:
        Forbidden, NotFound: it is not the actor's.
    """
    actor.require(Permission.LABEL_ISSUE)
    batch = session.get(Batch, batch_id, with_for_update=True)
    if batch is None:
        raise NotFound(batch=str(batch_id))
    product = _product_of(session, session.get_one(Label, batch.label_id))
    actor.require(Permission.LABEL_ISSUE, product.organisation_id)
    if batch.shipped_at is None:
        batch.shipped_at = now
        session.execute(
            update(Serial)
            .where(Serial.batch_id == batch_id, Serial.state == "printed")
            .values(state="shipped")
        )
        session.flush()
    return batch


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
    shop = min(shops)
    serials = _by_token(session, tokens, pepper)
    faults: list[Fault] = []
    new = 0
    for row, serial in enumerate(serials, start=1):
        if serial is None:
            faults.append(Fault("unknown_serial", N_("没有这个序列码"), row, "tokens"))
        elif serial.state in {"sold", "claimed"} and serial.sold_by in shops:
            continue
        else:
            try:
                serial.sell(shop, now)
                new += 1
            except WrongState:
                faults.append(Fault("wrong_state", N_("序列码尚未出厂或已失效"), row, "tokens"))
    if faults:
        raise Invalid(faults)
    session.flush()
    return new


def void_serials(
    session: Session, actor: Actor, tokens: Sequence[str], pepper: str, now: datetime
) -> int:
    """Take units that came back out of use; return how many were new. All of them or none.

    Raises:
        Forbidden: the actor is no retailer.
        Invalid: every token that is unknown, claimed, or sold by another, by row.
    """
    actor.require(Permission.SERIAL_SELL)
    shops = actor.organisations(Permission.SERIAL_SELL)
    faults: list[Fault] = []
    new = 0
    for row, serial in enumerate(_by_token(session, tokens, pepper), start=1):
        if serial is None or serial.sold_by not in shops:
            faults.append(Fault("unknown_serial", N_("没有这个序列码"), row, "tokens"))
        elif serial.state == "sold":
            serial.void(now)
            new += 1
        elif serial.state != "void":
            faults.append(Fault("wrong_state", N_("序列码已被领取"), row, "tokens"))
    if faults:
        raise Invalid(faults)
    session.flush()
    return new


def claim_serial(
    session: Session, actor: Actor, token: str, pin: str, pepper: str, now: datetime
) -> Claimed | DomainError:
    """Give a sold unit to whoever holds its PIN, once; or return why not.

    The refusal is returned, not raised, because a wrong PIN must be counted: the edge commits
    first and raises it then. Whoever has the wrong PIN learns nothing else, not even whether
    the token exists.

    Raises:
        Forbidden: the actor may claim nothing.
    """
    actor.require(Permission.SERIAL_CLAIM)
    code, secret = read_code(token) or "", read_code(pin) or ""
    token_hash = hash_of_token(pepper, code)
    pin_hash = hash_of_pin(pepper, code, secret)
    # One try at a time for a person and for a token, known or not, so that five means five.
    for name in (str(actor.person_id), token_hash.hex()):
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    if (wait := _locked_for(session, actor, token_hash, now)) is not None:
        return wait
    serial = session.scalar(select(Serial).where(Serial.token_hash == token_hash).with_for_update())
    right = hmac.compare_digest(pin_hash, serial.pin_hash if serial else bytes(32))
    if serial is None or not right or serial.state == "void":
        session.add(WrongPin(token_hash=token_hash, person_id=actor.person_id, at=now))
        return ClaimRefused()
    product = _product_of(session, _label_of(session, serial))
    if serial.state == "claimed":
        if serial.claimant_id == actor.person_id and serial.claimed_at is not None:
            return Claimed(serial.serial_id, product.product_id, serial.claimed_at)
        return AlreadyClaimed()
    if serial.state != "sold":
        return NotSoldYet()
    serial.claim(actor.person_id, now)
    session.flush()
    publish(
        session,
        "footprint.serial_claimed",
        now,
        serial_id=str(serial.serial_id),
        product_id=str(product.product_id),
        person_id=str(actor.person_id),
    )
    return Claimed(serial.serial_id, product.product_id, now)


def _locked_for(
    session: Session, actor: Actor, token_hash: bytes, now: datetime
) -> TooManyTries | None:
    since = now - WINDOW
    wrong = select(func.count(), func.min(WrongPin.at)).where(WrongPin.at > since)
    mine = select(func.count(), func.min(Serial.claimed_at)).where(
        Serial.claimant_id == actor.person_id, Serial.claimed_at > since
    )
    for query, most in (
        (wrong.where(WrongPin.token_hash == token_hash), MOST_WRONG_A_LABEL),
        (wrong.where(WrongPin.person_id == actor.person_id), MOST_WRONG_A_PERSON),
        (mine, MOST_CLAIMS_A_PERSON),
    ):
        count, first = session.execute(query).one()
        if count >= most and first is not None:
            return TooManyTries(retry_after_s=max(1, int((first + WINDOW - now).total_seconds())))
    return None


def _by_token(session: Session, tokens: Sequence[str], pepper: str) -> list[Serial | None]:
    hashes = [hash_of_token(pepper, read_code(token) or "") for token in tokens]
    found = session.scalars(
        select(Serial)
        .where(Serial.token_hash.in_(hashes))
        .order_by(Serial.serial_id)
        .with_for_update()
    )
    known = {serial.token_hash: serial for serial in found}
    return [known.get(token_hash) for token_hash in hashes]


def _label_of(session: Session, serial: Serial) -> Label:
    batch = session.get_one(Batch, serial.batch_id)
    return session.get_one(Label, batch.label_id)


def _product_of(session: Session, label: Label) -> Product:
    footprint = session.get_one(Footprint, label.footprint_id)
    return session.get_one(Product, footprint.product_id)
