"""`puhui events estimate` computes from a file alone: no database, no network, no clock."""

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from puhui.cli import group as cli
from puhui.events.activity import Source
from puhui.events.commands import estimate_file
from puhui.events.document import recompute

ROOT = Path(__file__).resolve().parents[2]


def described(year: int = 2026, *counted: Source, **rest: Any) -> dict[str, Any]:
    """Return a file that counts some sources of an event in Sanming."""
    return {
        "event": {
            "title_zh": "林下经济现场会",
            "venue": "三明市",
            "starts_on": f"{year}-03-04",
            "ends_on": f"{year}-03-05",
            "attendees": 10,
            "boundary": [
                {
                    "source": str(source),
                    "included": source in counted,
                    "reason_zh": "另行核算",
                    "reason_en": "Accounted elsewhere",
                }
                for source in Source
            ],
        },
        **rest,
    }


def written(told: object, folder: Path) -> Path:
    file = folder / "event.json"
    file.write_text(told if isinstance(told, str) else json.dumps(told), encoding="utf-8")
    return file


def kilowatt_hours(amount: object) -> dict[str, Any]:
    return {"entries": [{"activity": "electricity", "amount": amount, "level": "measured"}]}


@pytest.mark.parametrize(
    ("year", "kg"), [(2021, "4711"), (2022, "4092"), (2023, "4211"), (2026, "4211")]
)
def test_the_events_year_pins_the_factor(year: int, kg: str, tmp_path: Path) -> None:
    told = described(year, Source.VENUE_ENERGY, inventory=kilowatt_hours("10000"))
    document, annex = estimate_file(written(told, tmp_path))
    assert document["total_kg"] == kg
    assert recompute(document, annex) == []


def test_a_number_keeps_the_digits_that_are_written(tmp_path: Path) -> None:
    # As a binary fraction 1000.1 would be 1000.10000000000002…
    told = described(2023, Source.VENUE_ENERGY, inventory=kilowatt_hours(1000.1))
    document, _ = estimate_file(written(told, tmp_path))
    assert (document["lines"][0]["amount"], document["total_kg"]) == ("1000.1", "421.14211")


def test_without_any_servers_the_command_says_the_same_twice() -> None:
    nowhere = {
        **os.environ,
        "DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/nothing",
        "REDIS_URL": "redis://127.0.0.1:1",
    }
    command = [sys.executable, "-m", "puhui.cli", "events", "estimate", "examples/event.json"]
    said = {
        subprocess.run(
            [*command, "--json"], cwd=ROOT, env=nowhere, capture_output=True, check=True
        ).stdout
        for _ in range(2)
    }
    assert len(said) == 1
    assert json.loads(said.pop())["total_kg"] == "4853.9982416"


def test_the_list_beside_the_file_may_be_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["城市", "人数", "住宿晚数"], ["福州", 10, 2]):
        book.active.append(row)
    book.save(tmp_path / "list.xlsx")
    told = described(
        2026,
        Source.TRAVEL,
        Source.LODGING,
        inventory={"people_per_room": "2", "entries": []},
        attendees="list.xlsx",
    )
    document, _ = estimate_file(written(told, tmp_path))
    # Ten people, two nights, two to a room: ten room-nights of 53.5 kg.
    assert document["sources"]["lodging"] == "535"


def test_the_file_may_hold_its_attendees_foreign_cities_and_classes_among_them(
    tmp_path: Path,
) -> None:
    told = described(
        2025,
        Source.TRAVEL,
        attendees=[
            {"城市": "东京", "交通方式": "公务舱", "人数": 2},
            {"城市": "巴黎", "交通方式": "飞机"},
            {"城市": "福州", "交通方式": "高铁", "人数": 7},
        ],
    )
    document, annex = estimate_file(written(told, tmp_path))
    assert recompute(document, annex) == []
    factors = {line["activity"]: line["factor"] for line in document["lines"]}
    assert factors["air_international_business"].startswith("travel.air.international.business")
    assert factors["air_international"] == "travel.air.international.average.desnz@2025.1"
    # Published events to which people flew over a border are compared in their own convention.
    agu = {each["benchmark"]: each for each in document["intensity"]["benchmarks"]}["agu-2019"]
    travel = Decimal(document["sources"]["travel"])
    (forced,) = (Decimal(s["total_kg"]) for s in document["sensitivities"])
    added = forced - Decimal(document["total_kg"])
    assert Decimal(agu["ours_kg"]) == ((travel + added) / 10).quantize(Decimal("0.001"))


