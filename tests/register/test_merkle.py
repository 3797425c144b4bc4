"""The reference tree of Certificate Transparency: eight leaves, their roots and proofs.

Facts from transparency-dev/merkle, testonly/constants.go and reference_test.go.
"""

import pytest

from puhui.register.merkle import (
    EMPTY_ROOT,
    GrowingTree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    nodes_of,
    root,
    tree_root,
    verify_consistency,
    verify_inclusion,
)

ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAF = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
    "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7",
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658",
    "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
    "46f6ffadd3d06a09ff3c5860d2755c8b9819db7df44251788c7d8e3180de8eb1",
]
PAIR = [
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
]
QUAD = [
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
]

LEAVES = [leaf_hash(entry) for entry in ENTRIES]
TREE = nodes_of(LEAVES)


def hexes(proof: list[bytes]) -> list[str]:
    return [value.hex() for value in proof]


def test_leaf_hashes_are_those_of_the_reference_tree():
    assert hexes(LEAVES) == LEAF


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_reference_tree(size):
    assert root(LEAVES[:size]).hex() == ROOTS[size]
    assert tree_root(TREE, size).hex() == ROOTS[size]
    growing = GrowingTree()
    for leaf in LEAVES[:size]:
        growing.append(leaf)
    assert growing.root.hex() == ROOTS[size]


@pytest.mark.parametrize(
    ("index", "size", "proof"),
    [
        (0, 1, []),
        (0, 2, [LEAF[1]]),
        (1, 2, [LEAF[0]]),
        (2, 3, [PAIR[0]]),
        (1, 5, [LEAF[0], PAIR[1], LEAF[4]]),
        (0, 8, [LEAF[1], PAIR[1], QUAD[1]]),
        (5, 8, [LEAF[4], PAIR[3], QUAD[0]]),
    ],
)
def test_inclusion_proofs_are_those_of_the_reference_tree(index, size, proof):
    made = inclusion_proof(TREE, index, size)
    assert hexes(made) == proof
    assert verify_inclusion(LEAVES[index], index, size, made, root(LEAVES[:size]))


@pytest.mark.parametrize(
    ("old", "new", "proof"),
    [
        (1, 1, []),
        (1, 8, [LEAF[1], PAIR[1], QUAD[1]]),
        (2, 5, [PAIR[1], LEAF[4]]),
        (6, 8, [PAIR[2], PAIR[3], QUAD[0]]),
    ],
)
def test_consistency_proofs_are_those_of_the_reference_tree(old, new, proof):
    made = consistency_proof(TREE, old, new)
    assert hexes(made) == proof
    assert verify_consistency(old, new, root(LEAVES[:old]), root(LEAVES[:new]), made)


def test_nothing_is_consistent_with_an_empty_tree():
    """The reference verifier refuses size 0: any tree extends it, so it proves nothing."""
    assert not verify_consistency(0, 8, EMPTY_ROOT, root(LEAVES), [])
    assert not verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])


def test_a_log_that_shrank_is_not_consistent():
    proof = consistency_proof(TREE, 3, 6)
    assert not verify_consistency(6, 3, root(LEAVES[:6]), root(LEAVES[:3]), proof)


def test_a_value_that_is_no_hash_is_refused():
    """Hashes of another length would let the border between two nodes be moved."""
    left, right = LEAVES[:2]
    assert verify_inclusion(left, 0, 2, [right], root(LEAVES[:2]))
    assert not verify_inclusion(left + right[:1], 0, 2, [right[1:]], root(LEAVES[:2]))
