"""Laws of the tree: true proofs are always accepted, and nothing else ever is."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from puhui.register.merkle import (
    consistency_proof,
    inclusion_proof,
    nodes_of,
    root,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [sha256(b"%d" % number).digest() for number in range(600)]
ROOTS = {size: root(LEAVES[:size]) for size in range(1, 601)}
NODES = nodes_of(LEAVES)

sizes = st.integers(1, 600)
numbers = st.integers(-2, 700)


def tampered(proof: list[bytes]) -> st.SearchStrategy[list[bytes]]:
    """Every small change of a proof: a bit, a hash gone, one more, two exchanged."""
    foreign = st.sampled_from([LEAVES[0], LEAVES[-1], bytes(32), b"", bytes(31)])
    changes = [
        st.tuples(st.integers(0, len(proof)), foreign).map(
            lambda change: [*proof[: change[0]], change[1], *proof[change[0] :]]
        )
    ]
    if proof:
        places = st.integers(0, len(proof) - 1)
        changes += [
            places.map(lambda at: proof[:at] + proof[at + 1 :]),
            st.tuples(places, st.integers(0, 255)).map(
                lambda change: [
                    flipped(value, change[1]) if at == change[0] else value
                    for at, value in enumerate(proof)
                ]
            ),
        ]
    if len(proof) > 1:
        changes.append(st.just(proof[::-1]))
    return st.one_of(changes).filter(lambda changed: changed != proof)


def flipped(value: bytes, bit: int) -> bytes:
    return (int.from_bytes(value) ^ 1 << bit).to_bytes(32)


@given(st.data())
def test_every_leaf_of_every_tree_can_be_shown_and_nothing_else(data):
    size = data.draw(sizes)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(NODES, index, size)
    assert verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size])

    changed = data.draw(tampered(proof))
    assert not verify_inclusion(LEAVES[index], index, size, changed, ROOTS[size])
    other = data.draw(numbers.filter(lambda number: number != index))
    assert not verify_inclusion(LEAVES[index], other, size, proof, ROOTS[size])
    bit = data.draw(st.integers(0, 255))
    assert not verify_inclusion(flipped(LEAVES[index], bit), index, size, proof, ROOTS[size])
    assert not verify_inclusion(LEAVES[index], index, size, proof, flipped(ROOTS[size], bit))


@given(st.data())
def test_every_growth_can_be_shown_and_no_rewriting(data):
    new = data.draw(sizes)
    old = data.draw(st.integers(1, new))
    proof = consistency_proof(NODES, old, new)
    assert verify_consistency(old, new, ROOTS[old], ROOTS[new], proof)

    changed = data.draw(tampered(proof))
    assert not verify_consistency(old, new, ROOTS[old], ROOTS[new], changed)
    bit = data.draw(st.integers(0, 255))
    assert not verify_consistency(old, new, flipped(ROOTS[old], bit), ROOTS[new], proof)
    assert not verify_consistency(old, new, ROOTS[old], flipped(ROOTS[new], bit), proof)

    rewritten = list(LEAVES[:new])
    place = data.draw(st.integers(0, old - 1))
    rewritten[place] = flipped(rewritten[place], bit)
    forged = consistency_proof(nodes_of(rewritten), old, new)
    assert not verify_consistency(old, new, ROOTS[old], root(rewritten), forged)


@given(st.lists(st.binary(min_size=0, max_size=33), max_size=12), numbers, numbers)
def test_arbitrary_bytes_never_prove_anything(proof, first, second):
    assert not verify_inclusion(bytes(32), first, second, proof, ROOTS[600])
    if first != second:
        assert not verify_consistency(first, second, bytes(32), ROOTS[600], proof)
