"""The public register finds retirements and serials, and its sums are the ledger's."""

import csv
import json
from datetime import datetime
from io import BytesIO, StringIO
from uuid import uuid4

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine, text

from puhui.credits import service
from puhui.credits.kind import Kind
from puhui.credits.queries.statistics import statistics
from puhui.db.session import snapshot, transaction
from puhui.identity import consents
from puhui.identity.purpose import TEXTS
from puhui.kernel import clock
from puhui.ledger import queries as ledger
from puhui.ledger.account import CREDIT_KG
from tests.credits.test_batch import changed
from tests.makers.credits import (
    EXAMPLE,
    cancelled,
    draft,
    encumbered,
    held,
    on_sale,
    operator,
    organiser,
    paid,
    retired,
    reversed_by,
    with_reserve,
)
from tests.makers.identity import person


@pytest.fixture
def market(client, noon):
    """Twenty tonnes of FFCER and 1,000 kg of tickets; 2,500 kg of the former retired."""
    with_reserve(10, Kind.FOREST_TICKET)
    tonnes = draft(Kind.FFCER, 20_000, 1_000, county="350429")
    tickets = draft(Kind.FOREST_TICKET, 1_000, 90_000)
    ids = on_sale(tonnes, tickets)
    done = retired(paid(held(organiser(), 2_500)))
    return tonnes, tickets, ids, done


def codes(client, **asked: str) -> list[str]:
    found = client.get("/api/credits/retirements", query_string=asked)
    assert found.status_code == 200, found.json
    return [each["code"] for each in found.json["items"]]


def test_a_retirement_is_found_by_everything_that_names_it(client, market) -> None:
    tonnes, _, _, done = market
    for asked in (
        {"search": "建设峰会"},
        {"search": done.certificate_code.lower()},
        {"search": str(tonnes.serials.part(18, 20))},
        {"serial": f"{tonnes.serials.head}19"},
        {"serial": f"{tonnes.serials.head}19".lower().replace("-", "－")},
        {"project": tonnes.project.code},
        {"project": tonnes.project.name},
        {"event": "Digital China"},
        {"beneficiary": "组委会"},
        {"kind": "ffcer"},
        {"county": "3504"},
        {"purpose": "event"},
        {"year": "2026"},
        {"kind": "ffcer", "county": "350429", "event": "数字中国", "year": "2026"},
    ):
        assert codes(client, **asked) == [done.certificate_code], asked
    for asked in (
        {"search": "没有"},
        {"serial": str(tonnes.serials.part(1, 17))},
        {"serial": "not a serial"},
        {"event": tonnes.project.name},
        {"kind": "vcs"},
        {"county": "3507"},
        {"purpose": "building"},
        {"year": "2025"},
        {"kind": "ffcer", "county": "3507"},
    ):
        assert codes(client, **asked) == [], asked


def test_a_serial_is_found_with_its_fate_wherever_it_is(client, market) -> None:
    tonnes, tickets, (_, ticket_id), done = market
    cancelled(ticket_id, str(tickets.serials.part(1, 100)))
    encumbered(ticket_id, str(tickets.serials.part(101, 200)))

    def fate(text: str) -> list[tuple[str, str | None, str | None]]:
        found = client.get("/api/credits/serials", query_string={"text": text}).json["items"]
        return [(each["state"], each["kept"], each["certificate"]) for each in found]

    assert fate(f"{tonnes.serials.head}19") == [("retired", None, done.certificate_code)]
    assert fate(f"{tonnes.serials.head}1") == [("available", None, None)]
    assert fate(f"{tickets.serials.head}50") == [("cancelled", None, None)]
    assert fate(f"{tickets.serials.head}1000") == [("held", "reserve", None)]
    assert fate(str(tickets.serials)) == [
        ("cancelled", None, None),
        ("held", "encumbrance", None),
        ("available", None, None),
        ("held", "reserve", None),
    ]
    assert fate(f"{tickets.serials.head}1001") == []
    assert fate("nonsense") == []
    free = client.get("/register", query_string={"search": f"{tonnes.serials.head}1"})
    assert "有权利限制" not in free.get_data(as_text=True)
    page = client.get("/register", query_string={"search": f"{tickets.serials.head}50"})
    assert "签发方更正" in page.get_data(as_text=True)


def test_what_matches_can_be_taken_away(client, market) -> None:
    tonnes, *_ = market
    text = client.get("/register.csv?county=3504").get_data(as_text=True).removeprefix("\ufeff")
    (row,) = csv.DictReader(StringIO(text))
    assert (row["kg"], row["serials"]) == ("3000", str(tonnes.serials.part(18, 20)))
    (same,) = json.loads(client.get("/register.json?county=3504").data)
    assert {name: str(value) for name, value in same.items()} == row
    assert json.loads(client.get("/register.json?county=3507").data) == []
    assert client.get("/register?year=soon").status_code == 422


