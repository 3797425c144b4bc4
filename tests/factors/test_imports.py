"""A file of factors is taken in whole, or kept out whole with every fault by its row."""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from uuid import UUID, uuid4
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from click.testing import CliRunner
from openpyxl import Workbook
from sqlalchemy import text

from puhui.cli import group as puhui
from puhui.db.session import connect, snapshot, transaction
from puhui.factors import queries, service
from puhui.factors.errors import UnknownFactor
from puhui.kernel.actor import Role
from puhui.web.workbook import XLSX
from tests.factors.test_library import GOOD, JUDGED, library
from tests.makers.footprint import label, mill
from tests.makers.identity import person

OTHER = {**JUDGED, "key": "grid.other", "subject": "grid.other"}


@pytest.fixture
def han(client, noon):
    return person("韩", ("平台", Role.OPERATOR))


def put(client, who, data: bytes, import_id: UUID | None = None, kind: str = "text/csv"):
    return client.put(
        f"/api/factor-imports/{import_id or uuid4()}?file=new.csv",
        data=data,
        headers={**who.headers, "Content-Type": kind},
    )


def known(key: str) -> bool:
    with snapshot() as session:
        try:
            return bool(queries.by_key(session, key))
        except UnknownFactor:
            return False


def as_workbook(*rows: dict[str, str]) -> bytes:
    book, out = Workbook(), BytesIO()
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append([float(c) if c[:1].isdigit() and "." in c else c for c in row.values()])
    for line in book.active.iter_rows(min_row=2, min_col=2, max_col=2):
        for cell in line:
            cell.value = str(cell.value)
    book.save(out)
    return out.getvalue()


def test_a_draft_waits_until_an_operator_publishes_it_and_the_register_says_so(
    client, noon: datetime, han, settle
) -> None:
    name = uuid4()
    for _ in range(2):
        brought = put(client, han, library(GOOD, OTHER).encode(), name)
        assert (brought.status_code, brought.json["state"]) == (201, "draft")
    assert not known("grid.test")
    address = f"/api/factor-imports/{name}/publication"
    first = client.put(address, headers=han.headers)
    again = client.put(address, headers=han.headers)
    assert (first.json["state"], first.json) == ("published", again.json)
    assert known("grid.test")
    settle()
    one = client.get("/api/factors/grid.other/2024.1").json
    assert one["pedigree"]["temporal"] == 2
    entries = client.get(
        f"/api/register/entries?kind=factors_published&subject_id={one['library']}"
    ).json
    assert [entry["kind"] for entry in entries["items"]] == ["factors_published"]


def test_one_fault_keeps_the_whole_file_out_and_every_fault_is_kept_by_row(
    client, noon: datetime, han
) -> None:
    wrong = {**OTHER, "unit": "furlong", "year": ""}
    negative = {**OTHER, "version": "2025.1", "kg_per_unit": "-14.89"}
    brought = put(client, han, library(JUDGED, wrong, negative).encode()).json
    assert brought["state"] == "quarantined"
    assert [(f["row"], f["field"], f["code"]) for f in brought["faults"]] == [
        (3, "unit", "unknown_unit"),
        (3, "year", "bad_year"),
        (4, "kg_per_unit", "negative"),
    ]
    assert not known("grid.test")
    refused = client.put(
        f"/api/factor-imports/{brought['import_id']}/publication", headers=han.headers
    )
    assert (refused.status_code, refused.json["code"]) == (409, "quarantined")
    listed = client.get("/api/factor-imports?state=quarantined", headers=han.headers).json
    assert [one["import_id"] for one in listed["items"]] == [brought["import_id"]]


def test_what_is_published_differently_or_far_from_its_peers_is_quarantined(
    client, noon: datetime, han
) -> None:
    with transaction() as session:
        service.load_library(session, noon)
    changed = {**GOOD, "key": "water.tap", "version": "2019.1", "subject": "water.tap"}
    slipped = {**GOOD, "key": "grid.slipped", "subject": "grid.lifecycle", "kg_per_unit": "577.7"}
    brought = put(client, han, library(changed, slipped).encode()).json
    assert [(f["row"], f["code"]) for f in brought["faults"]] == [
        (2, "published_differently"),
        (3, "implausible"),
    ]
    assert "0.5777" in brought["faults"][1]["message"]


def test_a_workbook_says_the_same_as_a_csv(client, noon: datetime, han) -> None:
    brought = put(client, han, as_workbook(JUDGED, OTHER), kind=XLSX).json
    assert (brought["state"], brought["rows"]) == ("draft", 2)
    faulty = put(client, han, as_workbook(JUDGED, {**OTHER, "boundary": "?"}), kind=XLSX).json
    assert [(f["row"], f["field"]) for f in faulty["faults"]] == [(3, "boundary")]


