"""What whoever runs the installation does at its console."""

import os
import subprocess
import sys

import pytest
from sqlalchemy import Engine, text

from puhui.db.session import transaction
from puhui.identity.queries import actor_of_token
from puhui.identity.service import console, ensure_organisation, ensure_person
from puhui.kernel.actor import Permission, Role
from puhui.kernel.clock import now
from puhui.kernel.errors import Invalid, NotFound
from puhui.settings import Settings
from tests.identity.conftest import PHONE

USCC = "91110000600037341L"


def make_operator(birth_year: int | None = 1980, uscc: str = USCC):
    with transaction() as session:
        return console.make_operator(session, PHONE, "运营", birth_year, uscc, "省平台", now())


def test_the_first_operator_is_made_at_the_console(database: Engine) -> None:
    make_operator()
    with transaction() as session:
        signed = console.sign_in_at_console(session, PHONE, now())
    actor = actor_of_token(signed.token, now())
    assert actor is not None and actor.may(Permission.ORGANISATION_APPROVE)


def test_making_an_operator_twice_changes_nothing(database: Engine) -> None:
    assert make_operator() == make_operator(None)
    with database.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM identity_member_change")) == 2


def test_a_new_operator_needs_a_birth_year(database: Engine) -> None:
    with pytest.raises(Invalid):
        make_operator(None)


def test_nobody_is_signed_in_by_a_number_nobody_has(database: Engine) -> None:
    with pytest.raises(NotFound), transaction() as session:
        console.sign_in_at_console(session, PHONE, now())


def test_people_and_organisations_are_ensured_not_doubled(database: Engine) -> None:
    def ensure() -> tuple:
        with transaction() as session:
            where = ensure_organisation(session, USCC, "核验机构", [Role.VERIFIER], now())
            who = ensure_person(
                session, PHONE, "韩梅梅", 1985, now(), roles=[(where, Role.VERIFIER)]
            )
        return where, who

    assert ensure() == ensure()


def test_the_command_says_a_slip_in_one_line(settings: Settings, database: Engine) -> None:
    def run(*words: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "puhui.cli", "identity", *words],
            env={
                **os.environ,
                "DATABASE_URL": settings.database_url,
                "REDIS_URL": settings.redis_url,
                "PUHUI_SECRET": settings.secret,
                "PUHUI_LOCAL": "1",
            },
            capture_output=True,
            text=True,
            check=False,
        )

    words = ("make-operator", "--phone", PHONE, "--birth-year", "1980", "--uscc")
    slipped = run(*words, "9111")
    assert (slipped.returncode, slipped.stderr.strip()) == (
        1,
        "Error: 统一社会信用代码应为18位，现为4位",
    )
    made = run(*words, USCC)
    assert made.returncode == 0, made.stderr
    opened = run("open-session", "--phone", PHONE)
    assert actor_of_token(opened.stdout.strip(), now()) is not None