# The same sums from the blocks and the retirements themselves, which nobody keeps.
BLOCKS = """
SELECT CASE WHEN kept = 'encumbrance' OR state = 'available' AND encumbrance <> 'none'
            THEN 'encumbered' WHEN kept = 'reserve' THEN 'reserve'
            WHEN state = 'available' THEN 'for_sale' ELSE state END,
       CAST(sum((upper(k.serials) - lower(k.serials)) * granularity_kg) AS bigint)
  FROM credits_block AS k JOIN credits_batch USING (batch_id) GROUP BY 1
"""
RETIREMENTS = """
SELECT purpose_kind, to_char(retired_at AT TIME ZONE 'Asia/Shanghai', 'YYYY'), count(*),
       CAST(sum(quantity_kg) AS bigint) FROM credits_retirement GROUP BY 1, 2
"""


def test_the_sums_are_the_ledgers(client, market) -> None:
    _, tickets, (_, ticket_id), _ = market
    held(organiser(), 4_000)
    cancelled(ticket_id, str(tickets.serials.part(1, 100)))
    encumbered(ticket_id, str(tickets.serials.part(101, 300)))
    retired(paid(held(organiser(), 1_500)))
    reversed_by(tickets.project.code, 30, tickets.period_ends)
    with snapshot() as session:
        found = statistics(session)
        totals = ledger.totals(session, CREDIT_KG)
        blocks = dict(session.execute(text(BLOCKS)).all())
        by_row = session.execute(text(RETIREMENTS)).all()
    kg = found.total.kg
    assert {place: n for place, n in kg.items() if n} == blocks
    assert [("event", "2026", each.count, each.kg) for each in found.retired_by_year] == by_row
    assert found.total.issued_kg == -totals["issued"] == 21_000
    assert kg["for_sale"] + kg["encumbered"] - 200 == totals["available"]
    assert kg["held"] + kg["reserve"] + 200 == totals["held"]
    assert (kg["retired"], kg["cancelled"]) == (totals["retired"], totals["cancelled"])
    for table in (found.by_kind, found.by_county, found.by_vintage):
        for place, whole in kg.items():
            assert sum(each.kg[place] for each in table) == whole, (table, place)
    for table in (found.retired_by_purpose, found.retired_by_year):
        assert sum(each.kg for each in table) == totals["retired"]
    assert [each.name for each in found.by_county] == ["350428", "350429"]
    told = client.get("/api/credits/statistics").json
    assert told["total"]["kg"] == kg
    for language in ("zh", "en"):
        page = client.get(f"/register/statistics?lang={language}").get_data(as_text=True)
        assert "21,000" in page


def test_a_person_is_not_found_once_they_withdraw(client, noon: datetime, settle) -> None:
    on_sale(draft(Kind.ONE_YUAN, 1_000, 10_000))
    li = person("李雷雷")
    purpose = consents.Purpose.CERTIFICATE_NAME
    with transaction() as session:
        consents.give(session, li.actor, li.person_id, purpose, TEXTS[purpose].hash, "page", noon)
    with transaction() as session:
        hold = service.buy_personally(session, li.actor, uuid4(), 1, noon)
    done = retired(paid(hold))
    assert codes(client, beneficiary="李雷雷") == [done.certificate_code]
    with transaction() as session:
        consents.withdraw(session, li.actor, li.person_id, purpose, "page", clock.now())
    settle()
    assert codes(client, beneficiary="李雷雷") == []
    assert codes(client, purpose="personal") == [done.certificate_code]


def as_workbook(text: str) -> bytes:
    book, file = Workbook(), BytesIO()
    for row in csv.reader(StringIO(text)):
        book.active.append([int(c) if c.isdecimal() and not c.startswith("0") else c for c in row])
    book.save(file)
    return file.getvalue()


def test_a_workbook_comes_in_like_the_same_file_as_text(database: Engine, noon) -> None:
    clerk, content = operator().actor, EXAMPLE.read_text("utf-8")
    outcomes = []
    for file in (as_workbook(content), content, as_workbook(content)):
        with transaction() as session:
            outcomes.append(service.import_file(session, clerk, uuid4(), file, noon))
    assert outcomes == [(6, 0), (0, 6), (0, 6)]


def test_a_workbook_over_http_names_every_fault(client, noon) -> None:
    headers = operator().headers | {
        "Idempotency-Key": "a",
        "Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    file = as_workbook(changed(4, kind="x", seller=""))
    answer = client.post("/api/credits/imports", data=file, headers=headers)
    assert [(each["row"], each["field"]) for each in answer.json["errors"]] == [
        (4, "kind"),
        (4, "seller"),
    ]
