"""A claimed serial earns its buyer points, once."""

from collections.abc import Callable
from uuid import UUID, uuid4

from flask.testing import FlaskClient

from puhui.db.session import snapshot, transaction
from puhui.kernel import clock
from puhui.ledger.account import pending_of
from puhui.ledger.queries import balance
from puhui.outbox.service import publish
from puhui.rewards.queries import wallet
from tests.makers.identity import SignedIn, person


def claimed(by: SignedIn, serial_id: UUID, product_id: UUID, **more: str) -> None:
    with transaction() as session:
        publish(
            session,
            "footprint.serial_claimed",
            clock.now(),
            serial_id=str(serial_id),
            product_id=str(product_id),
            person_id=str(by.person_id),
            **more,
        )


def test_a_claimed_serial_earns_ten_points_once(settle: Callable[[], None]) -> None:
    li, serial_id, product_id = person("李雷"), uuid4(), uuid4()
    claimed(li, serial_id, product_id)
    claimed(li, serial_id, product_id)
    settle()
    with snapshot() as session:
        assert balance(session, pending_of(li.person_id)) == 10
        (line,) = wallet.statement(session, li.actor)
    assert line.award is not None
    assert (line.award.cause_kind, line.award.cause_id) == ("purchase", serial_id)
    assert line.award.about == {"product_id": str(product_id)}
    assert line.award.rule.citation == "purchase@2026.1"


def test_the_award_opens_the_label_of_what_was_bought(
    client: FlaskClient, settle: Callable[[], None]
) -> None:
    li = person("李雷")
    claimed(li, uuid4(), uuid4(), label_code="ABC234")
    settle()
    (line,) = client.get("/api/wallet/statement", headers=li.headers).json["items"]
    page = client.get(f"/awards/{line['award']['award_id']}", headers=li.headers)
    assert 'href="/l/ABC234"' in page.text
    assert "1 件 × 每件 10 积分 = 10 积分" in page.text


def test_the_eleventh_unit_of_a_day_earns_nothing(settle: Callable[[], None]) -> None:
    li = person("李雷")
    for _ in range(11):
        claimed(li, uuid4(), uuid4())
    settle()
    with snapshot() as session:
        assert balance(session, pending_of(li.person_id)) == 100
