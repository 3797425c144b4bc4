"""A certificate says what was retired, and anyone can check that it does."""

import json
import re
import subprocess
import sys
import zlib
from base64 import b64decode
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from puhui.credits import queries, service
from puhui.credits.certificate import code_of, envelope, read_code
from puhui.credits.kind import Kind
from puhui.credits.pdf import TEMPLATE, pdf_of
from puhui.db.session import snapshot, transaction
from puhui.register import queries as register
from puhui.register.claim import Contradiction, claims_of
from puhui.register.commands import group
from puhui.register.note import VerifierKey
from puhui.web.paper import missing_of
from tests.makers.credits import (
    draft,
    held,
    on_sale,
    operator,
    organiser,
    paid,
    retired,
)

SCRIPT = Path(__file__).parents[2] / "static" / "check_register_entry.py"


@pytest.fixture
def certificate(database: Engine, noon: datetime, settle):
    """A certificate over three kinds of credit, sealed and numbered."""
    on_sale(
        draft(Kind.FFCER, 81_000, 1555),
        draft(Kind.FOREST_TICKET, 500, 2000),
        draft(Kind.ONE_YUAN, 1_000, 10_000),
    )
    done = retired(paid(held(organiser(), 81_868)))
    settle()
    with snapshot() as session:
        return queries.certificate_by_code(session, done.certificate_code)


def the_file(certificate) -> str:
    with snapshot() as session:
        proof = register.proof_of(session, "retirement", str(certificate.retirement_id))
        key = register.keys(session)[0].key
    return json.dumps(envelope(certificate, str(proof), key), ensure_ascii=False)


def test_its_figures_add_up(certificate) -> None:
    told = certificate.document
    assert (told["required_kg"], told["retired_kg"], told["surplus_kg"]) == (
        "81868",
        "81868",
        "0",
    )
    # All 81 t; 868 kg are left. 370 kg in tens leave 498 of the 500 kg of cheaper tickets.
    assert [(line["kind"], line["kg"]) for line in told["credits"]] == [
        ("ffcer", "81000"),
        ("forest_ticket", "498"),
        ("one_yuan", "370"),
    ]


def test_the_file_checks_offline(certificate) -> None:
    (claim,) = claims_of(the_file(certificate))
    head, fact = claim.check([VerifierKey.parse(claim.key)])
    assert head.size > 0
    assert fact["kg"] == "81868"
    assert [line["serials"] for line in fact["credits"]] == [
        line["serials"] for line in certificate.document["credits"]
    ]


@pytest.mark.parametrize(
    ("said", "instead", "named"),
    [
        ('"retired_kg": "81868"', '"retired_kg": "818680"', "document"),
        ("第四届数字中国建设峰会", "第五届数字中国建设峰会", "document"),
        ("数字中国建设峰会组委会", "别的组委会", "beneficiary"),
    ],
)
def test_a_changed_file_does_not_check(certificate, said, instead, named) -> None:
    text = the_file(certificate)
    assert said in text
    (claim,) = claims_of(text.replace(said, instead))
    with pytest.raises(Contradiction, match=named):
        claim.check([VerifierKey.parse(claim.key)])


def tampered(text: str) -> list[str]:
    """The file, each time with another thing in it changed."""
    said = json.loads(text)
    value = said["signature"]["value"]
    other = ("B" if value[0] == "A" else "A") + value[1:]
    return [
        text.replace('"retired_kg": "81868"', '"retired_kg": "818680"'),
        text.replace("数字中国建设峰会组委会", "别的组委会"),
        text.replace(value, other),
        text.replace(value, ""),
        text.replace('"algorithm": "Ed25519"', '"algorithm": "none"'),
        json.dumps({**said, "signature": "trust me"}),
        json.dumps({**said, "proof": said["proof"].replace("index ", "index 1")}),
        json.dumps({**said, "document": {**said["document"], "v": 1.5}}),
        json.dumps({**said, "document": None}),
    ]


