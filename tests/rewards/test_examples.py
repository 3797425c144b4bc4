"""The example of a planting is what it says it is."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from PIL import Image

from puhui.evidence.phash import distance
from puhui.evidence.photo import take_in
from puhui.rewards.base import BaseDraft, judge
from puhui.rewards.points import Earlier, earn
from puhui.rewards.rulebook import shipped
from puhui.rewards.species import catalogue

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PLANTING = json.loads((EXAMPLES / "planting.json").read_text(encoding="utf-8"))


def test_the_photograph_carries_time_and_place_and_our_copy_does_not() -> None:
    intake = take_in((EXAMPLES / PLANTING["planting"]["photo"]).read_bytes())
    expected = PLANTING["expected"]
    taken = datetime.fromisoformat(expected["photo_taken_at"]).astimezone(UTC)
    assert intake.capture.taken_at == taken
    assert not intake.capture.zone_assumed
    assert f"{intake.capture.latitude:.4f}" == expected["photo_latitude"]
    assert f"{intake.capture.longitude:.4f}" == expected["photo_longitude"]
    assert not Image.open(BytesIO(intake.content)).getexif()


def test_the_script_draws_the_committed_photograph() -> None:
    draw = "import sys, planting_photo; sys.stdout.buffer.write(planting_photo.photograph())"
    drawn = subprocess.run(
        [sys.executable, "-c", draw], cwd=EXAMPLES / "make", check=True, capture_output=True
    ).stdout
    committed = (EXAMPLES / "planting.jpg").read_bytes()
    # Another version of the JPEG library may round otherwise; the picture stays the same.
    assert distance(take_in(drawn).phash, take_in(committed).phash) <= 2


def test_the_points_are_those_of_the_rule() -> None:
    rule = next(r for r in shipped() if r.citation == PLANTING["expected"]["rule"])
    earned = earn(rule, PLANTING["planting"]["trees"], Earlier(0, 0))
    assert earned.points == PLANTING["expected"]["points"] == 60


def test_the_bases_can_be_registered_and_hold_the_planting() -> None:
    bases = json.loads((EXAMPLES / "bases.json").read_text(encoding="utf-8"))
    for base in bases:
        said = {key: value for key, value in base.items() if key != "base_id"}
        assert judge(BaseDraft(**{**said, "species": tuple(base["species"])}), catalogue()) == []
    home = next(b for b in bases if b["base_id"] == PLANTING["planting"]["base_id"])
    assert PLANTING["planting"]["species"] in home["species"]
