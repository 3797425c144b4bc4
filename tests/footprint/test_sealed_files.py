"""A batch's secrets leave encrypted for the print shop whose certificate is given."""

import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

from puhui.db.session import transaction
from puhui.footprint import service
from puhui.footprint.envelope import recipient, sealed
from puhui.footprint.parcel import Form, parcel, sealed_name, sealed_parcel
from puhui.kernel.errors import Invalid
from tests.makers import footprint as make
from tests.makers.identity import SignedIn, person
from tests.makers.printer import Printer, printer

SEED, BASE = b"s" * 32, "https://tph.example.cn"


@pytest.fixture
def maker(client: FlaskClient, noon: datetime) -> SignedIn:
    return make.mill()


@pytest.fixture
def batch(maker: SignedIn, noon: datetime, settle: Callable[[], None]) -> str:
    """The address of a batch of twelve units that are made and have not left."""
    batch_id, label_id = uuid4(), make.label(maker, noon).label_id
    with transaction() as session:
        service.begin_batch(session, maker.actor, batch_id, label_id, 12, noon)
    settle()
    return f"/batches/{batch_id}"


def ask(client: FlaskClient, batch: str, maker: SignedIn, **wish: object) -> TestResponse:
    return client.post(
        f"/api/serials{batch}/secrets", json={"confirmed": True, **wish}, headers=maker.headers
    )


def opened_by_openssl(file: bytes, by: Printer, folder: Path, more: str) -> bytes:
    """Open a file as docs/printing.md tells a print shop to."""
    for name, data in (("in.p7m", file), ("printer.key", by.key_pem),
                       ("printer.crt", by.pem.encode())):  # fmt: skip
        (folder / name).write_bytes(data)
    command = "openssl cms -decrypt -inform DER -in in.p7m -inkey printer.key"
    subprocess.run(
        [*command.split(), *more.split(), "-out", "out"], cwd=folder, check=True, timeout=30
    )
    return (folder / "out").read_bytes()


def test_the_file_opens_with_the_print_shops_key_and_says_for_whom_it_left(
    client: FlaskClient, maker: SignedIn, batch: str, noon: datetime
) -> None:
    shop = printer(noon)
    answer = ask(client, batch, maker, certificate=shop.pem.replace("\n", "\r\n"))
    assert (answer.status_code, answer.content_type) == (
        200, "application/pkcs7-mime; smime-type=enveloped-data",
    )  # fmt: skip
    assert f"serials-{batch[9:]}.csv.p7m" in answer.headers["Content-Disposition"]
    rows = shop.opened(answer.data).decode("utf-8-sig").split("\r\n")
    assert (rows[0], len(rows)) == ("number,url,code,pin", 14)
    _, _, token, pin = rows[1].split(",")
    assert token.encode() not in answer.data
    with transaction() as session:
        service.ship_batch(session, maker.actor, UUID(batch[9:]), noon)
        seller = make.shopkeeper().actor
        assert service.sell_serials(session, seller, [token], make.PEPPER, noon) == 1
        claimed = service.claim_serial(session, person("林梅").actor, token, pin, make.PEPPER, noon)
    assert isinstance(claimed, service.Claimed)
    shown = client.get(f"/api/serials{batch}", headers=maker.headers).json
    assert (shown["left_for"], shown["left_as"], shown["left_by"]) == (
        shop.fingerprint, "csv", str(maker.person_id),
    )  # fmt: skip
    page = client.get(batch, headers=maker.headers).text
    assert bytes.fromhex(shop.fingerprint).hex(":").upper() in page
    assert "由 厂长 下载" in page
    assert "明文" not in page


def test_what_cannot_be_encrypted_for_is_refused_and_the_secrets_stay(
    client: FlaskClient, maker: SignedIn, batch: str, noon: datetime
) -> None:
    good = printer(noon)
    for certificate, words in (
        (printer(noon, begun_days_ago=366).pem, "只在 2025-03-11 至 2026-03-11 有效"),
        (printer(noon, begun_days_ago=-1).pem, "只在 2026-03-13 至 2027-03-13 有效"),
        (printer(noon, bits=1024).pem, "RSA 2048 位以上"),
        (printer(noon, bits=0).pem, "RSA 2048 位以上"),
        (good.pem + good.pem, "不是一张 PEM 格式的 X.509 证书"),
        (good.pem[:500], "不是一张 PEM 格式的 X.509 证书"),
        ("永安印刷厂", "不是一张 PEM 格式的 X.509 证书"),
        (good.pem + good.key_pem.decode(), "这里面有私钥"),
    ):
        answer = ask(client, batch, maker, certificate=certificate)
        assert answer.status_code == 422
        (fault,) = answer.json["errors"]
        assert (fault["code"], fault["field"]) == ("bad_certificate", "certificate")
        assert words in fault["detail"]
    assert client.get(f"/api/serials{batch}", headers=maker.headers).json["left_at"] is None
    assert ask(client, batch, maker, certificate=good.pem).status_code == 200


