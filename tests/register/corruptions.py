"""A sound register, and a way to break each promise of it alone."""

from collections.abc import Callable

from puhui.db.session import transaction
from puhui.kernel.clock import now
from puhui.register import service


def sound_books(*, settle: Callable[[], None], **_: object) -> None:
    for size in (3, 2):
        with transaction() as session:
            for number in range(size):
                service.record(session, "test", f"{size}-{number}", {"kg": "1000"}, now())
        settle()


CORRUPTIONS = {
    "T1": ["UPDATE register_entry SET leaf = replace(leaf, '1000', '9000') WHERE \"index\" = 4"],
    "T2": [
        "UPDATE register_checkpoint SET note = replace(note, E'\\n5\\n', E'\\n6\\n') WHERE size = 5"
    ],
    "T3": [
        "INSERT INTO register_entry (entry_id, kind, subject_id, leaf, recorded_at)"
        " VALUES (gen_random_uuid(), 'test', 'late', '{}', now() - interval '61 seconds')",
    ],
    "T4": ["ALTER TABLE register_entry DISABLE TRIGGER numbered_once"],
}
