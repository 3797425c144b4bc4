"""A published library, and a way to break each of its promises alone."""

from collections.abc import Callable

from puhui.db.session import transaction
from puhui.factors.service import load_library
from puhui.kernel.clock import now


def sound_books(settle: Callable[[], None], **_: object) -> None:
    with transaction() as session:
        load_library(session, now())
    settle()


CORRUPTIONS = {
    "F1": ["UPDATE factors_act SET library = 'x' WHERE key = 'water.tap'"],
    "F2": ["UPDATE factors_factor SET source = '' WHERE key = 'water.tap'"],
}
