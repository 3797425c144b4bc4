"""Long lists are read by a task that can be stopped, killed and resumed; names never stay."""

from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from uuid import uuid4

import pytest
from sqlalchemy import text

from puhui.db.session import snapshot, transaction
from puhui.events import queries, service
from puhui.events.errors import NameTaken, UnknownEvent
from puhui.events.service import long_list
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.kernel.errors import Invalid
from tests.fixtures import NOON
from tests.makers import events
from tests.makers.factors import publish_shipped
from tests.makers.identity import person

HEAD = "姓名,手机,城市,晚数\n"
PEOPLE = [
    f"代表{number},138{number:08d},{'福州' if number % 2 else '厦门'},1\n" for number in range(30)
]
FILE = (HEAD + "".join([*PEOPLE, *PEOPLE[:3]])).encode("gb18030")


@pytest.fixture
def li(database, noon, monkeypatch):
    monkeypatch.setattr(long_list, "STEP", 10)
    publish_shipped()
    return person("李雷", (events.FORESTRY, Role.ORGANISER))


def begun(li, event_id, list_id=None, file=FILE):
    list_id = list_id or uuid4()
    with transaction() as session:
        service.begin_list(session, li.actor, event_id, list_id, file, clock.now())
    return list_id


def seen(li, event_id, list_id):
    with snapshot() as session:
        return service.list_seen_by(session, li.actor, event_id, list_id)


def one_step(payload, cursor):
    with transaction() as session:
        return service.list_step(session, payload, cursor, clock.now())


def kept_file(database) -> bytes | None:
    with database.connect() as connection:
        return connection.scalar(text("SELECT sealed FROM events_waiting_list"))


def test_a_long_list_is_read_in_steps_and_its_file_deleted(li, settle, database):
    event_id = events.described(li)
    list_id = begun(li, event_id)
    assert begun(li, event_id, list_id) == list_id
    assert (seen(li, event_id, list_id).done, seen(li, event_id, list_id).total) == (0, 33)
    assert "代表1".encode("gb18030") not in kept_file(database)
    settle()
    run = seen(li, event_id, list_id)
    assert (run.state, run.done) == ("finished", 33)
    assert run.result == {"people": 30, "rows": 33, "merged": 3, "questions": 0}
    with snapshot() as session:
        upload = queries.newest_list(session, event_id)
        assert (upload.list_id, queries.attendees(upload).people) == (list_id, 30)
    assert kept_file(database) is None


def test_a_step_that_was_undone_or_another_process_begins_where_the_last_commit_was(li):
    event_id = events.described(li)
    list_id = begun(li, event_id)
    payload = {
        "list_id": str(list_id),
        "event_id": str(event_id),
        "person_id": str(li.actor.person_id),
    }
    first = one_step(payload, {})
    one_step(payload, {})  # the first was not committed by its task: again from the beginning
    long_list._forget_reading()  # a new process knows nothing
    second = one_step(payload, first.cursor)
    assert (first.done, second.done) == (10, 20)
    last = one_step(payload, one_step(payload, one_step(payload, second.cursor).cursor).cursor)
    assert last.result["people"] == 30


def test_it_is_stopped_and_resumed(li, settle):
    event_id = events.described(li)
    list_id = begun(li, event_id)
    with transaction() as session:
        service.stop_list(session, li.actor, event_id, list_id, clock.now())
    settle()
    assert seen(li, event_id, list_id).state == "stopped"
    with transaction() as session:
        service.resume_list(session, li.actor, event_id, list_id, clock.now())
    settle()
    assert seen(li, event_id, list_id).state == "finished"


def test_a_faulty_list_is_refused_whole_with_every_fault_and_its_file_deleted(li, settle, database):
    event_id = events.prepared(li)
    with snapshot() as session:
        before = queries.newest_list(session, event_id).list_id
    file = FILE.decode("gb18030").replace("福州,1\n", "福州,一\n", 2).encode()
    list_id = begun(li, event_id, file=file)
    settle()
    run = seen(li, event_id, list_id)
    assert run.state == "failed"
    assert [(fault.row, fault.field) for fault in run.faults] == [(3, "nights"), (5, "nights")]
    with snapshot() as session:
        assert queries.newest_list(session, event_id).list_id == before
    assert kept_file(database) is None
    with pytest.raises(Invalid):
        begun(li, event_id, file="姓名\n张三\n".encode())


def test_a_file_that_nobody_reads_is_deleted_after_a_day(li, settle, database):
    event_id = events.described(li)
    list_id = begun(li, event_id)
    with transaction() as session:
        service.stop_list(session, li.actor, event_id, list_id, clock.now())
    with clock.stopped(NOON + timedelta(hours=23)):
        settle()
        assert kept_file(database) is not None
    with clock.stopped(NOON + timedelta(hours=24)):
        settle()
        assert kept_file(database) is None
        with transaction() as session:
            service.resume_list(session, li.actor, event_id, list_id, clock.now())
        settle()
    run = seen(li, event_id, list_id)
    assert (run.state, run.result["code"]) == ("failed", "list_gone")


def test_a_list_is_its_organisers_alone_and_its_name_stands_for_one_file(li):
    event_id = events.described(li)
    list_id = begun(li, event_id)
    other = person("王五", ("别的单位", Role.ORGANISER))
    for work in (service.stop_list, service.resume_list):
        with pytest.raises(UnknownEvent), transaction() as session:
            work(session, other.actor, event_id, list_id, clock.now())
    with pytest.raises(UnknownEvent):
        seen(other, event_id, list_id)
    with pytest.raises(UnknownEvent):
        seen(li, events.described(li), list_id)
    with pytest.raises(NameTaken):
        begun(li, event_id, list_id, FILE + b"\n")


def test_the_page_follows_a_long_list(client, li, settle, monkeypatch):
    monkeypatch.setattr("puhui.events.pages.attendee.LONG", 20)
    event_id = events.described(li)
    form = {"form_name": str(uuid4()), "file": (BytesIO(FILE), "名单.csv")}
    answer = client.post(f"/events/{event_id}/attendees", data=form, headers=li.headers)
    assert f"/events/{event_id}/lists/" in answer.location
    page = client.get(answer.location, headers=li.headers).text
    assert "0 / 33" in page
    for step in ("stop", "resumption"):
        assert client.post(f"{answer.location}/{step}", headers=li.headers).status_code == 303
    settle()
    assert "已完成" in client.get(answer.location, headers=li.headers).text
    # A program does the same.
    url = f"/api/events/{event_id}/lists/{uuid4()}"
    headers = {**li.headers, "Content-Type": "text/csv"}
    assert client.put(url, data=FILE, headers=headers).status_code == 202
    settle()
    told = client.get(url, headers=li.headers).json
    assert (told["state"], told["result"]["people"]) == ("finished", 30)
    assert sha256(FILE).hexdigest() not in str(told)
