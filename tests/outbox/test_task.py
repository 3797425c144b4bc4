"""Long work goes on where it was, is done once, and can be stopped and resumed."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from puhui.db.session import snapshot, transaction
from puhui.kernel.clock import now
from puhui.kernel.errors import Conflict, Fault, Invalid, NotFound
from puhui.outbox import queries, task
from puhui.outbox.service import drain, publish
from puhui.outbox.task import Step

LI = "person:li"


def note(session, key):
    """Leave a mark that shows when it is left twice."""
    session.execute(
        text("INSERT INTO web_request_name VALUES (gen_random_uuid(), :key, now())"), {"key": key}
    )


def marks(session):
    return session.scalars(text("SELECT fingerprint FROM web_request_name ORDER BY 1")).all()


def count_up(session, payload, cursor, at):
    """Two numbers a step, up to the payload's last."""
    first = cursor.get("next", 1)
    for number in range(first, min(first + 2, payload["last"] + 1)):
        note(session, f"{number:02}")
    done = min(first + 1, payload["last"])
    finished = {"counted": done} if done == payload["last"] else None
    return Step(done, {"next": done + 1}, finished)


ROUTES = {"tests.count": [task.steps(count_up)]}


@pytest.fixture
def begun(database):
    task_id = uuid4()
    begin(task_id)
    return task_id


def begin(task_id: UUID, last: int = 5, owner: str = LI) -> None:
    with transaction() as session:
        task.begin(
            session,
            task_id,
            "tests.count",
            owner=owner,
            total=5,
            payload={"last": last},
            now=now(),
        )


def seen(task_id: UUID) -> queries.TaskSeen:
    with snapshot() as session:
        return queries.task(session, task_id, LI)


def step(most: int = 1, routes=ROUTES) -> None:
    drain(routes, now, most)


def stop(task_id: UUID) -> None:
    with transaction() as session:
        task.stop(session, task_id, owner=LI, now=now())


def resume(task_id: UUID) -> None:
    with transaction() as session:
        task.resume(session, task_id, owner=LI, now=now())


def test_a_task_is_done_step_by_step_and_shows_how_far_it_is(begun):
    assert (seen(begun).state, seen(begun).done, seen(begun).total) == ("running", 0, 5)
    step()
    assert (seen(begun).state, seen(begun).done) == ("running", 2)
    step(most=10)
    assert (seen(begun).state, seen(begun).done) == ("finished", 5)
    assert seen(begun).result == {"counted": 5}
    with snapshot() as session:
        assert marks(session) == ["01", "02", "03", "04", "05"]


def test_beginning_twice_is_beginning_once(begun):
    begin(begun)
    step(most=10)
    begin(begun)
    step(most=10)
    with snapshot() as session:
        assert marks(session) == ["01", "02", "03", "04", "05"]


@pytest.mark.parametrize("other", [{"last": 6}, {"owner": "person:mei"}])
def test_other_work_under_the_same_name_is_refused(begun, other):
    with pytest.raises(Conflict, match="task_differs"):
        begin(begun, **other)


def test_a_stopped_task_does_nothing_until_it_is_resumed(begun):
    step()
    stop(begun)
    step(most=10)
    assert (seen(begun).state, seen(begun).done) == ("stopped", 2)
    resume(begun)
    resume(begun)
    step(most=10)
    assert (seen(begun).state, seen(begun).done) == ("finished", 5)
    with snapshot() as session:
        assert marks(session) == ["01", "02", "03", "04", "05"]


def test_a_message_that_comes_late_does_no_step_again(begun):
    step(most=10)
    with transaction() as session:
        publish(session, "tests.count", now(), task_id=str(begun), step=1)
    step(most=10)
    with snapshot() as session:
        assert marks(session) == ["01", "02", "03", "04", "05"]


def test_a_refusal_ends_the_task_undoes_its_step_and_is_told(begun):
    def refuse(session, payload, cursor, at):
        note(session, "half a step")
        raise Invalid([Fault("too_many", "第 %(row)s 行", row=3, values={"row": 3})])

    step(routes={"tests.count": [task.steps(refuse)]})
    assert seen(begun).state == "failed"
    assert seen(begun).result["code"] == "invalid"
    assert seen(begun).faults == [Fault("too_many", "第 %(row)s 行", row=3, values={"row": "3"})]
    with snapshot() as session:
        assert marks(session) == []
    with pytest.raises(Conflict, match="task_ended"):
        resume(begun)


def test_a_task_whose_step_was_given_up_on_is_stuck_until_resumed(begun):
    with transaction() as session:
        session.execute(text("UPDATE outbox_message SET parked_at = now()"))
    assert seen(begun).state == "stuck"
    resume(begun)
    step(most=10)
    assert seen(begun).state == "finished"


def test_someone_elses_task_and_none_look_the_same(begun):
    with snapshot() as session:
        for task_id, owner in [(begun, "person:mei"), (uuid4(), LI)]:
            with pytest.raises(NotFound):
                queries.task(session, task_id, owner)
        assert queries.tasks(session, "person:mei", "tests.count") == []
        assert [each.task_id for each in queries.tasks(session, LI, "tests.count")] == [begun]
    with pytest.raises(NotFound), transaction() as session:
        task.stop(session, begun, owner="person:mei", now=now())
