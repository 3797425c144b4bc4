"""Ways that several tests of identity go."""

import re
from uuid import UUID

from puhui.db.session import transaction
from puhui.identity.jobs import send_code
from puhui.identity.service.organisations import give_role
from puhui.kernel.actor import Role
from puhui.kernel.clock import now
from tests.identity.conftest import PHONE
from tests.makers.identity import organisation


def make_verifier(person_id: str) -> None:
    """Let a person verify for 常口村."""
    where = organisation("常口村")
    with transaction() as session:
        give_role(session, where, UUID(person_id), Role.VERIFIER, None, now())


def hidden(page: str, name: str = "form_name") -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


def ask_by_pages(client, phone, number: str = PHONE, wanted: str = "") -> str:
    """Ask for a code and return the address of the page that wants it."""
    page = client.get("/sign-in", query_string={"next": wanted} if wanted else {}).text
    answer = client.post(
        "/sign-in",
        data={"phone": number, "form_name": hidden(page), "next": hidden(page, "next")},
    )
    assert answer.status_code == 303, answer.text
    send_code({"code_id": re.search(r"[0-9a-f-]{36}", answer.location)[0]}, now())
    return answer.location


def sign_in_by_pages(client, phone, number: str = PHONE, wanted: str = "") -> str:
    """Register by pages and return the session cookie."""
    address = ask_by_pages(client, phone, number, wanted)
    answer = client.post(address, data={"code": phone.codes[-1], "next": wanted})
    assert answer.location.startswith("/sign-in/new")
    # The test client does not send a Secure cookie over plain http; a browser is on https then.
    ticket = re.search(r"puhui_ticket=([^;]+)", answer.headers["Set-Cookie"])[1]
    client.set_cookie("puhui_ticket", ticket, path="/sign-in")
    answer = client.post(
        "/sign-in/new", data={"display_name": "李雷", "birth_year": "1990", "next": wanted}
    )
    assert answer.status_code == 303, answer.text
    assert answer.location == (wanted or "/me")
    return next(c for c in answer.headers.getlist("Set-Cookie") if "puhui_session" in c)