def test_what_the_files_author_assumes_is_told_in_the_document(tmp_path: Path) -> None:
    assumption = {
        "key": "hotel.star-5",
        "activity": "room_night",
        "multiplier": "1.5",
        "name_zh": "五星级酒店",
        "name_en": "Five-star hotel",
        "basis": "测试用的判断",
    }
    rooms = {"activity": "room_night", "amount": "2", "level": "measured"}
    told = described(
        2026,
        Source.LODGING,
        inventory={"entries": [{**rooms, "assumed": "hotel.star-5"}]},
        assumptions=[assumption],
    )
    document, annex = estimate_file(written(told, tmp_path))
    assert document["total_kg"] == "160.5"  # 2 × 53.5 × 1.5
    assert document["lines"][0]["assumption"]["basis"] == "测试用的判断"
    assert recompute(document, annex) == []
    run = CliRunner().invoke(
        cli, ["events", "estimate", str(written({**told, "assumptions": []}, tmp_path))]
    )
    assert run.exit_code == 1
    assert "hotel.star-5" in run.output


def test_heat_has_no_published_factor_and_is_refused_by_name(tmp_path: Path) -> None:
    told = described(
        2026,
        Source.VENUE_ENERGY,
        inventory={"entries": [{"activity": "heat", "amount": "10", "level": "measured"}]},
    )
    run = CliRunner().invoke(cli, ["events", "estimate", str(written(told, tmp_path))])
    assert run.exit_code == 1
    assert "heat" in run.output


def test_the_command_says_how_sure_it_is_and_what_is_alike(tmp_path: Path) -> None:
    told = described(2026, Source.VENUE_ENERGY, inventory=kilowatt_hours("1000"))
    run = CliRunner().invoke(cli, ["events", "estimate", str(written(told, tmp_path))])
    # 421.1 kg by ten people in two days.
    assert "21.055 kg" in run.output
    assert "95 %:" in run.output
    assert "nothing published is alike" in run.output


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ("{", "JSON"),
        ("[]", "JSON"),
        ("{}", "event"),
        (described(2026, Source.VENUE_ENERGY, stage="maybe"), "stage"),
        (described(2026, Source.VENUE_ENERGY, inventory=[]), "inventory"),
        (described(2026, Source.VENUE_ENERGY), "venue_energy"),
        (described(2026, Source.VENUE_ENERGY, inventory=kilowatt_hours("-1")), "amount"),
        (described(2026, Source.TRAVEL, attendees="nobody.csv"), "attendees"),
        (described(2026, Source.TRAVEL, attendees=3), "attendees"),
        (described(2026, Source.TRAVEL, attendees=[]), "attendees"),
        (described(2026, Source.TRAVEL, attendees=["福州"]), "attendees"),
        (described(2026, Source.TRAVEL, attendees=[{"城市": "福州", "交通方式": "火箭"}]), "火箭"),
        (described(2026, Source.VENUE_ENERGY, assumptions={}), "assumptions"),
    ],
)
def test_a_faulty_file_is_told_what_is_wrong(told: object, says: str, tmp_path: Path) -> None:
    run = CliRunner().invoke(cli, ["events", "estimate", str(written(told, tmp_path))])
    assert run.exit_code == 1
    assert says in run.output
    assert isinstance(run.exception, SystemExit)
