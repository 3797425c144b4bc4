"""Sound books, and a way to break each promise of the outbox alone."""

from puhui.db.session import transaction
from puhui.kernel.clock import now
from puhui.outbox.service import drain, publish


def sound_books(**_: object) -> None:
    with transaction() as session:
        publish(session, "tests.happened", now(), subject="x")
    drain({}, now)


CORRUPTIONS = {
    "O1": ["UPDATE outbox_message SET parked_at = now()"],
    "O2": [
        "INSERT INTO outbox_effect (message_id, job, done_at) VALUES"
        " ((SELECT max(message_id) FROM outbox_message), 'x', '2000-01-01')"
    ],
}
