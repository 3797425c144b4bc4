"""The examples of the C2SP tlog-tiles specification, and what growth completes."""

from hashlib import sha256

import pytest

from puhui.register.merkle import (
    consistency_proof,
    inclusion_proof,
    nodes_of,
    root,
    tree_root,
)
from puhui.register.tiles import (
    MissingTile,
    Stretch,
    Tile,
    new_tiles,
    nodes_from_stretches,
    nodes_from_tiles,
    parse_address,
    stretches,
    width_at,
)


@pytest.mark.parametrize(
    ("tile", "address"),
    [
        (Tile(0, 0), "000"),
        (Tile(0, 67), "067"),
        (Tile(0, 999), "999"),
        (Tile(0, 1000), "x001/000"),
        (Tile(0, 1234067), "x001/x234/067"),
        (Tile(1, 1234067, 7), "x001/x234/067.p/7"),
    ],
)
def test_a_tile_has_one_address(tile, address):
    assert tile.address == address
    assert parse_address(tile.level, address) == tile


@pytest.mark.parametrize(
    "address",
    [
        "",
        "0",
        "0000",
        "x000/067",
        "001/234",
        "x1/234",
        "x001/x234",
        "/067",
        "067/",
        "067\n",
        "٠٦٧",
        "067.p",
        "067.p/0",
        "067.p/07",
        "067.p/256",
        "067.p/257",
        "067.p/999",
        "067.p/1/2",
    ],
)
def test_another_spelling_is_no_address(address):
    assert parse_address(0, address) is None


def test_seventy_thousand_leaves_are_the_tiles_of_the_specification():
    size = 70_000
    assert [width_at(size, 0, index) for index in (0, 272, 273, 274)] == [256, 256, 112, 0]
    assert [width_at(size, 1, index) for index in (0, 1, 2)] == [256, 17, 0]
    assert [width_at(size, 2, index) for index in (0, 1)] == [1, 0]
    assert width_at(size, 3, 0) == 0


def test_256_leaves_are_one_full_tile_and_a_partial_one_above():
    assert width_at(256, 0, 0) == 256
    assert width_at(256, 1, 0) == 1


def test_growth_completes_each_tile_once_and_children_first():
    assert new_tiles(0, 255) == []
    assert new_tiles(255, 256) == [(0, 0)]
    assert new_tiles(256, 256) == []
    assert new_tiles(256 * 255, 256 * 257) == [(0, 255), (0, 256), (1, 0)]


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 700, 66_000])
def test_a_tree_in_tiles_is_the_same_tree(size):
    leaves = [sha256(b"%d" % number).digest() for number in range(size)]
    levels = [leaves]
    while len(levels[-1]) >= 256:
        below = levels[-1]
        whole = len(below) // 256 * 256
        levels.append([root(below[at : at + 256]) for at in range(0, whole, 256)])
    read = list[Tile]()

    def tile(wanted: Tile) -> bytes:
        read.append(wanted)
        return b"".join(levels[wanted.level][wanted.start : wanted.start + wanted.width])

    tiled, flat = nodes_from_tiles(tile, size), nodes_of(leaves)
    assert tree_root(tiled, size) == root(leaves)
    for index in {0, size // 3, size - 1}:
        assert inclusion_proof(tiled, index, size) == inclusion_proof(flat, index, size)
    for old in {1, (size + 1) // 2, size}:
        assert consistency_proof(tiled, old, size) == consistency_proof(flat, old, size)
    assert len(read) == len(set(read)) <= 12  # a handful of tiles, however large the log

    def hashes(each: Stretch) -> bytes:
        return b"".join(levels[each.level][each.start : each.start + each.width])

    for index in {0, size // 3, size - 1}:
        wanted = stretches(lambda nodes, at=index: inclusion_proof(nodes, at, size))
        told = nodes_from_stretches({each: hashes(each) for each in wanted})
        assert inclusion_proof(told, index, size) == inclusion_proof(flat, index, size)
        for missing in wanted:
            few = {each: hashes(each)[: -32 if each == missing else None] for each in wanted}
            with pytest.raises(MissingTile):
                inclusion_proof(nodes_from_stretches(few), index, size)