def bomb() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (bomb(), "too_large"),
        (b"PK\x03\x04 no archive", "not_a_workbook"),
        (b"key\0,version\n", "unreadable"),
        (b"\xff\xfe\xff\xff", "unreadable"),
        (b'key,"version\n', "not_csv"),
        (b"", "wrong_columns"),
        (b"a\n" * 50_002, "too_large"),
    ],
    ids=["bomb", "no archive", "nul", "bytes", "open quote", "empty", "long"],
)
def test_a_hostile_file_is_kept_out(client, noon: datetime, han, data: bytes, code: str) -> None:
    brought = put(client, han, data, kind="application/octet-stream").json
    assert (brought["state"], brought["faults"][0]["code"]) == ("quarantined", code)


def test_another_file_under_the_same_name_is_refused(client, noon: datetime, han) -> None:
    name = uuid4()
    put(client, han, library(GOOD).encode(), name)
    other = put(client, han, library(OTHER).encode(), name)
    assert (other.status_code, other.json["code"]) == (409, "import_differs")


def test_an_operator_imports_and_publishes_on_pages(client, noon: datetime, han, settle) -> None:
    client.set_cookie("puhui_session", han.token)

    def send(data: str):
        shown = client.get("/factors/imports").text
        name = shown.split('name="form_name" value="')[1][:36]
        return client.post(
            "/factors/imports",
            data={"form_name": name, "file": (BytesIO(data.encode()), "x.csv")},
        ).headers["Location"]

    kept_out = client.get(send(library({**GOOD, "year": "?"}))).text
    assert "已隔离" in kept_out
    assert "第 2 行" in kept_out
    draft = send(library(OTHER))
    assert client.post(f"{draft}/publication").status_code == 303
    assert "/factors/grid.other/2024.1" in client.get(draft).text
    shown = client.get("/factors/grid.other/2024.1?lang=en").text
    assert "<dt>Reliability</dt><dd>2</dd>" in shown
    assert "Not judged" not in shown
    withdrawn = client.post(
        "/factors/grid.other/2024.1/withdrawal", data={"reason": "原文更正"}, headers={}
    )
    assert withdrawn.status_code == 303
    assert "原文更正" in client.get("/factors/grid.other/2024.1").text


def test_whoever_withdraws_sees_what_it_touches(client, noon: datetime, han, settle) -> None:
    issued = label(mill(), noon)
    address = "/api/factors/water.tap/2019.1"
    uses = client.get(f"{address}/uses", headers=han.headers).json
    assert uses["count"] == 1
    assert [(use["kind"], use["address"]) for use in uses["items"]] == [
        ("平台自愿碳标签", f"/l/{issued.code}")
    ]
    assert client.get("/api/factors/paper.gb/2025.2/uses", headers=han.headers).json["count"] == 0
    client.set_cookie("puhui_session", han.token)
    assert issued.code in client.get("/factors/water.tap/2019.1").text
    gone = client.put(
        f"{address}/withdrawal", json={"reason": "原文更正"}, headers=han.headers
    ).json
    assert gone["withdrawn_because"] == "原文更正"
    settle()
    with snapshot() as session:
        entry = session.execute(
            text("SELECT subject_id FROM register_entry WHERE kind = 'factor_withdrawn'")
        )
        assert entry.scalar_one() == "water.tap@2019.1"


def test_the_library_is_searched_and_downloaded_as_it_can_be_imported_again(
    client, noon: datetime, han
) -> None:
    with transaction() as session:
        service.load_library(session, noon)
    plastics = client.get("/api/factors/library.csv?subject=plastic")
    again = put(client, han, plastics.data).json
    assert (again["state"], again["rows"] > 20) == ("draft", True)
    found = client.get("/api/factors/library.json?subject=plastic&region=GB").json["factors"]
    assert {one["region"] for one in found} == {"GB"}
    assert all(one["proxy"] for one in found)
    versions = client.get("/api/factors/grid.cn.lifecycle").json["items"]
    assert [one["version"] for one in versions] == ["2024.1", "2023.1"]
    assert "2023.1" in client.get("/factors/grid.cn.lifecycle/2024.1").text
    gaps = client.get("/api/factors/missing").json["items"]
    assert "adhesive.uf" in {gap["subject"] for gap in gaps}
    assert "脲醛胶" in client.get("/factors/missing").text


@pytest.fixture
def terminal(database, settings, monkeypatch) -> Iterator[CliRunner]:
    """The command line of this installation."""
    for name, value in {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "PUHUI_SECRET": settings.secret,
        "PUHUI_LOCAL": "1",
    }.items():
        monkeypatch.setenv(name, value)
    yield CliRunner()
    # A command binds the process to an engine of its own.
    connect(settings.database_url, pool_size=20)


def test_the_terminal_brings_files_and_lists_what_was_kept_out(
    terminal: CliRunner, noon: datetime, tmp_path
) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(library(GOOD))
    bad.write_text(library({**GOOD, "source": "internet"}))
    run = terminal.invoke
    assert "draft" in run(puhui, ["factors", "import", str(good)]).output
    kept_out = run(puhui, ["factors", "import", str(bad)])
    assert (kept_out.exit_code, "no_source" in kept_out.output) == (1, True)
    listed = run(puhui, ["factors", "quarantine"]).output
    assert "bad.csv" in listed
    assert "2 source" in listed
    assert "good.csv" not in listed
