"""The index of hashes finds what comparing with each one would, no more and no less."""

from datetime import UTC, datetime
from random import Random
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert

from puhui.db.session import snapshot, transaction
from puhui.evidence.model import Photo
from puhui.evidence.phash import MOST_APART, bands, distance, probes
from puhui.evidence.queries import alike
from tests.makers.identity import person

HASHES = st.binary(min_size=32, max_size=32)


@given(HASHES, st.sets(st.integers(0, 255), max_size=MOST_APART), st.integers(0, MOST_APART))
def test_two_near_hashes_always_meet_in_a_band(one: bytes, flipped: set[int], most: int) -> None:
    other = changed(one, flipped)
    assert distance(one, other) == len(flipped)
    if len(flipped) <= most:
        assert not set(probes(one, most)).isdisjoint(bands(other))


def test_fifteen_bits_take_sixteen_look_ups_and_forty_take_1352() -> None:
    assert [len(set(probes(bytes(32), most))) for most in (15, 31, 40)] == [16, 272, 1352]


@pytest.mark.parametrize("most", [0, 15, 31, 40])
def test_the_index_agrees_with_brute_force(database: Engine, most: int) -> None:
    random = Random(most)
    wanted, mirrored = random.randbytes(32), random.randbytes(32)
    hashes = {uuid4(): wanted} | {
        uuid4(): changed(random.choice((wanted, mirrored)), random.sample(range(256), bits))
        for bits in range(60)
        for _ in range(6)
    }
    mine = next(iter(hashes))
    keep(hashes, mine, mirrored)
    with snapshot() as session:
        found = {other.photo_id: other.distance for other in alike(session, mine, most)}
    assert found == {
        photo_id: nearest
        for photo_id, phash in hashes.items()
        if photo_id != mine
        and (nearest := min(distance(wanted, phash), distance(mirrored, phash))) <= most
    }


def changed(phash: bytes, flipped: set[int] | list[int]) -> bytes:
    mask = sum(1 << bit for bit in flipped)
    return (int.from_bytes(phash, "big") ^ mask).to_bytes(32, "big")


def keep(hashes: dict[UUID, bytes], mine: UUID, mirrored: bytes) -> None:
    owner = person("李雷").person_id
    with transaction() as session:
        session.execute(
            insert(Photo),
            [
                {
                    "photo_id": photo_id,
                    "person_id": owner,
                    "original_sha256": photo_id.bytes * 2,
                    "stored_sha256": photo_id.bytes * 2,
                    "width": 640,
                    "height": 480,
                    "phash": phash,
                    "mirrored_phash": mirrored if photo_id == mine else bytes(32),
                    "bands": list(bands(phash)),
                    "zone_assumed": False,
                    "received_at": datetime(2026, 3, 12, 4, tzinfo=UTC),
                }
                for photo_id, phash in hashes.items()
            ],
        )
