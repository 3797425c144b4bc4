"""`puhui register check FILE`: a proof or a certificate is checked with no server in reach."""

import json
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from puhui.register.commands import group
from puhui.register.entry import commitment, leaf
from puhui.register.merkle import inclusion_proof, leaf_hash, nodes_of, root
from puhui.register.note import Checkpoint, SigningKey, sign
from puhui.register.proof import Proof

KEY = SigningKey("log.example/puhui", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
STRANGER = SigningKey("log.example/puhui", Ed25519PrivateKey.from_private_bytes(bytes(32)))
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
SALT = bytes(range(32))
DOCUMENT = {"code": "7K3M", "kg": "64000", "purpose": {"kind": "event"}}


def proved(payload: dict[str, Any], key: SigningKey = KEY) -> str:
    """The proof of an entry that is the third of five."""
    entries = [b"0", b"1", leaf("retirement", "7c9e", payload, NOON), b"3", b"4"]
    leaves = [leaf_hash(entry) for entry in entries]
    head = sign(Checkpoint(key.name, 5, root(leaves)).text, key)
    return str(Proof(2, tuple(inclusion_proof(nodes_of(leaves), 2, 5)), head, entries[2]))


PROOF = proved({"kg": "64000", "beneficiary": commitment(SALT, "李明")})
BOUND = proved({"document": "sha256:" + sha256(rfc8785.dumps(DOCUMENT)).hexdigest()})


def check(tmp_path: Path, content: object, *options: str) -> Result:
    file = tmp_path / "file"
    text = content if isinstance(content, str) else json.dumps(content)
    file.write_text(text, "utf-8")
    return CliRunner().invoke(group, ["check", str(file), *options])


def holds(tmp_path: Path, content: object) -> bool:
    result = check(tmp_path, content, "--key", str(KEY.verifier))
    assert result.exit_code in (0, 1), result.output
    return result.exit_code == 0


def test_a_proof_file_is_checked_and_its_entry_shown(tmp_path: Path) -> None:
    result = check(tmp_path, PROOF, "--key", str(KEY.verifier))
    assert result.exit_code == 0
    assert "第 2 条（共 5 条）" in result.output
    assert '"kg": "64000"' in result.output


def test_the_key_may_stand_in_a_file(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text(f"{STRANGER.verifier}\n{KEY.verifier}\n", "utf-8")
    assert check(tmp_path, PROOF, "--key", str(keys)).exit_code == 0


def test_without_a_key_nothing_is_believed(tmp_path: Path) -> None:
    for content in (PROOF, {"proof": PROOF, "key": str(KEY.verifier)}):
        assert check(tmp_path, content).exit_code == 2


def test_a_proof_by_another_log_is_refused(tmp_path: Path) -> None:
    assert not holds(tmp_path, proved({"kg": "64000"}, STRANGER))


def test_a_certificate_that_says_what_the_register_says_holds(tmp_path: Path) -> None:
    entry = json.loads(leaf("x", "7c9e", {"kg": "64000"}, NOON))
    assert holds(tmp_path, {"kg": "64000", "register": {"proof": PROOF}})
    assert holds(tmp_path, {"title": "碳中和证书", "kg": "64000", "proof": PROOF})
    assert not holds(tmp_path, {"kg": "65000", "register": {"proof": PROOF}})
    assert not holds(tmp_path, {"register": {"proof": PROOF, "entry": entry}})


def test_a_document_is_bound_to_the_last_letter(tmp_path: Path) -> None:
    assert holds(tmp_path, {"certificate": DOCUMENT, "register": {"proof": BOUND}})
    assert holds(tmp_path, {"certificate": DOCUMENT, "proof": BOUND})
    changed = {**DOCUMENT, "kg": "65000"}
    assert not holds(tmp_path, {"certificate": changed, "register": {"proof": BOUND}})
    assert not holds(tmp_path, {"register": {"proof": BOUND}})


def signed(by: SigningKey = KEY, over: dict[str, Any] = DOCUMENT, **instead: str) -> Any:
    """The document with a signature and its proof."""
    signature = {
        "algorithm": "Ed25519",
        "over": "document, RFC 8785",
        "key": str(by.verifier),
        "value": b64encode(by.private.sign(rfc8785.dumps(over))).decode(),
    }
    return {"document": DOCUMENT, "signature": {**signature, **instead}, "proof": BOUND}


def test_a_signature_is_by_a_trusted_key_over_the_very_document(tmp_path: Path) -> None:
    assert holds(tmp_path, signed())
    assert not holds(tmp_path, signed(STRANGER))
    assert not holds(tmp_path, signed(over={**DOCUMENT, "kg": "65000"}))
    assert not holds(tmp_path, signed(STRANGER, key=str(KEY.verifier)))
    assert not holds(tmp_path, signed(value=""))
    assert not holds(tmp_path, signed(value="é"))
    assert not holds(tmp_path, signed(key="nonsense"))
    assert not holds(tmp_path, signed(algorithm="none"))
    assert not holds(tmp_path, {**signed(), "signature": "trust me"})
    assert not holds(tmp_path, {**signed(), "proof": PROOF, "kg": "64000"})


def test_a_missing_signature_is_said(tmp_path: Path) -> None:
    with_it = check(tmp_path, signed(), "--key", str(KEY.verifier))
    without = check(tmp_path, {**signed(), "signature": None}, "--key", str(KEY.verifier))
    assert "文件签名属实" in with_it.output
    assert (without.exit_code, "文件没有签名" in without.output) == (0, True)


@pytest.mark.parametrize(
    ("name", "salt", "text", "expected"),
    [
        ("beneficiary", SALT.hex(), "李明", True),
        ("beneficiary", SALT.hex(), "李雷", False),
        ("beneficiary", bytes(32).hex(), "李明", False),
        ("beneficiary", "zz", "李明", False),
        ("beneficiary", SALT.hex() + "e6", "李明", False),
        ("beneficiary", SALT.hex(), "\ud800", False),
        ("kg", SALT.hex(), "李明", False),
        ("nobody", SALT.hex(), "李明", False),
    ],
)
def test_a_name_is_checked_against_its_commitment(
    tmp_path: Path, name: str, salt: str, text: str, expected: bool
) -> None:
    openings = {name: {"salt": salt, "text": text}}
    assert holds(tmp_path, {"openings": openings, "proof": PROOF}) is expected


def test_one_false_claim_among_several_is_enough(tmp_path: Path) -> None:
    good, bad = {"kg": "64000", "proof": PROOF}, {"kg": "1", "proof": PROOF}
    assert holds(tmp_path, {"certificates": [good, good]})
    assert not holds(tmp_path, {"certificates": [good, bad]})


def test_a_key_that_came_along_is_trusted_once_and_no_other_after_it(tmp_path: Path) -> None:
    pin = tmp_path / "pin"
    ours = {"kg": "64000", "register": {"proof": PROOF, "key": str(KEY.verifier)}}
    forged = proved({"kg": "64000"}, STRANGER)
    theirs = {"kg": "64000", "register": {"proof": forged, "key": str(STRANGER.verifier)}}
    assert check(tmp_path, {"proof": "x"}, "--pin", str(pin)).exit_code == 1
    assert not pin.exists()
    assert check(tmp_path, ours, "--pin", str(pin)).exit_code == 0
    assert pin.read_text("utf-8") == f"{KEY.verifier}\n"
    assert check(tmp_path, ours, "--pin", str(pin)).exit_code == 0
    assert check(tmp_path, PROOF, "--pin", str(pin)).exit_code == 0
    assert check(tmp_path, theirs, "--pin", str(pin)).exit_code == 1
    assert pin.read_text("utf-8") == f"{KEY.verifier}\n"


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "{}", '{"proof": 1}', PROOF[:200], "c2sp.org/tlog-proof@v1", "[" * 100_000],
)
def test_a_file_that_claims_nothing_is_refused_in_one_sentence(
    tmp_path: Path, content: str
) -> None:
    result = check(tmp_path, content, "--key", str(KEY.verifier))
    assert result.exit_code == 1
    assert result.output.startswith("Error: 文件格式不对")
