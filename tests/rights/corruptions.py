"""Sound books with somebody forgotten, and a way to break each promise alone."""

from datetime import timedelta

from puhui.kernel import clock
from tests.makers.duty import recorded
from tests.makers.identity import person
from tests.makers.rewards import planted, rulebook
from tests.makers.rights import asked, with_phone


def sound_books(*, settle, **_: object) -> None:
    rulebook()
    li = with_phone(person("李雷"))
    planted(li)
    recorded(li)
    asked(li)
    with clock.stopped(clock.now() + timedelta(days=30)):
        settle()
        settle()


CORRUPTIONS = {
    "N1": ["UPDATE rights_erasure SET begun_at = NULL, finished_at = NULL"],
    "N2": ["UPDATE rewards_duty SET words = '李雷捐的'"],
    "N3": ["ALTER TABLE rights_erasure DISABLE TRIGGER one_way"],
}
