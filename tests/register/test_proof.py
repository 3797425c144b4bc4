"""A proof file is checked by whoever holds it, with our public key and nothing else."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from puhui.register.merkle import inclusion_proof, leaf_hash, nodes_of, root
from puhui.register.note import Checkpoint, MalformedNote, SigningKey, UnverifiedNote, sign
from puhui.register.proof import NotIncluded, Proof

KEY = SigningKey("log.example/puhui", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
STRANGER = SigningKey("log.example/puhui", Ed25519PrivateKey.from_private_bytes(bytes(32)))
ENTRIES = [b'{"id":"%d"}' % number for number in range(11)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
HEAD = Checkpoint("log.example/puhui", 11, root(LEAVES))


def proof_of(index: int, entry: bytes | None) -> Proof:
    path = inclusion_proof(nodes_of(LEAVES), index, 11)
    return Proof(index, tuple(path), sign(HEAD.text, KEY), entry)


def test_a_proof_read_back_is_the_same_proof_and_holds():
    for index, entry in enumerate(ENTRIES):
        proof = Proof.parse(str(proof_of(index, entry)))
        assert proof == proof_of(index, entry)
        assert proof.check([KEY.verifier]) == HEAD


def test_the_file_has_the_published_form():
    lines = str(proof_of(10, b"x")).split("\n")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra eA==", "index 10"]
    assert lines[5:8] == ["", "log.example/puhui", "11"]  # two hashes lead up from leaf 10


def test_without_the_entry_in_the_file_it_must_be_given():
    proof = Proof.parse(str(proof_of(3, None)))
    assert proof.check([KEY.verifier], ENTRIES[3]) == HEAD
    with pytest.raises(MalformedNote):
        proof.check([KEY.verifier])


def test_another_entry_another_place_or_another_path_is_refused():
    good = proof_of(3, ENTRIES[3])
    for bad in (
        Proof(3, good.hashes, good.checkpoint, ENTRIES[4]),
        Proof(4, good.hashes, good.checkpoint, ENTRIES[3]),
        Proof(3, good.hashes[1:], good.checkpoint, ENTRIES[3]),
        Proof(3, good.hashes[::-1], good.checkpoint, ENTRIES[3]),
    ):
        with pytest.raises(NotIncluded):
            bad.check([KEY.verifier])


def test_a_checkpoint_signed_by_someone_else_is_refused():
    good = proof_of(3, ENTRIES[3])
    with pytest.raises(UnverifiedNote):
        Proof(3, good.hashes, sign(HEAD.text, STRANGER), ENTRIES[3]).check([KEY.verifier])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("@v1", "@v2"),
        ("index 3", "index 03"),
        ("index 3", "index -3"),
        ("index 3", "index 3\nAAAA"),
        ("index 3\n", ""),
        ("extra ", "extra !"),
        ("\n\n", "\n"),
    ],
)
def test_a_file_of_another_form_is_refused(old, new):
    text = str(proof_of(3, ENTRIES[3]))
    assert old in text
    with pytest.raises(MalformedNote):
        Proof.parse(text.replace(old, new)).check([KEY.verifier])