def test_the_page_takes_the_certificate_and_says_what_its_absence_means(
    client: FlaskClient, maker: SignedIn, batch: str, noon: datetime
) -> None:
    shop = printer(noon)

    def sent(certificate: bytes, name: str = "printer.crt") -> TestResponse:
        form = {"form": "a4", "confirmed": "true", "certificate": (BytesIO(certificate), name)}
        return client.post(f"{batch}/secrets", data=form, headers=maker.headers)

    assert "不选则文件是明文" in client.get(batch, headers=maker.headers).text
    refused = sent(b"")  # a file was chosen: that it is empty must not mean "in clear"
    assert (refused.status_code, "不是一张 PEM 格式的 X.509 证书" in refused.text) == (422, True)
    answer = sent(shop.pem.encode())
    assert answer.status_code == 200
    with ZipFile(BytesIO(shop.opened(answer.data))) as archive:
        assert archive.namelist() == ["serials.csv", "sheets/0000001-0000012.pdf"]
        assert archive.testzip() is None


def test_without_a_certificate_it_leaves_in_clear_and_the_page_says_so(
    client: FlaskClient, maker: SignedIn, batch: str
) -> None:
    answer = client.post(
        f"{batch}/secrets", headers=maker.headers,
        data={"form": "csv", "confirmed": "true", "certificate": (BytesIO(b""), "")},
    )  # fmt: skip
    assert (answer.status_code, answer.data[:9]) == (200, "\ufeffnumber".encode())
    assert "文件是明文" in client.get(batch, headers=maker.headers).text
    assert client.get(f"/api/serials{batch}", headers=maker.headers).json["left_for"] is None


def test_for_whom_the_secrets_left_cannot_be_changed(
    client: FlaskClient, maker: SignedIn, batch: str, noon: datetime
) -> None:
    assert ask(client, batch, maker, certificate=printer(noon).pem).status_code == 200
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text("UPDATE footprint_batch SET left_for = NULL"))


@pytest.mark.parametrize("form", [Form.CSV, Form.A4])
def test_a_large_batch_goes_in_parts_that_are_whole_files(
    noon: datetime, form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Form, "sealed_together", property(lambda _: 1000))
    shop = printer(noon)
    to = recipient(shop.pem, noon)
    assert sealed_name(2001, form, "serials") == "serials.p7m.zip"
    data = b"".join(sealed_parcel(SEED, 2001, BASE, form, "x", to))
    parts = []
    with ZipFile(BytesIO(data)) as archive:
        assert archive.namelist() == [
            f"serials-{span}.{form.ending}.p7m"
            for span in ("0000001-0001000", "0001001-0002000", "0002001-0002001")
        ]
        for name in archive.namelist():
            opened = shop.opened(archive.read(name))
            if form is not Form.CSV:
                with ZipFile(BytesIO(opened)) as inner:
                    assert re.fullmatch(r"sheets/\d{7}-\d{7}\.pdf", inner.namelist()[-1])
                    opened = inner.read("serials.csv")
            parts += opened.decode("utf-8-sig").split("\r\n")[1:-1]
    whole = b"".join(parcel(SEED, 2001, BASE, Form.CSV, "x")).decode("utf-8-sig")
    assert parts == whole.split("\r\n")[1:-1]


def test_nobody_else_opens_it(noon: datetime) -> None:
    shop, other = printer(noon), printer(noon, bits=3072)
    file = sealed(b"secret", recipient(shop.pem, noon))
    with pytest.raises(ValueError):
        other.opened(file)
    with pytest.raises(Invalid):
        recipient(shop.pem, noon + timedelta(days=365))


if shutil.which("openssl"):

    def test_openssl_opens_it_byte_for_byte(noon: datetime, tmp_path: Path) -> None:
        shop = printer(noon)
        # Line ends of every kind, and a last line without one, must come out as they went in.
        data = bytes(range(256)) + b"a\nb\r\nc\rd"
        file = sealed(data, recipient(shop.pem, noon))
        for more in ("-recip printer.crt", ""):
            assert opened_by_openssl(file, shop, tmp_path, more) == data
