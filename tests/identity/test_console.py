"""What whoever runs the installation does at its console."""

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text

from puhui.db.session import snapshot, transaction
from puhui.identity.commands import group
from puhui.identity.queries import actor_of_token
from puhui.identity.service import ensure_organisation, ensure_person
from puhui.kernel.actor import Permission, Role
from puhui.kernel.clock import now
from tests.identity.conftest import PHONE

USCC = "91110000600037341L"


@pytest.fixture
def run(app, database: Engine):
    def command(*words: str):
        return CliRunner().invoke(group, list(words))

    return command


def test_the_first_operator_is_made_at_the_console(run) -> None:
    made = run("make-operator", "--phone", PHONE, "--birth-year", "1980", "--uscc", USCC)
    assert made.exit_code == 0, made.output
    token = run("open-session", "--phone", PHONE).output.strip()
    with snapshot() as session:
        actor = actor_of_token(session, token, now())
    assert actor is not None and actor.may(Permission.ORGANISATION_APPROVE)


def test_making_an_operator_twice_changes_nothing(run, database: Engine) -> None:
    words = ("make-operator", "--phone", PHONE, "--birth-year", "1980", "--uscc", USCC)
    assert run(*words).output == run(*words).output
    with database.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM identity_member_change")) == 2


def test_a_slip_at_the_console_is_one_line(run) -> None:
    slipped = run("make-operator", "--phone", PHONE, "--birth-year", "1980", "--uscc", "9111")
    assert slipped.exit_code == 1
    assert slipped.output == "Error: 统一社会信用代码应为18位，现为4位\n"
    assert run("open-session", "--phone", PHONE).output == "Error: nobody has this number\n"


def test_people_and_organisations_are_ensured_not_doubled(app, database: Engine) -> None:
    def ensure() -> tuple:
        with transaction() as session:
            where = ensure_organisation(session, USCC, "核查机构", [Role.VERIFIER], now())
            who = ensure_person(
                session, PHONE, "韩梅梅", 1985, now(), roles=[(where, Role.VERIFIER)]
            )
        return where, who

    assert ensure() == ensure()
