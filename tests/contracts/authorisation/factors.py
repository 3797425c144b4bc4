"""The factor library is everybody's to read."""

from collections.abc import Mapping

from puhui.db.session import transaction
from puhui.factors.service import load_library
from puhui.kernel.clock import now
from tests.contracts.authorisation import EVERYONE, Row


def a_factor() -> Mapping[str, object]:
    """Publish the library."""
    with transaction() as session:
        load_library(session, now())
    return {"key": "grid.cn.lifecycle", "version": "2024.1"}


ROWS = {
    "GET /api/factors": EVERYONE,
    "GET /api/factors/{key}/{version}": Row(is_open=True, given=a_factor),
}
