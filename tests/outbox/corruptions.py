"""Sound books, and a way to break each promise of the outbox alone."""

from uuid import uuid4

from puhui.db.session import transaction
from puhui.kernel.clock import now
from puhui.outbox.service import drain, publish
from puhui.outbox.task import begin, stop


def sound_books(**_: object) -> None:
    with transaction() as session:
        publish(session, "tests.happened", now(), subject="x")
    task_id = uuid4()
    with transaction() as session:
        begin(session, task_id, "tests.work", owner="x", total=1, payload={}, now=now())
        stop(session, task_id, owner="x", now=now())
    drain({}, now)


CORRUPTIONS = {
    "O1": ["UPDATE outbox_message SET parked_at = now()"],
    "O2": [
        "INSERT INTO outbox_effect (message_id, job, done_at) VALUES"
        " ((SELECT max(message_id) FROM outbox_message), 'x', '2000-01-01')"
    ],
    "O3": ["UPDATE outbox_task SET state = 'running'"],
}
