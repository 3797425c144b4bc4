"""From a product to a label and its serials, through the services and the database."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from puhui.db.session import snapshot, transaction
from puhui.factors.service import withdraw
from puhui.footprint import queries, service
from puhui.footprint.calculation import recompute
from puhui.footprint.errors import (
    AlreadyDecided,
    NameTaken,
    NoInventory,
    NotSubmitted,
    NotVerified,
    OwnProduct,
)
from puhui.footprint.label import LabelState
from puhui.footprint.ruleset import BAMBOO_AR5
from puhui.footprint.submission import Submitted
from puhui.footprint.verdict import Reason, Verdict
from puhui.kernel.actor import Role
from puhui.kernel.errors import Forbidden, Invalid, NotFound
from tests.makers import footprint as make
from tests.makers.identity import organisation, person


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


def test_the_other_weights_are_another_footprint(database: Engine, noon: datetime) -> None:
    maker, footprint_id = make.mill(), uuid4()
    product_id = make.board(maker, noon)
    with transaction() as session:
        by_ar5 = service.declare_footprint(
            session, maker.actor, footprint_id, product_id, noon, BAMBOO_AR5
        )
        assert str(by_ar5.footprint_kg) == "283.255810860000"
        assert by_ar5.ruleset == BAMBOO_AR5.id
    with pytest.raises(NameTaken), transaction() as session:
        service.declare_footprint(session, maker.actor, footprint_id, product_id, noon)


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
    with pytest.raises(OwnProduct):
        make.review(both, footprint_id, noon)
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
