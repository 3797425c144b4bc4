"""Three hundred honest records and three hundred attacks, through the rules that really decide."""

from collections import Counter

import pytest

from puhui.rewards import claim_signal, planting_signal
from puhui.rewards.signal import Outcome, is_drawn, weigh
from puhui.rewards.threshold import shipped
from tests.rewards.pack import EACH, Record, pack

LIMITS = shipped()[-1]
SEED = b"known only once the month is over"
STOPPED = {Outcome.REVIEW, Outcome.HOLD, Outcome.REFUSE}


def outcome(record: Record) -> Outcome:
    if record.planting is not None:
        found = planting_signal.signals(record.planting, LIMITS)
    else:
        assert record.claim is not None
        found = claim_signal.signals(record.claim, LIMITS)
    drawn = is_drawn(SEED, record.record_id, LIMITS["sample.percent"])
    return weigh(found, LIMITS, drawn=drawn)


@pytest.fixture(scope="module")
def judged() -> list[tuple[Record, Outcome]]:
    return [(record, outcome(record)) for record in pack()]


def test_there_are_three_hundred_of_each_over_twelve_attacks(
    judged: list[tuple[Record, Outcome]],
) -> None:
    truths = Counter(record.truth for record, _ in judged)
    assert truths.pop("honest") == 300
    assert list(truths.values()) == [EACH] * 12


def test_every_picture_saved_again_is_held(judged: list[tuple[Record, Outcome]]) -> None:
    for truth in ("re-saved", "mirrored", "brightened"):
        assert {found for record, found in judged if record.truth == truth} == {Outcome.HOLD}


def test_ninety_five_of_a_hundred_attacks_do_not_pass_unseen(
    judged: list[tuple[Record, Outcome]],
) -> None:
    passed = [r.truth for r, found in judged if r.truth != "honest" and found not in STOPPED]
    assert len(passed) <= 15, Counter(passed)


def test_two_of_a_hundred_honest_records_are_held_at_most(
    judged: list[tuple[Record, Outcome]],
) -> None:
    found = Counter(found for record, found in judged if record.truth == "honest")
    assert found[Outcome.REFUSE] == 0
    assert found[Outcome.HOLD] <= 6, found


def test_nobody_honest_is_stopped_for_the_wrong_datum(
    judged: list[tuple[Record, Outcome]],
) -> None:
    wrong = [record for record, _ in judged if record.wrong_datum and record.truth == "honest"]
    assert len(wrong) > 20
    for record in wrong:
        assert record.planting is not None
        about_place = {
            signal.id: signal.values for signal in planting_signal.signals(record.planting, LIMITS)
            if signal.id in ("P6", "P8", "P9") and signal.effect in ("hold", "refuse")
        }  # fmt: skip
        assert about_place == {}
