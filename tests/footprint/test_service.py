"""From a product to a label and its serials, through the services and the database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from puhui.db.session import snapshot, transaction
from puhui.factors.service import withdraw
from puhui.footprint import queries, service
from puhui.footprint.calculation import recompute
from puhui.footprint.errors import (
    AlreadyClaimed,
    AlreadyDecided,
    ClaimRefused,
    NameTaken,
    NoInventory,
    NotSoldYet,
    NotSubmitted,
    NotVerified,
    OwnProduct,
    SecretsLeft,
    TooManyTries,
)
from puhui.footprint.inventory import Submitted
from puhui.footprint.label import LabelState
from puhui.footprint.service import Claimed
from puhui.footprint.verdict import Reason, Verdict
from puhui.kernel.actor import Role
from puhui.kernel.errors import Forbidden, Invalid, NotFound
from tests.makers import footprint as make
from tests.makers.identity import SignedIn, organisation, person

WRONG = "00000000"


def claim(who: SignedIn, token: str, pin: str, now: datetime) -> object:
    with transaction() as session:
        return service.claim_serial(session, who.actor, token, pin, make.PEPPER, now)


def test_a_product_is_registered_once(database: Engine, noon: datetime) -> None:
    maker, product_id = make.mill(), uuid4()
    for _ in range(2):
        with transaction() as session:
            service.register_product(
                session, maker.actor, product_id, organisation(make.MILL), make.BOARD, noon
            )
    with pytest.raises(NameTaken), transaction() as session:
        other = make.ProductDraft(**{**vars(make.BOARD), "name_zh": "另一种板"})
        service.register_product(
            session, maker.actor, product_id, organisation(make.MILL), other, noon
        )


def test_a_product_of_another_looks_unknown(database: Engine, noon: datetime) -> None:
    product_id = make.board(make.mill(), noon)
    rival = person("对手", ("别家竹业", Role.MANUFACTURER))
    with pytest.raises(NotFound), transaction() as session:
        service.preview(session, rival.actor, product_id)
    with pytest.raises(Forbidden), transaction() as session:
        service.preview(session, make.auditor().actor, product_id)


def test_a_refused_inventory_changes_nothing(database: Engine, noon: datetime) -> None:
    maker = make.mill()
    product_id = make.board(maker, noon)
    content = make.board_json()
    content["lines"][5]["factor"] = "grid.cn-fj.co2"
    content["lines"][7]["factor"] = "water.holy"
    with pytest.raises(Invalid) as refusal, transaction() as session:
        service.put_inventory(session, maker.actor, product_id, Submitted.of_json(content), noon)
    assert [(f.code, f.row) for f in refusal.value.faults] == [
        ("co2_only", 6),
        ("unknown_factor", 8),
    ]
    with snapshot() as session:
        assert queries.inventory_of(session, product_id).content == make.board_json()


def test_an_inventory_must_agree_with_its_product(database: Engine, noon: datetime) -> None:
    maker = make.mill()
    product_id = make.board(maker, noon, inventory=False)
    with pytest.raises(Invalid) as refusal, transaction() as session:
        content = {**make.board_json(), "declared_unit": "piece", "output": "900"}
        service.put_inventory(session, maker.actor, product_id, Submitted.of_json(content), noon)
    assert [f.code for f in refusal.value.faults] == ["other_unit", "other_mass"]


def test_the_same_inventory_again_is_the_same_version(database: Engine, noon: datetime) -> None:
    maker = make.mill()
    product_id = make.board(maker, noon)
    with transaction() as session:
        inventory = Submitted.of_json(make.board_json())
        row = service.put_inventory(session, maker.actor, product_id, inventory, noon)
        assert row.version == 1


def test_a_footprint_keeps_its_calculation_and_its_number(database: Engine, noon: datetime) -> None:
    maker = make.mill()
    product_id, footprint_id = make.board(maker, noon), uuid4()
    for _ in range(2):
        with transaction() as session:
            found = service.declare_footprint(session, maker.actor, footprint_id, product_id, noon)
    assert (found.number, str(found.footprint_kg)) == (1, "283.268244648000")
    assert recompute(found.document).text == found.document
    with pytest.raises(IntegrityError, match="never changes"), transaction() as session:
        session.execute(text("UPDATE footprint_footprint SET footprint_kg = 1"))


def test_a_product_without_inventory_has_no_footprint(database: Engine, noon: datetime) -> None:
    maker = make.mill()
    product_id = make.board(maker, noon, inventory=False)
    with pytest.raises(NoInventory), transaction() as session:
        service.declare_footprint(session, maker.actor, uuid4(), product_id, noon)


def test_a_withdrawn_factor_keeps_new_footprints_from_being_declared(
    database: Engine, noon: datetime
) -> None:
    maker, operator = make.mill(), person("操作员", ("平台", Role.OPERATOR))
    product_id = make.board(maker, noon)
    with transaction() as session:
        withdraw(session, operator.actor, "water.tap", "2019.1", "撤回", noon)
    with pytest.raises(Invalid) as refusal, transaction() as session:
        service.declare_footprint(session, maker.actor, uuid4(), product_id, noon)
    assert [(f.code, f.row) for f in refusal.value.faults] == [("unknown_factor", 8)]


def test_nobody_verifies_their_own_product(database: Engine, noon: datetime) -> None:
    maker, footprint_id = make.mill(), uuid4()
    product_id = make.board(maker, noon)
    both = person("两头", (make.AUDITORS, Role.VERIFIER), (make.MILL, Role.RETAILER))
    with transaction() as session:
        service.declare_footprint(session, maker.actor, footprint_id, product_id, noon)
    with pytest.raises(NotSubmitted), transaction() as session:
        service.decide_footprint(
            session, make.auditor().actor, footprint_id, Verdict.VERIFIED, [], noon
        )
    with transaction() as session:
        service.submit_footprint(session, maker.actor, footprint_id, noon)
    with pytest.raises(OwnProduct), transaction() as session:
        service.decide_footprint(session, both.actor, footprint_id, Verdict.VERIFIED, [], noon)
    with pytest.raises(Forbidden), transaction() as session:
        service.decide_footprint(session, maker.actor, footprint_id, Verdict.VERIFIED, [], noon)


def test_a_refusal_gives_reasons_by_line_and_stays(database: Engine, noon: datetime) -> None:
    maker, verifier, footprint_id = make.mill(), make.auditor(), uuid4()
    product_id = make.board(maker, noon)
    with transaction() as session:
        service.declare_footprint(session, maker.actor, footprint_id, product_id, noon)
        service.submit_footprint(session, maker.actor, footprint_id, noon)

    def refuse(*reasons: Reason) -> None:
        with transaction() as session:
            service.decide_footprint(
                session, verifier.actor, footprint_id, Verdict.REFUSED, reasons, noon
            )

    with pytest.raises(Invalid, match="invalid"):
        refuse()
    with pytest.raises(Invalid):
        refuse(Reason(99, "没有这一行"))
    refuse(Reason(4, "供应商声明已过期"))
    refuse(Reason(4, "供应商声明已过期"))
    with pytest.raises(AlreadyDecided):
        refuse(Reason(None, "另有原因"))
    with pytest.raises(NotVerified), transaction() as session:
        service.issue_label(session, maker.actor, uuid4(), footprint_id, "http://localhost", noon)


def test_a_label_is_issued_once_and_stands_in_the_register(
    database: Engine, noon: datetime
) -> None:
    maker = make.mill()
    footprint_id, label_id = make.verified(maker, noon), uuid4()
    for _ in range(2):
        with transaction() as session:
            issued = service.issue_label(
                session, maker.actor, label_id, footprint_id, "http://localhost", noon
            )
    with pytest.raises(NameTaken), transaction() as session:
        service.issue_label(session, maker.actor, uuid4(), footprint_id, "http://localhost", noon)
    assert issued.url == f"HTTP://LOCALHOST/L/{issued.code}"
    with snapshot() as session:
        entries = session.execute(
            text("SELECT count(*) FROM register_entry WHERE kind = 'label_issued'")
        )
        assert entries.scalar_one() == 1


def test_a_label_is_what_its_page_says_at_that_time(database: Engine, noon: datetime) -> None:
    maker = make.mill()
    issued = make.label(maker, noon)

    def state_at(when: datetime) -> LabelState:
        with snapshot() as session:
            return queries.label_by_code(session, issued.code.lower(), make.PEPPER, when).state

    assert state_at(noon) is LabelState.ISSUED
    three_years = noon.replace(year=2029)
    assert state_at(three_years - timedelta(seconds=1)) is LabelState.ISSUED
    assert state_at(three_years) is LabelState.EXPIRED
    with transaction() as session:
        service.withdraw_label(session, maker.actor, issued.label_id, "配方改变", noon)
    assert state_at(noon) is LabelState.WITHDRAWN
    with snapshot() as session:
        assert queries.labels(session, noon) == []


def test_secrets_leave_once_and_are_not_kept(database: Engine, noon: datetime) -> None:
    maker, batch_id = make.mill(), uuid4()
    issued = make.label(maker, noon)

    def print_ten() -> list[service.Printed]:
        with transaction() as session:
            return service.print_serials(
                session,
                maker.actor,
                batch_id,
                issued.label_id,
                10,
                "http://localhost",
                make.PEPPER,
                noon,
            )

    printed = print_ten()
    assert len({serial.token for serial in printed} | {serial.pin for serial in printed}) == 20
    with pytest.raises(SecretsLeft):
        print_ten()
    with snapshot() as session:
        rows = session.execute(text("SELECT footprint_serial::text FROM footprint_serial"))
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
        }
    ]


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


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE footprint_serial SET state = 'printed'", "only goes forward"),
        ("UPDATE footprint_serial SET pin_hash = token_hash", "only goes forward"),
        ("DELETE FROM footprint_serial", "append-only"),
        ("UPDATE footprint_label SET code = reverse(code)", "a label never changes"),
        ("DELETE FROM footprint_footprint", "append-only"),
    ],
)
def test_the_database_refuses_to_go_back(
    database: Engine, noon: datetime, change: str, says: str
) -> None:
    make.serials(make.mill(), noon)
    with pytest.raises(IntegrityError, match=says), transaction() as session:
        session.execute(text(change))


def test_what_came_back_is_void(database: Engine, noon: datetime) -> None:
    serial, shop = make.serials(make.mill(), noon)[0], make.shopkeeper()
    for new in (1, 0):
        with transaction() as session:
            assert (
                service.void_serials(session, shop.actor, [serial.token], make.PEPPER, noon) == new
            )
    assert isinstance(claim(person("林梅"), serial.token, serial.pin, noon), ClaimRefused)