def test_the_command_and_the_bare_script_find_the_same_tampering(certificate, tmp_path) -> None:
    text = the_file(certificate)
    key = json.loads(text)["key"]
    file = tmp_path / "certificate.json"

    def outcomes(content: str) -> tuple[int, int]:
        file.write_text(content, "utf-8")
        ours = CliRunner().invoke(group, ["check", str(file), "--key", key])
        theirs = subprocess.run(
            [sys.executable, "-I", str(SCRIPT), str(file), key],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert "Traceback" not in theirs.stderr
        return ours.exit_code, theirs.returncode

    assert outcomes(text) == (0, 0)
    for changed in tampered(text):
        assert changed != text
        assert outcomes(changed) == (1, 1), changed


def test_its_signature_is_over_the_canonical_document(certificate) -> None:
    signed = json.loads(the_file(certificate))["signature"]
    key = VerifierKey.parse(signed["key"])
    assert key.has_signed(certificate.canonical.encode(), b64decode(signed["value"]))
    assert not key.has_signed(certificate.canonical.encode() + b" ", b64decode(signed["value"]))


def test_a_code_is_found_however_it_is_typed(certificate) -> None:
    code = code_of(certificate.retirement_id)
    typed = f"{code[:5]}-{code[5:]}".lower().replace("0", "o").replace("1", "l")
    assert read_code(typed) == certificate.code == code


def test_the_pdf_is_archival_and_the_same_every_time(certificate) -> None:
    certificate = replace(
        certificate, retired_at=certificate.retired_at.replace(microsecond=123456)
    )
    pages = [pdf_of(certificate, "https://puhui.example/c/X", 5) for _ in range(2)]
    assert pages[0] == pages[1]
    assert pages[0].startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part>" in pages[0]


def test_the_pdf_carries_what_pdf_a_asks_for(certificate) -> None:
    """ISO 19005-2: its part and level in XMP, an output intent with its profile, every font
    embedded, nothing encrypted, no script, nothing fetched from elsewhere."""
    body = pdf_of(certificate, "https://puhui.example/c/X", 5)
    whole = body + b"".join(_inflated(body))
    assert b"<pdfaid:part>2</pdfaid:part>" in body
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in body
    assert b"/GTS_PDFA1" in whole
    assert b"/DestOutputProfile" in whole
    assert b"/Metadata" in whole
    fonts = len(re.findall(rb"/Type\s*/FontDescriptor", whole))
    assert fonts == len(re.findall(rb"/FontFile[23]?\s", whole)) > 0
    for forbidden in (b"/Encrypt", b"/JavaScript", b"/EmbeddedFile", b"/Launch"):
        assert forbidden not in whole


def _inflated(body: bytes) -> list[bytes]:
    """Return what the object streams of a PDF hold."""
    found = []
    for stream in re.findall(rb"/ObjStm.*?stream\r?\n(.*?)endstream", body, re.DOTALL):
        found.append(zlib.decompressobj().decompress(stream))
    return found


def test_the_fonts_show_every_character_of_the_template_and_the_document(certificate) -> None:
    assert missing_of(TEMPLATE.read_text("utf-8") + certificate.canonical) == set()


def test_what_the_fonts_lack_is_marked_not_dropped() -> None:
    # The subscript two is the trap: these fonts have no U+2082.
    assert missing_of("CO₂e 林业碳票") == {"₂"}


def test_an_erratum_changes_the_title_and_not_the_document(certificate, noon: datetime) -> None:
    with transaction() as session:
        service.correct(
            session,
            operator().actor,
            certificate.retirement_id,
            certificate.hold_id,
            "单位名称有误",
            "The name was wrong",
            noon,
        )
    with snapshot() as session:
        now = queries.certificate_by_code(session, certificate.code)
    assert now.canonical == certificate.canonical
    assert now.standing != certificate.standing
    assert pdf_of(now, "https://puhui.example/c/X", 5) != pdf_of(
        certificate, "https://puhui.example/c/X", 5
    )
