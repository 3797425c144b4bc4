"""A stranger reads the log over HTTP and believes nothing but arithmetic.

The client below is written from the specifications (RFC 9162, C2SP tlog-tiles, signed-note,
tlog-proof) and uses nothing of ours but the public key.
"""

import json
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask.testing import FlaskClient

from puhui.db.session import transaction
from puhui.register import service
from puhui.register.signer import Signer

SCRIPT = Path(__file__).parents[2] / "static" / "check_register_entry.py"


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def tree(hashes: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word by word."""
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node(tree(hashes[:split]), tree(hashes[split:]))


def get(client: FlaskClient, path: str) -> bytes:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.data


def read_head(client: FlaskClient, key: str) -> tuple[int, bytes]:
    name, _, data = key.split("+", 2)
    text, signature = get(client, "/log/checkpoint").decode().split("\n\n")
    origin, size, root = text.split("\n")
    assert origin == name
    dash, who, value = signature.strip().split(" ")
    assert (dash, who) == ("—", name)
    public = Ed25519PublicKey.from_public_bytes(b64decode(data)[1:])
    public.verify(b64decode(value)[4:], (text + "\n").encode())
    return int(size), b64decode(root)


def read_level(client: FlaskClient, level: int, count: int) -> list[bytes]:
    """All hashes of one level, tile by tile."""
    data = b""
    for number in range(-(-count // 256)):
        width = min(256, count - number * 256)
        partial = "" if width == 256 else f".p/{width}"
        data += get(client, f"/log/tile/{level}/{number:03d}{partial}")
    return [data[at : at + 32] for at in range(0, len(data), 32)]


def read_entries(client: FlaskClient, count: int) -> list[bytes]:
    entries = []
    for number in range(-(-count // 256)):
        width = min(256, count - number * 256)
        partial = "" if width == 256 else f".p/{width}"
        bundle = get(client, f"/log/tile/entries/{number:03d}{partial}")
        while bundle:
            length = int.from_bytes(bundle[:2])
            entries.append(bundle[2 : 2 + length])
            bundle = bundle[2 + length :]
    return entries


@pytest.mark.parametrize("size", [1, 256, 515])
def test_a_stranger_recomputes_the_signed_root_from_entries_and_from_tiles(
    client: FlaskClient, grow: Callable[[int], None], signer: Signer, size: int
) -> None:
    grow(size)
    found_size, root = read_head(client, str(signer.key.verifier))
    assert found_size == size
    entries = read_entries(client, size)
    leaves = [sha256(b"\x00" + entry).digest() for entry in entries]
    assert tree(leaves) == root
    assert read_level(client, 0, size) == leaves
    upper = read_level(client, 1, size // 256)
    assert upper == [tree(leaves[at : at + 256]) for at in range(0, size // 256 * 256, 256)]
    assert [json.loads(entry)["id"] for entry in entries] == [f"{n:05d}" for n in range(size)]


def test_a_stranger_checks_a_downloaded_proof(
    client: FlaskClient, grow: Callable[[int], None], signer: Signer
) -> None:
    """Up the path from the entry to the root, as RFC 9162 2.1.3.2 says."""
    grow(300)
    _, root = read_head(client, str(signer.key.verifier))
    listed = client.get("/api/register/entries?subject_id=00257").json["items"]
    (entry,) = listed
    text = get(client, f"/api/register/entries/{entry['entry_id']}/proof").decode()
    head, checkpoint = text.split("\n\n", 1)
    assert checkpoint.encode() == get(client, "/log/checkpoint")
    header, extra, index, *path = head.split("\n")
    assert (header, index) == ("c2sp.org/tlog-proof@v1", "index 257")
    value = sha256(b"\x00" + b64decode(extra.removeprefix("extra "))).digest()
    at, last = 257, 299
    for sibling in map(b64decode, path):
        if at % 2 or at == last:
            value = node(sibling, value)
            while at and not at % 2:
                at, last = at // 2, last // 2
        else:
            value = node(value, sibling)
        at, last = at // 2, last // 2
    assert (value, last) == (root, 0)


def test_what_never_changes_may_be_kept_for_ever_and_the_checkpoint_may_not(
    client: FlaskClient, grow: Callable[[int], None]
) -> None:
    grow(2)
    head = client.get("/log/checkpoint")
    tile = client.get("/log/tile/0/000.p/2")
    bundle = client.get("/log/tile/entries/000.p/2")
    assert head.headers["Cache-Control"] == "public, max-age=5"
    for fixed in (tile, bundle):
        assert fixed.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert fixed.headers["Content-Type"] == "application/octet-stream"
    assert head.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    [
        "0/000",
        "0/000.p/4",
        "0/001.p/1",
        "1/000.p/1",
        "0/0",
        "00/000.p/1",
        "64/000.p/1",
        "-1/000",
        "entries/000",
        "entries/000.p/4",
        "entries/x000/000.p/1",
        "0/x999/x999/x999/x999/x999/999",
    ],
)
def test_what_the_signed_log_does_not_have_is_not_found(
    client: FlaskClient, grow: Callable[[int], None], path: str
) -> None:
    grow(3)
    assert client.get(f"/log/tile/{path}").status_code == 404


def test_before_the_first_checkpoint_there_is_nothing(client: FlaskClient) -> None:
    assert client.get("/log/checkpoint").status_code == 404
    assert client.get("/log/tile/0/000.p/1").status_code == 404
    assert get(client, "/log/key") == b""


def test_what_is_not_signed_yet_is_not_served(
    client: FlaskClient, grow: Callable[[int], None], noon: datetime
) -> None:
    grow(1)
    with transaction() as session:
        entry_id = service.record(session, "test", "new", {}, noon)
    with transaction() as session:
        service.number(session, noon)
    assert client.get("/log/tile/0/000.p/2").status_code == 404
    shown = client.get(f"/api/register/entries/{entry_id}").json
    assert (shown["index"], shown["proof"]) == (1, None)
    refused = client.get(f"/api/register/entries/{entry_id}/proof")
    assert (refused.status_code, refused.json["code"]) == (409, "entry_not_yet_signed")


def test_an_unknown_entry_is_not_found(client: FlaskClient) -> None:
    refused = client.get(f"/api/register/entries/{uuid4()}")
    assert (refused.status_code, refused.json["code"]) == (404, "no_such_entry")


def test_entries_are_listed_in_order_page_by_page(
    client: FlaskClient, grow: Callable[[int], None]
) -> None:
    grow(7)
    seen, url = [], "/api/register/entries?limit=3&kind=test"
    while url:
        answer = client.get(url).json
        seen += [item["index"] for item in answer["items"]]
        url = answer["next"]
    assert seen == list(range(7))
    assert client.get("/api/register/entries?kind=other").json["items"] == []


def test_the_public_key_is_listed_in_both_forms(
    client: FlaskClient, grow: Callable[[int], None], signer: Signer
) -> None:
    grow(1)
    key = str(signer.key.verifier)
    assert get(client, "/log/key").decode() == key + "\n"
    (jwk,) = client.get("/.well-known/jwks.json").json["keys"]
    assert key.startswith(jwk["kid"] + "+")
    assert b64decode(jwk["x"] + "=", altchars=b"-_") == signer.key.verifier.public


def run_script(file: Path, key: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(file), key],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PYTHONUTF8": "1"},
    )


def test_the_script_for_strangers_proves_what_is_so_and_nothing_else(
    client: FlaskClient, grow: Callable[[int], None], signer: Signer, tmp_path: Path
) -> None:
    grow(11)
    (entry,) = client.get("/api/register/entries?subject_id=00006").json["items"]
    proof = get(client, f"/api/register/entries/{entry['entry_id']}/proof").decode()
    key = str(signer.key.verifier)
    file = tmp_path / "entry.tlog-proof"
    file.write_text(proof, "utf-8")
    proved = run_script(file, key)
    assert (proved.returncode, proved.stderr) == (0, "")
    assert '"id":"00006"' in proved.stdout

    lines = proof.split("\n")
    signature = lines[-2]
    name, _, _ = key.partition("+")
    stranger = "log.example+1a2b3c4d+" + key.split("+", 2)[2]
    for changed, trusted in (
        (proof.replace("index 6", "index 7"), key),
        (proof.replace("index 6", "index -6"), key),
        (proof.replace(lines[1], "extra " + "QUJD"), key),
        (proof.replace(lines[3], lines[4]), key),
        (proof.replace("\n11\n", "\n12\n"), key),
        (proof.replace(signature, signature[:-12] + "AAAAAAAAAAA="), key),
        (proof.replace(name, "elsewhere.example/log"), key),
        (proof[:50], key),
        ("", key),
        (proof, stranger),
        (proof, "nonsense"),
    ):
        file.write_text(changed, "utf-8")
        refused = run_script(file, trusted)
        assert refused.returncode == 1, changed
        assert refused.stdout == ""
        assert refused.stderr.startswith("NOT PROVED: "), refused.stderr


def test_the_script_can_be_downloaded_and_read_in_one_sitting(client: FlaskClient) -> None:
    with client.get("/static/check_register_entry.py") as response:
        served = response.get_data(as_text=True)
    assert served == SCRIPT.read_text("utf-8")
    assert len([line for line in served.splitlines() if line.strip()]) <= 110
