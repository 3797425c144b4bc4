"""What somebody has a right to is not sold; what is cancelled is gone, and never undone."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from puhui.credits import queries
from puhui.credits.cancellation import OwnReason
from puhui.credits.errors import (
    CapExceeded,
    NameTaken,
    NotEnoughCredits,
    NotForCompliance,
    SerialsNotFree,
    UnknownEncumbrance,
)
from puhui.credits.kind import Kind
from puhui.credits.queries import fates
from puhui.db.session import snapshot, transaction
from puhui.kernel.errors import Invalid
from tests.makers.credits import (
    cancelled,
    draft,
    encumbered,
    freed,
    held,
    on_sale,
    operator,
    organiser,
    paid,
    retired,
)

COMPLIANCE = {
    "reason": OwnReason.COMPLIANCE,
    "claimant": "某水泥公司",
    "year": 2025,
    "confirmed_t": Decimal(100),
}


@pytest.fixture
def tonnes(database: Engine, noon):
    """A batch of FFCER-…-1-20, twenty tonnes."""
    batch = draft(Kind.FFCER, 20_000, 1_555)
    (batch_id,) = on_sale(batch)
    return batch_id, batch.serials


def card(batch_id: UUID):
    with snapshot() as session:
        return queries.batch(session, batch_id)


def blocks(batch_id: UUID) -> Sequence[tuple[int, int, str]]:
    query = text(
        "SELECT lower(serials), upper(serials) - 1, coalesce(kept, state) FROM credits_block"
        " WHERE batch_id = :batch ORDER BY serials"
    )
    with snapshot() as session:
        return [tuple(row) for row in session.execute(query, {"batch": batch_id})]


def test_a_pledged_part_is_not_sold_until_it_is_freed(tonnes) -> None:
    batch_id, serials = tonnes
    name = encumbered(batch_id, str(serials.part(6, 15)))
    assert encumbered(batch_id, str(serials.part(6, 15)), name) == name
    assert blocks(batch_id) == [
        (1, 5, "available"), (6, 15, "encumbrance"), (16, 20, "available"),
    ]  # fmt: skip
    assert (card(batch_id).available_kg, card(batch_id).encumbered_kg) == (10_000, 10_000)
    with pytest.raises(NotEnoughCredits):
        held(organiser(), 10_001)
    with pytest.raises(SerialsNotFree):
        encumbered(batch_id, str(serials.part(15, 16)))
    for _ in range(2):
        assert freed(batch_id, name).available_kg == 20_000
    assert held(organiser(), 20_000).total_kg == 20_000
    with pytest.raises(UnknownEncumbrance):
        freed(batch_id, uuid4())


def test_what_a_buyer_holds_is_neither_pledged_nor_cancelled(tonnes) -> None:
    batch_id, serials = tonnes
    held(organiser(), 3_000)
    with pytest.raises(SerialsNotFree):
        encumbered(batch_id, str(serials.part(17, 18)))
    with pytest.raises(SerialsNotFree):
        cancelled(batch_id, str(serials.part(18, 18)))
    assert card(batch_id).held_kg == 3_000


def test_cancelled_serials_are_gone_for_good(tonnes, settle, client) -> None:
    batch_id, serials = tonnes
    parts, name = (str(serials.part(2, 3)), str(serials.part(7, 7))), uuid4()
    for _ in range(2):
        found = cancelled(batch_id, *parts, name=name)
    assert (found.available_kg, found.cancelled_kg, found.quantity_kg) == (17_000, 3_000, 20_000)
    with pytest.raises(NameTaken):
        cancelled(batch_id, str(serials.part(8, 8)), name=name)
    with pytest.raises(SerialsNotFree):
        cancelled(batch_id, str(serials.part(3, 4)))
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(
            text(
                "UPDATE credits_block SET state = 'available', cancellation_id = NULL"
                " WHERE state = 'cancelled'"
            )
        )
    settle()
    leaves = client.get("/api/register/entries?limit=50").json["items"]
    (leaf,) = [each for each in leaves if each["kind"] == "credit_cancellation"]
    assert parts[1] in str(leaf)


def test_a_pledged_part_may_be_cancelled_and_the_rest_freed(tonnes) -> None:
    batch_id, serials = tonnes
    name = encumbered(batch_id, str(serials.part(1, 10)))
    assert cancelled(batch_id, str(serials.part(4, 5)), reason=OwnReason.JUDICIAL).held_kg == 8_000
    found = freed(batch_id, name)
    assert (found.available_kg, found.held_kg, found.cancelled_kg) == (18_000, 0, 2_000)


def test_ranges_are_judged_all_at_once(tonnes) -> None:
    batch_id, serials = tonnes
    wrong = (str(serials.part(2, 4)), "X-1-2", str(serials.part(4, 5)), "FFCER-350429-Z9-2019-1-2")
    with pytest.raises(Invalid) as refused:
        cancelled(batch_id, *wrong)
    assert [(fault.code, fault.row) for fault in refused.value.faults] == [
        ("malformed_serials", 2),
        ("outside_batch", 4),
        ("serials_overlap_here", 3),
    ]


def test_an_enterprise_surrenders_at_most_a_tenth_of_its_emissions(tonnes) -> None:
    """Of 100 t confirmed: ten tonnes of FFCER at most, of CCER five, together ten."""
    batch_id, serials = tonnes
    cancelled(batch_id, str(serials.part(1, 6)), **COMPLIANCE)
    with pytest.raises(CapExceeded) as refused:
        cancelled(batch_id, str(serials.part(7, 11)), **COMPLIANCE)
    assert refused.value.details["caps"] == ["forest", "total"]
    other = draft(Kind.CCER, 6_000, 1_000)
    (ccer,) = on_sale(other)
    with pytest.raises(CapExceeded) as refused:
        cancelled(ccer, str(other.serials.part(1, 5)), **COMPLIANCE)
    assert refused.value.details["caps"] == ["total"]
    cancelled(ccer, str(other.serials.part(1, 4)), **COMPLIANCE)
    cancelled(batch_id, str(serials.part(7, 11)), **COMPLIANCE | {"year": 2024})
    tickets = draft(Kind.FOREST_TICKET, 100, 1_000)
    (ticket,) = on_sale(tickets)
    with pytest.raises(NotForCompliance):
        cancelled(ticket, str(tickets.serials.part(1, 1)), **COMPLIANCE)


def test_the_history_stays_and_says_who_only_to_those_who_need_to_know(tonnes, client) -> None:
    batch_id, serials = tonnes
    name = encumbered(batch_id, str(serials.part(1, 10)))
    freed(batch_id, name)
    url = f"/api/credits/batches/{batch_id}"
    clerk = operator().headers
    said = {"encumbrance": "disputed", "note": "界址争议", "claimant": "邻村"}
    for _ in range(2):
        client.put(f"{url}/encumbrance", json=said | {"document": "受理 5"}, headers=clerk)
    client.put(f"{url}/encumbrance", json={"encumbrance": "none", "note": "撤诉"}, headers=clerk)
    cancelled(batch_id, str(serials.part(20, 20)))
    public = client.get(f"{url}/history").json["items"]
    assert [(each["what"], each["quantity_kg"], each["is_final"]) for each in public] == [
        ("pledged", 10_000, False),
        ("none", 10_000, False),
        ("disputed", 20_000, False),
        ("none", 20_000, False),
        ("correction", 1_000, True),
    ]
    assert {each["claimant"] for each in public} == {None}
    full = client.get(f"{url}/history", headers=clerk).json["items"]
    assert [each["claimant"] for each in full][:3] == ["将乐农商银行", "将乐农商银行", "邻村"]
    with snapshot() as session:
        known = fates.history(session, batch_id=batch_id, with_claimants=True)
    assert fates.live_parts(known) == []
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text("DELETE FROM credits_encumbrance"))


def test_an_operator_does_all_this_at_a_desk(tonnes, client) -> None:
    batch_id, serials = tonnes
    clerk, url = operator().headers, f"/credits/batches/{batch_id}"
    told = {"claimant": "某银行", "note": "质押", "document": "合同 1"}
    sent = client.post(
        f"{url}/encumbrances",
        data=told | {"encumbrance": "pledged", "serials": str(serials.part(1, 2))},
        headers=clerk,
    )
    assert sent.status_code == 303
    gone = {
        "serials": f"{serials.part(5, 5)}\n{serials.part(9, 10)}\n",
        "reason": "migrated",
        "claimant": "国家登记簿",
        "document": "迁移函 1",
        "says_zh": "迁出",
        "says_en": "Moved",
    }
    assert client.post(f"{url}/cancellations", data=gone, headers=clerk).status_code == 303
    again = client.post(f"{url}/cancellations", data=gone, headers=clerk)
    assert again.status_code == 409
    page = client.get(url, headers=clerk).get_data(as_text=True)
    assert "某银行" in page
    assert str(serials.part(9, 10)) in page
    assert card(batch_id).cancelled_kg == 3_000
    assert client.get(url, headers=organiser().headers).status_code == 403


def test_retired_lines_of_one_vintage_are_one_line(database: Engine, noon) -> None:
    first = draft(Kind.FOREST_TICKET, 500, 1_000)
    whole = first.serials
    second = type(first)(
        **{**vars(first), "serials": type(whole)(
            whole.head, 501, whole.join, 900, whole.tail, whole.width
        ), "price_fen_per_t": 1_100}
    )  # fmt: skip
    on_sale(first, second)
    done = retired(paid(held(organiser(), 700)))
    (line,) = done.lines
    assert line.quantity_kg == 700
    assert [(each.first, each.last) for each in line.serials] == [(1, 500), (701, 900)]
