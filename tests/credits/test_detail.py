"""Batches of each kind have fields of their own, judged row by row and shown where they belong."""

import csv
from io import StringIO

import pytest

from puhui.credits import queries
from puhui.credits.batch import draft_of, read, read_table
from puhui.credits.kind import Kind
from puhui.db.session import snapshot
from tests.credits.test_batch import changed
from tests.makers.credits import EXAMPLE, draft, held, on_sale, organiser, paid, retired

CELLS = {
    "project": "P-1",
    "project_name": "林",
    "project_name_en": "Forest",
    "county_code": "350428",
    "place": "三明",
    "place_en": "Sanming",
    "method": "方法",
    "beneficiaries": "村民",
    "beneficiaries_en": "Villagers",
    "project_source": "来源",
    "registry": "登记簿",
    "period_starts": "2016-01-01",
    "period_ends": "2020-12-31",
    "price_yuan_per_t": "20",
    "seller": "卖方",
    "source": "来源",
}
OF_KIND = {
    Kind.FFCER: ("FFCER-350429-P1-2019-1-2", 2000, {"filing_number": "闽林碳〔2019〕7号"}),
    Kind.CCER: (
        "CCER-350429-P1-2019-1-2",
        2000,
        {"project_number": "C0123", "methodology": "CCER-14-001-V01"},
    ),
    Kind.VCS: (
        "0001-1-2-VCS-VCU-003-VER-CN-14-0003-01012016-31122020-1",
        2000,
        {"project_number": "VCS-2082", "vintage": "2020", "certifications": "CCB Gold"},
    ),
    Kind.FOREST_TICKET: (
        "LYTP-350428-0000001/1-2000",
        2000,
        {"ticket_number": "0000001", "area_mu": "3197"},
    ),
    Kind.SINGLE_TREE: (
        "DZTH-350428-T12/1-20",
        20,
        {"tree_id": "T12", "household": "CK-031", "village": "常口村"},
    ),
    Kind.ONE_YUAN: (
        "YYTH-350721-SC01-2021-1-2",
        20,
        {"village": "元坑村", "farmer": "YK-7"},
    ),
}


def read_as(kind: Kind, **instead: str):
    serials, kg, own = OF_KIND[kind]
    said = {"kind": kind.value, "serials": serials, "quantity_kg": str(kg)}
    found, faults = draft_of(CELLS | said | own | instead)
    return found, [(fault.code, fault.field) for fault in faults]


@pytest.mark.parametrize("kind", Kind)
def test_a_batch_of_each_kind_keeps_its_own_fields(kind: Kind) -> None:
    found, faults = read_as(kind)
    assert faults == []
    assert found.details == OF_KIND[kind][2]
    assert str(found.serials) == OF_KIND[kind][0]


@pytest.mark.parametrize(
    ("kind", "field", "said", "code"),
    [
        (Kind.CCER, "project_number", "", "missing"),
        (Kind.CCER, "methodology", "", "missing"),
        (Kind.VCS, "project_number", "", "missing"),
        (Kind.VCS, "vintage", "2019", "detail_differs"),
        (Kind.VCS, "vintage", "last", "malformed_detail"),
        (Kind.FOREST_TICKET, "ticket_number", "0000002", "detail_differs"),
        (Kind.FOREST_TICKET, "area_mu", "many", "malformed_detail"),
        (Kind.FOREST_TICKET, "farmer", "YK-7", "of_another_kind"),
        (Kind.SINGLE_TREE, "tree_id", "T13", "detail_differs"),
        (Kind.SINGLE_TREE, "household", "", "missing"),
        (Kind.SINGLE_TREE, "household", "张三", "malformed_detail"),
        (Kind.ONE_YUAN, "vintage", "2021", "of_another_kind"),
    ],
)
def test_a_field_of_a_kind_is_judged(kind: Kind, field: str, said: str, code: str) -> None:
    assert read_as(kind, **{field: said})[1] == [(code, field)]


def test_what_the_serials_say_need_not_be_written() -> None:
    found, faults = read_as(Kind.FOREST_TICKET, ticket_number="", area_mu="")
    assert (found.details, faults) == ({"ticket_number": "0000001"}, [])


def test_a_fault_in_a_field_of_a_kind_is_named_by_row() -> None:
    lines = list(csv.reader(StringIO(changed(4))))
    table = [[*line, "area_mu" if at == 0 else ""] for at, line in enumerate(lines)]
    assert [len(line) for line in table] == [23] * 7
    table[3][-1] = "197"
    _, faults = read_table(table)
    assert [(fault.code, fault.row, fault.field) for fault in faults] == [
        ("of_another_kind", 4, "area_mu")
    ]


def test_a_file_without_these_columns_is_still_read() -> None:
    rows, faults = read(EXAMPLE.read_text("utf-8"))
    assert faults == []
    assert rows[0].draft.details["ticket_number"] == "0000001"


def test_they_stand_on_the_certificate_and_on_the_pages(client, noon, settle) -> None:
    tickets = draft(
        Kind.FOREST_TICKET, 500, 1_000, details={"ticket_number": "0000009", "area_mu": "12.5"}
    )
    on_sale(tickets)
    done = retired(paid(held(organiser(), 500)))
    with snapshot() as session:
        certificate = queries.certificate_by_code(session, done.certificate_code)
    assert certificate.document["credits"][0]["details"] == {
        "ticket_number": "0000009",
        "area_mu": "12.5",
    }
    for address in (f"/c/{done.certificate_code}", f"/credits/projects/{tickets.project.code}"):
        page = client.get(address).get_data(as_text=True)
        assert "0000009" in page
        assert "林地面积（亩）" in page
