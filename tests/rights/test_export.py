"""Everything about me: whole, mine alone, made step by step, here for days and then gone."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from io import BytesIO
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient

from puhui.credits import service as credits
from puhui.credits.kind import Kind
from puhui.credits.paying.invoice import InvoiceDraft, InvoiceType
from puhui.db.session import snapshot, transaction
from puhui.identity.queries import actor_of_person, profile
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.kernel.errors import NotFound
from puhui.outbox.model import Task
from puhui.outbox.task import go_on
from puhui.rewards.offer import Delivery
from puhui.rights.archive import Archive
from puhui.rights.errors import ExportGone, NoSuchExport, TooManyExports
from puhui.rights.installation import terms
from puhui.rights.readme import everything
from puhui.rights.service import exports
from tests.makers.claims import appealed, held_claim, refused
from tests.makers.credits import draft as credit_draft
from tests.makers.credits import on_sale, paid
from tests.makers.identity import SignedIn, person
from tests.makers.paying import invoiced
from tests.makers.rewards import photo, planted, reviewed, rulebook
from tests.makers.rights import asked, export_of, with_phone
from tests.makers.shop import (
    ADDRESS,
    agrees_to_sending,
    buyer,
    cause,
    donated,
    offered,
    redeemed,
)
from tests.makers.team import joined, team

pytestmark = pytest.mark.usefixtures("database", "noon")


@pytest.fixture
def li() -> SignedIn:
    rulebook()
    return person("=李雷")


def file_of(by: SignedIn, export_id: UUID) -> ZipFile:
    with transaction() as session:
        archive = exports.take(session, by.actor, export_id, clock.now())
    return ZipFile(BytesIO(archive.file.read_bytes()))


def told(by: SignedIn, export_id: UUID) -> dict[str, list[dict[str, object]]]:
    with file_of(by, export_id) as whole:
        return json.loads(whole.read("everything.json"))["subjects"]


def test_it_holds_what_is_mine_and_nothing_of_whoever_judged_it(li: SignedIn, settle) -> None:
    wang = person("王芳", ("核查中心", Role.VERIFIER))
    planting_id = planted(li)
    reviewed(wang, planting_id)
    planted(person("韩梅梅"))
    settle()
    export_id = export_of(li)
    settle()
    with file_of(li, export_id) as whole:
        written = b"".join(whole.read(name) for name in whole.namelist())
        names = whole.namelist()
        line = whole.read("csv/person.csv").decode("utf-8-sig").splitlines()[1]
        readme = whole.read("README.txt").decode()
    subjects = told(li, export_id)
    assert [row["planting_id"] for row in subjects["plantings"]] == [str(planting_id)]
    assert sum(row["amount"] for row in subjects["entries"]) == 60
    assert "韩梅梅".encode() not in written
    assert str(wang.person_id).encode() not in written
    assert sum(name.startswith("photographs/") for name in names) == 1
    assert ",'=李雷," in line, "no spreadsheet takes a name for a formula"
    assert [about.subject for about in everything() if about.subject not in readme] == []
    assert "这里是平台保存的" in readme
    assert "Everything that this platform keeps about you" in readme


def test_what_i_redeemed_gave_claimed_and_did_with_others_is_in_it(settle) -> None:
    rulebook()
    li, wang = buyer("李雷"), person("王芳", ("核查中心", Role.VERIFIER))
    agrees_to_sending(li)
    redeemed(li, offered(delivery=Delivery.SENT, county_code=None), address=ADDRESS)
    code = donated(li, cause(), 10).code
    team_id = team(li, name="李雷的队")
    serial_id = held_claim(li, settle)
    refused(wang, serial_id)
    appealed(li, serial_id, "小票在此")
    joined(person("韩梅梅"), team_id)
    export_id = export_of(li)
    settle()
    subjects = told(li, export_id)
    (redemption,) = subjects["redemptions"]
    assert redemption["address"] == asdict(ADDRESS)
    assert {"code", "code_hash", "ended_by"}.isdisjoint(redemption)
    assert [(row["code"], row["points"]) for row in subjects["donations"]] == [(code, 10)]
    assert [row["name"] for row in subjects["teams_led"]] == ["李雷的队"]
    assert [row["team_id"] for row in subjects["team_memberships"]] == [str(team_id)]
    (claim,) = subjects["claims"]
    assert (claim["state"], claim["appeal_words"]) == ("refused", "小票在此")
    with file_of(li, export_id) as whole:
        written = b"".join(whole.read(name) for name in whole.namelist())
    assert "韩梅梅".encode() not in written


def test_an_invoice_of_my_own_is_in_it_with_the_contact_i_gave(li: SignedIn, settle) -> None:
    on_sale(credit_draft(Kind.ONE_YUAN, 500, 10_000))
    with transaction() as session:
        hold = credits.buy_personally(session, li.actor, uuid4(), 1, clock.now())
    paid(hold)
    draft = InvoiceDraft(InvoiceType.GENERAL, "李雷", None, "li@example.cn", "13800001234")
    invoiced(li, hold, draft)
    export_id = export_of(li)
    settle()
    subjects = told(li, export_id)
    assert [row["sealed"] for row in subjects["invoices"]] == [
        ["李雷", "li@example.cn", "13800001234"]
    ]
    assert subjects["invoices_for_organisations"] == []
    assert [row["amount_fen"] for row in subjects["money_received"]] == [hold.total_fen]


def test_what_i_did_for_an_organisation_is_listed_by_table_and_key(settle) -> None:
    rulebook()
    wang = person("王芳", ("核查中心", Role.VERIFIER))
    planting_id = planted(person("李雷"))
    reviewed(wang, planting_id)
    export_id = export_of(wang)
    settle()
    assert {
        "table": "rewards_review",
        "key": f"{planting_id}, {wang.person_id}",
        "as": "verifier_id",
    } in told(wang, export_id)["acted"]


def test_killed_at_any_step_it_goes_on_and_is_the_same_file(li: SignedIn, settle) -> None:
    for _ in range(2):
        photo(li)
    plain, broken = export_of(li), export_of(li)
    settle_only = Archive(terms().folder, broken)
    running = True
    while running:
        with pytest.raises(ZeroDivisionError), transaction() as session:
            go_on(session, broken, exports.make, clock.now())
            # What this step wrote to the disk stays; what it wrote to the books does not.
            1 / 0  # noqa: B018
        if session_task(broken).step > 30:
            break
        with transaction() as session:
            running = go_on(session, broken, exports.make, clock.now())
    settle()
    assert settle_only.file.exists()
    ours, theirs = told(li, broken), told(li, plain)
    for subjects in (ours, theirs):
        del subjects["exports"], subjects["tasks"]
    assert ours == theirs


def session_task(task_id: UUID) -> Task:
    with snapshot() as session:
        return session.get_one(Task, task_id)


def test_after_seven_days_the_file_is_gone(li: SignedIn, settle) -> None:
    export_id = export_of(li)
    settle()
    file = Archive(terms().folder, export_id).file
    assert file.stat().st_mode & 0o077 == 0
    with clock.stopped(clock.now() + timedelta(days=7)):
        with pytest.raises(ExportGone):
            file_of(li, export_id)
        settle()
    assert not file.exists()


def test_only_who_asked_for_it_sees_and_takes_it(
    client: FlaskClient, li: SignedIn, settle: Callable[[], None]
) -> None:
    export_id, mei = export_of(li), person("韩梅梅")
    settle()
    for path in ("", "/file"):
        url = f"/api/my-data/exports/{export_id}{path}"
        assert client.get(url, headers=mei.headers).status_code == 404
        assert client.get(url).status_code == 401
        assert client.get(url, headers=li.headers).status_code == 200
    with pytest.raises(NoSuchExport):
        file_of(mei, export_id)
    with pytest.raises(NotFound):
        export_of(mei, li.person_id)


def test_a_guardian_takes_along_what_is_the_childs(settle) -> None:
    rulebook()
    child = person("小明", birth_year=2016)
    planted(child)
    with snapshot() as session:
        guardian_id = profile(session, child.person_id).guardian_id
        guardian = SignedIn(actor_of_person(session, guardian_id), {}, "")
    export_id = export_of(guardian, child.person_id)
    settle()
    subjects = told(guardian, export_id)
    assert subjects["person"][0]["display_name"] == "小明"
    assert len(subjects["plantings"]) == 1
    with clock.stopped(clock.now() + timedelta(days=365 * 6)), pytest.raises(NotFound):
        file_of(guardian, export_id)


def test_three_a_day_are_enough(li: SignedIn) -> None:
    for _ in range(3):
        export_of(li)
    with pytest.raises(TooManyExports):
        export_of(li)
    with clock.stopped(clock.now() + timedelta(days=1)):
        export_of(li)


def test_an_erasure_takes_the_file_along_even_while_it_is_made(li: SignedIn, settle) -> None:
    with_phone(li)
    asked(li)
    with clock.stopped(clock.now() + timedelta(days=29)):
        ready = export_of(li)
        settle()
        unfinished = export_of(li)
        with transaction() as session:
            go_on(session, unfinished, exports.make, clock.now())
    assert list(terms().folder.glob(f"{unfinished}*"))
    with clock.stopped(clock.now() + timedelta(days=30)):
        settle()
        settle()
    for export_id in (ready, unfinished):
        assert list(terms().folder.glob(f"{export_id}*")) == []
