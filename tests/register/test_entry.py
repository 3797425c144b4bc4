"""What a leaf says never changes form: these bytes are hashed for good."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from puhui.register.entry import commitment, leaf

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
SALT = bytes(range(32))


def test_version_1_of_a_leaf_is_these_bytes():
    payload = {"to": "164", "from": "101", "purpose": "会议碳中和", "kg": "64000"}
    assert leaf("retirement", "7c9e", payload, NOON).decode() == (
        '{"at":"2026-06-01T12:00:00Z","from":"101","id":"7c9e","kg":"64000",'
        '"purpose":"会议碳中和","to":"164","type":"retirement","v":1}'
    )


def test_the_time_is_utc_to_the_second():
    beijing = datetime(2026, 6, 1, 20, 0, 0, 999_999, timezone(timedelta(hours=8)))
    assert leaf("x", "1", {}, beijing) == leaf("x", "1", {}, NOON)


@pytest.mark.parametrize("value", [1.5, Decimal("1.5"), [1.5], {"kg": 1.5}, b"x", NOON])
def test_what_is_not_exact_is_refused(value):
    with pytest.raises(AssertionError):
        leaf("retirement", "7c9e", {"value": value}, NOON)


@pytest.mark.parametrize("name", ["v", "type", "id", "at"])
def test_a_payload_cannot_speak_for_the_register(name):
    with pytest.raises(AssertionError):
        leaf("retirement", "7c9e", {name: "x"}, NOON)


def test_a_commitment_is_sha_256_of_salt_and_name():
    # printf '%b' '\x00…\x1f李明' | sha256sum
    assert commitment(SALT, "李明") == (
        "sha256:b736a9d0771ab28b79d9c774d27363fb97565c199aaa2a3e5b40fe1c6d8f897b"
    )


def test_a_commitment_depends_on_the_salt_and_not_on_how_a_letter_was_typed():
    assert commitment(SALT, "李明") != commitment(bytes(32), "李明")
    assert commitment(SALT, "Zoe\u0308") == commitment(SALT, "Zo\u00eb")


def test_the_border_between_salt_and_name_cannot_be_moved():
    with pytest.raises(AssertionError):
        commitment(SALT + b"a", "bc")
