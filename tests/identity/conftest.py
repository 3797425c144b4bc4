"""A phone for tests: the console sender's lines, caught."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from puhui.identity.sender import ConsoleSender, sender, use_sender
from puhui.kernel import clock
from tests.fixtures import NOON

PHONE = "13800001234"


class Phone:
    """What the console has shown."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.sender = ConsoleSender(self.lines.append)

    @property
    def codes(self) -> list[str]:
        """Every code shown so far."""
        return re.findall(r"验证码 (\d{6})", "".join(self.lines))


@pytest.fixture
def phone(app: Flask) -> Iterator[Phone]:
    """Catch what the console sender prints."""
    before, caught = sender(), Phone()
    use_sender(caught.sender)
    yield caught
    use_sender(before)


Asked = tuple[str, str]


@pytest.fixture
def ask(client: FlaskClient, phone: Phone, settle: Callable[[], None]) -> Callable[[str], Asked]:
    """Ask for a code and return its name and what arrived."""

    def run(number: str = PHONE) -> Asked:
        code_id = str(uuid4())
        answer = client.put(f"/api/sign-in/codes/{code_id}", json={"phone": number})
        assert answer.status_code == 201, answer.json
        settle()
        return code_id, phone.codes[-1]

    return run


@pytest.fixture
def join(client: FlaskClient, ask: Callable[[str], Asked]) -> Callable[..., dict[str, str]]:
    """Sign in a number, registering it if it is new; return its headers."""

    def run(number: str = PHONE, name: str = "李雷", birth_year: int = 1990) -> dict[str, str]:
        code_id, code = ask(number)
        found = client.post("/api/sign-in", json={"code_id": code_id, "code": code}).json
        if found["ticket"]:
            found = client.post(
                "/api/sign-in/registrations",
                json={
                    "ticket": found["ticket"],
                    "display_name": name,
                    "birth_year": birth_year,
                },
            ).json
        return {"Authorization": f"Bearer {found['token']}"}

    return run


@pytest.fixture
def later() -> Iterator[Callable[[timedelta], None]]:
    """Stop the clock; each call moves it on."""
    stopped = []

    def move(by: timedelta) -> None:
        context = clock.stopped(clock.now() + by)
        context.__enter__()
        stopped.append(context)

    with clock.stopped(NOON):
        yield move
        while stopped:
            stopped.pop().__exit__(None, None, None)
