"""Serials: printed, shipped, sold, claimed once; returned; taken back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from puhui.db.session import snapshot, transaction
from puhui.footprint import service
from puhui.footprint.errors import (
    AlreadyClaimed,
    ClaimRefused,
    NotSoldYet,
    TooManyTries,
)
from puhui.footprint.service import Claimed
from puhui.kernel.errors import Invalid
from tests.makers import footprint as make
from tests.makers.identity import SignedIn, person

WRONG = "00000000"


def claim(who: SignedIn, token: str, pin: str, now: datetime) -> object:
    with transaction() as session:
        return service.claim_serial(session, who.actor, token, pin, make.PEPPER, now)


def test_secrets_are_not_kept(database: Engine, noon: datetime) -> None:
    maker = make.mill()
    _, printed = make.printed(maker, noon, make.label(maker, noon).label_id, 10)
    assert len({serial.token for serial in printed} | {serial.pin for serial in printed}) == 20
    with snapshot() as session:
        rows = session.execute(
            text(
                "SELECT footprint_serial::text FROM footprint_serial"
                " UNION ALL SELECT footprint_batch::text FROM footprint_batch"
            )
        )
        kept = " ".join(row[0] for row in rows)
    for serial in printed:
        for secret in (serial.token, serial.pin):
            assert secret not in kept
            assert secret.encode().hex() not in kept


def test_a_unit_is_sold_only_after_it_left_the_factory(database: Engine, noon: datetime) -> None:
    maker, shop = make.mill(), make.shopkeeper()
    token = make.serials(maker, noon, sold=False)[0].token

    def sell(*tokens: str) -> int:
        with transaction() as session:
            return service.sell_serials(session, shop.actor, tokens, make.PEPPER, noon)

    with pytest.raises(Invalid) as refusal:
        sell("0" * 26, token)
    assert [(f.code, f.row) for f in refusal.value.faults] == [
        ("unknown_serial", 1),
        ("wrong_state", 2),
    ]
    with transaction() as session:
        batch_id = session.execute(text("SELECT batch_id FROM footprint_batch")).scalar_one()
        service.ship_batch(session, maker.actor, batch_id, noon)
    assert (sell(token), sell(token.lower())) == (1, 0)


def test_a_buyer_claims_once_and_the_message_names_no_more_than_ids(
    database: Engine, noon: datetime
) -> None:
    serial, buyer = make.serials(make.mill(), noon)[0], person("林梅")
    written = f"{serial.pin[:4]}-{serial.pin[4:]}".lower()
    first = claim(buyer, serial.token.lower(), written, noon)
    assert isinstance(first, Claimed)
    assert claim(buyer, serial.token, serial.pin, noon) == first
    assert isinstance(claim(person("旁人"), serial.token, serial.pin, noon), AlreadyClaimed)
    with snapshot() as session:
        payloads = session.execute(
            text("SELECT payload FROM outbox_message WHERE topic = 'footprint.serial_claimed'")
        ).all()
    assert [row[0] for row in payloads] == [
        {
            "serial_id": str(first.serial_id),
            "product_id": str(first.product_id),
            "person_id": str(buyer.person_id),
            "label_code": payloads[0][0]["label_code"],
        }
    ]
    assert len(payloads[0][0]["label_code"]) == 26


def test_whoever_has_the_wrong_pin_learns_nothing(database: Engine, noon: datetime) -> None:
    maker, nosy = make.mill(), person("好奇")
    sold = make.serials(maker, noon)[0]
    answers = [
        claim(nosy, sold.token, WRONG, noon),
        claim(nosy, "0" * 26, WRONG, noon),
        claim(nosy, "nonsense!", "nonsense!", noon),
    ]
    assert {type(answer) for answer in answers} == {ClaimRefused}
    assert {str(answer.details) for answer in answers} == {"{}"}


def test_before_it_is_sold_the_right_pin_is_told_to_wait(database: Engine, noon: datetime) -> None:
    serial = make.serials(make.mill(), noon, sold=False)[0]
    assert isinstance(claim(person("林梅"), serial.token, serial.pin, noon), NotSoldYet)
    assert isinstance(claim(person("林梅"), serial.token, WRONG, noon), ClaimRefused)


def test_five_wrong_pins_lock_the_label_for_a_day(database: Engine, noon: datetime) -> None:
    serial = make.serials(make.mill(), noon)[0]
    for number in range(5):
        assert isinstance(claim(person(f"试探{number}"), serial.token, WRONG, noon), ClaimRefused)
    refusal = claim(person("林梅"), serial.token, serial.pin, noon + timedelta(hours=23))
    assert isinstance(refusal, TooManyTries)
    assert refusal.retry_after_s == 3600
    later = noon + timedelta(hours=24)
    assert isinstance(claim(person("林梅"), serial.token, serial.pin, later), Claimed)


def test_twenty_wrong_pins_lock_the_person(database: Engine, noon: datetime) -> None:
    guesser = person("猜")
    for number in range(20):
        token = f"{number:026d}"
        assert isinstance(claim(guesser, token, WRONG, noon), ClaimRefused)
    assert isinstance(claim(guesser, "A" * 26, WRONG, noon), TooManyTries)


def test_eight_claims_at_once_give_it_to_one(database: Engine, noon: datetime) -> None:
    serial = make.serials(make.mill(), noon)[0]
    people = [person(f"买家{number}") for number in range(8)]
    barrier = Barrier(8)

    def race(who: SignedIn) -> object:
        barrier.wait()
        return claim(who, serial.token, serial.pin, noon)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(race, people))
    assert sorted(type(answer).__name__ for answer in answers) == [
        *["AlreadyClaimed"] * 7,
        "Claimed",
    ]


def test_eight_wrong_pins_at_once_count_five(database: Engine, noon: datetime) -> None:
    serial = make.serials(make.mill(), noon)[0]
    people = [person(f"试探{number}") for number in range(8)]
    barrier = Barrier(8)

    def race(who: SignedIn) -> object:
        barrier.wait()
        return claim(who, serial.token, WRONG, noon)

    with ThreadPoolExecutor(8) as pool:
        answers = [type(answer).__name__ for answer in pool.map(race, people)]
    assert sorted(answers) == [*["ClaimRefused"] * 5, *["TooManyTries"] * 3]


def reported(report: Callable[..., int], who: SignedIn, token: str, noon: datetime) -> int:
    with transaction() as session:
        return report(session, who.actor, [token], make.PEPPER, noon)


def told(topic: str) -> list[dict[str, str]]:
    query = text("SELECT payload FROM outbox_message WHERE topic = :topic ORDER BY message_id")
    with snapshot() as session:
        return [row[0] for row in session.execute(query, {"topic": topic})]


def test_what_came_back_is_void(database: Engine, noon: datetime) -> None:
    serial, shop = make.serials(make.mill(), noon)[0], make.shopkeeper()
    for new in (1, 0):
        assert reported(service.return_serials, shop, serial.token, noon) == new
    assert isinstance(claim(person("林梅"), serial.token, serial.pin, noon), ClaimRefused)
    (message,) = told("footprint.serial_returned")
    assert set(message) == {"serial_id", "label_code"}


def test_a_claimed_unit_that_came_back_names_whose_points_go(
    database: Engine, noon: datetime
) -> None:
    serial, shop, buyer = make.serials(make.mill(), noon)[0], make.shopkeeper(), person("林梅")
    claimed = claim(buyer, serial.token, serial.pin, noon)
    assert isinstance(claimed, Claimed)
    assert reported(service.return_serials, shop, serial.token, noon) == 1
    (message,) = told("footprint.serial_returned")
    (label_code,) = {payload["label_code"] for payload in told("footprint.serial_claimed")}
    assert message == {
        "serial_id": str(claimed.serial_id),
        "person_id": str(buyer.person_id),
        "label_code": label_code,
    }
    assert isinstance(claim(buyer, serial.token, serial.pin, noon), ClaimRefused)
    with pytest.raises(Invalid):
        reported(service.take_back_serials, shop, serial.token, noon)


def test_a_worn_out_unit_is_taken_back_once_from_whoever_claimed_it(
    database: Engine, noon: datetime
) -> None:
    serial, shop, buyer = make.serials(make.mill(), noon)[0], make.shopkeeper(), person("林梅")
    with pytest.raises(Invalid) as refusal:
        reported(service.take_back_serials, shop, serial.token, noon)
    assert [(f.code, f.row) for f in refusal.value.faults] == [("not_claimed", 1)]
    claim(buyer, serial.token, serial.pin, noon)
    with ThreadPoolExecutor(2) as pool:
        counted = pool.map(
            lambda _: reported(service.take_back_serials, shop, serial.token, noon), range(2)
        )
        assert sorted(counted) == [0, 1]
    (message,) = told("footprint.serial_taken_back")
    assert message["person_id"] == str(buyer.person_id)
    with pytest.raises(Invalid) as refusal:
        reported(service.return_serials, shop, serial.token, noon)
    assert [f.code for f in refusal.value.faults] == ["taken_back"]
    with pytest.raises(IntegrityError, match="taken back"), transaction() as session:
        session.execute(text("UPDATE footprint_serial SET state = 'void', voided_at = now()"))
