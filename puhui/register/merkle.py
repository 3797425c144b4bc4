"""RFC 9162 Merkle trees: roots, proofs, and checking them, over SHA-256.

A tree is seen through `Nodes`: a function from (height, index) to the hash of a
*complete* subtree of 2**height leaves. Whether the hashes come from a list, from tiles
or from a database is the caller's affair, and a proof asks for O(log n) of them.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

Nodes = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of one entry as a leaf (RFC 9162, 2.1.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node (RFC 9162, 2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over leaf (or subtree) hashes; of none, the hash of nothing."""
    level = list(hashes)
    if not level:
        return EMPTY_ROOT
    while len(level) > 1:
        # A last hash without a partner moves up unchanged, which is what splitting at
        # the largest power of two comes to.
        odd = level[-1:] if len(level) % 2 else []
        pairs = zip(level[::2], level[1::2], strict=False)
        # `node_hash` without the call: a proof out of a million leaves makes six hundred.
        level = [sha256(b"\x01" + left + right).digest() for left, right in pairs] + odd
    return level[0]


def nodes_of(leaves: Sequence[bytes]) -> Nodes:
    """Return the view of a tree whose leaf hashes are all at hand."""
    return lambda height, index: root(leaves[index << height : (index + 1) << height])


def tree_root(nodes: Nodes, size: int) -> bytes:
    """Return the root of the first `size` leaves."""
    return _range_root(nodes, 0, size) if size else EMPTY_ROOT


class GrowingTree:
    """A tree that leaves are appended to, of which only the right edge is kept."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[bytes] = []

    def append(self, leaf: bytes) -> list[bytes]:
        """Add a leaf hash; return the roots of the subtrees it completes, by their height."""
        completed = [leaf]
        self.size += 1
        # Each trailing zero bit of the size is a subtree that this leaf has completed.
        for _ in range((self.size & -self.size).bit_length() - 1):
            completed.append(node_hash(self._edge.pop(), completed[-1]))
        self._edge.append(completed[-1])
        return completed

    @property
    def root(self) -> bytes:
        """The root over all leaves so far."""
        return reduce(lambda right, left: node_hash(left, right), self._edge[::-1] or [EMPTY_ROOT])


def inclusion_proof(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """Return the path of leaf `index` in the tree of `size`, sibling first (2.1.3.1)."""
    assert 0 <= index < size, (index, size)
    path, low, high = list[bytes](), 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_range_root(nodes, middle, high))
            high = middle
        else:
            path.append(_range_root(nodes, low, middle))
            low = middle
    return path[::-1]


def consistency_proof(nodes: Nodes, old_size: int, new_size: int) -> list[bytes]:
    """Return the proof that the tree of `new_size` extends that of `old_size` (2.1.4.1)."""
    assert 0 < old_size <= new_size, (old_size, new_size)
    path, low, high = list[bytes](), 0, new_size
    while old_size != high:
        middle = low + _split(high - low)
        if old_size <= middle:
            path.append(_range_root(nodes, middle, high))
            high = middle
        else:
            path.append(_range_root(nodes, low, middle))
            low = middle
    if low:
        # The old tree is no subtree of the new one, so its last part must be shown too.
        path.append(_range_root(nodes, low, high))
    return path[::-1]


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected_root: bytes
) -> bool:
    """Tell whether the leaf hash stands at `index` in the tree of `size` (2.1.3.2)."""
    if not 0 <= index < size or not _all_hashes([leaf, expected_root, *proof]):
        return False
    at, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and found == expected_root


def verify_consistency(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Tell whether the new tree only adds to the old one (2.1.4.2); size 0 is refused."""
    if not 0 < old_size <= new_size or not _all_hashes([old_root, new_root, *proof]):
        return False
    if old_size == new_size:
        return old_root == new_root and not proof
    # A complete old tree is a subtree of the new one, and its root is left out of the proof.
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not proof:
        return False
    at, last = old_size - 1, new_size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def _split(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _range_root(nodes: Nodes, low: int, high: int) -> bytes:
    size = high - low
    if size & (size - 1) == 0:
        height = size.bit_length() - 1
        return nodes(height, low >> height)
    middle = low + _split(size)
    return node_hash(_range_root(nodes, low, middle), _range_root(nodes, middle, high))


def _all_hashes(values: Sequence[bytes]) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
