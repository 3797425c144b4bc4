"""What `run.py` prints once everything runs."""

from pathlib import Path

import pytest

from puhui.local.__main__ import greet
from puhui.local.machine import FIRST_METRICS_PORT, FIRST_PORT, ROOT


@pytest.mark.parametrize(
    ("folder", "line"),
    [
        (ROOT / "var", "    python3 run.py puhui demo --url http://127.0.0.1:8000\n"),
        (
            Path("/srv/our data"),
            "    PUHUI_DATA='/srv/our data' python3 run.py puhui demo --url http://127.0.0.1:8000\n",
        ),
    ],
)
def test_the_line_to_paste_finds_the_data_of_what_runs(
    folder: Path, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = {
        "PUHUI_BASE_URL": f"http://127.0.0.1:{FIRST_PORT}",
        "PUHUI_PORT": str(FIRST_PORT),
        "PUHUI_METRICS_PORT": str(FIRST_METRICS_PORT),
    }
    greet(environment, folder, FIRST_PORT)
    assert line in capsys.readouterr().out
