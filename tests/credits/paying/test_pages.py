"""Money on pages: what a buyer asks for, what an operator decides."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient

from puhui.credits.kind import Kind
from puhui.credits.paying.receipt import Fate, Road
from puhui.web.guard import COOKIE
from tests.makers.credits import draft, held, on_sale, operator, organiser, paid
from tests.makers.identity import SignedIn
from tests.makers.paying import VILLAGE_CODE, came, fates, odd

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
ASKED = {
    "type": "special",
    "title": "常口村委会",
    "tax_number": VILLAGE_CODE.lower(),
    "email": "kuaiji@example.cn",
    "phone": "+86 138-0000-1234",
}


@pytest.fixture
def see(client: FlaskClient, noon) -> Callable[[SignedIn, str], str]:
    """Open a page as somebody; return its text."""
    on_sale(draft(Kind.FFCER, 30_000, 1555))

    def open_page(who: SignedIn, path: str) -> str:
        client.set_cookie(COOKIE, who.token)
        answer = client.get(path)
        assert answer.status_code == 200, answer.status_code
        return answer.text

    return open_page


def test_an_invoice_is_asked_for_issued_and_fetched(client, see) -> None:
    who, clerk = organiser(), operator()
    hold = paid(held(who, 3_000))
    page = f"/holds/{hold.hold_id}/invoice"
    assert page in see(who, f"/holds/{hold.hold_id}")
    see(who, page)
    wrong = client.post(page, data=ASKED | {"tax_number": "", "phone": "123", "email": "x"})
    assert wrong.status_code == 422
    # All at once: a special invoice without number, no phone number, no e-mail address.
    assert wrong.text.count('class="fault"') == 3
    no_code = client.post(page, data=ASKED | {"tax_number": VILLAGE_CODE[:-1] + "0"})
    assert "校验位不符" in no_code.text
    assert client.post(page, data=ASKED).status_code == 303
    assert VILLAGE_CODE in see(who, page)
    assert client.get("/invoices").status_code == 403
    listed = see(clerk, "/invoices")
    address = "/invoices/" + listed.split('href="/invoices/')[1][:36]
    assert "13800001234" in see(clerk, address)
    issued = {"number": "26352000000000000001", "issued_on": "2026-03-12"}
    bad = client.post(f"{address}/issue", data=issued | {"file": (BytesIO(b"MZ"), "x.pdf")})
    assert bad.status_code == 422
    done = client.post(f"{address}/issue", data=issued | {"file": (BytesIO(PDF), "发票.pdf")})
    assert done.status_code == 303
    assert "26352000000000000001" in see(who, page)
    assert client.get(f"{address}.pdf").data == PDF
    client.set_cookie(COOKIE, organiser(where="别的组委会").token)
    assert client.get(f"{address}.pdf").status_code == 404
    assert client.get(page).status_code == 404


def test_odd_money_is_used_sent_back_or_set_aside_on_the_page(client, see) -> None:
    who, clerk = organiser(), operator()
    hold = held(who, 3_000)
    came(hold, 5_000, "B1")
    came(None, hold.total_fen, "B2")
    came(None, 700, "B3")
    came(None, 800, "T4", Road.GATEWAY)
    assert "50.00 元" in see(who, f"/holds/{hold.hold_id}")
    address = {money.reference: f"/odd-money/{money.receipt_id}" for money in odd()}
    assert "没有用上的款项" in see(clerk, "/payments")
    assert all(path in see(clerk, "/odd-money") for path in address.values())

    def send(number: str, tail: str, **form: str):
        return client.post(f"{address[number]}/{tail}", data=form).status_code

    see(clerk, address["B1"])
    assert send("B1", "use", hold_reference=hold.reference) == 409
    assert send("B1", "refunds", reason="多付了") == 303
    shown = see(clerk, address["B1"])
    confirm = shown.split('/confirmation"')[0].rpartition("/refunds/")[2]
    assert send("B1", f"refunds/{confirm}/confirmation") == 422
    assert send("B1", f"refunds/{confirm}/confirmation", reference="R1") == 303
    assert send("B2", "use", hold_reference="PH0123456789") == 404
    assert send("B2", "use", hold_reference=hold.reference) == 303
    assert send("B3", "refunds", reason="房租", set_aside="true") == 303
    assert send("T4", "refunds", reason="退") == 303
    shown = see(clerk, address["T4"])
    withdraw = shown.split('/withdrawal"')[0].rpartition("/refunds/")[2]
    assert send("T4", f"refunds/{withdraw}/withdrawal") == 303
    assert fates() == {
        "B1": Fate.SENT, "B2": Fate.USED, "B3": Fate.SET_ASIDE, "T4": Fate.WAITING,
    }  # fmt: skip
    settled = see(clerk, "/odd-money?settled=1")
    assert sorted(number for number in address if address[number] in settled) == ["B1", "B2", "B3"]
