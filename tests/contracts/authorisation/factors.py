"""The factor library is everybody's to read; operators bring files, publish and withdraw."""

from collections.abc import Mapping
from uuid import uuid4

from puhui.db.session import transaction
from puhui.factors.service import bring
from puhui.kernel.actor import Role
from puhui.kernel.clock import now
from tests.contracts.authorisation import EVERYONE, Row, only
from tests.makers.factors import publish_shipped


def a_factor() -> Mapping[str, object]:
    """Publish the library."""
    publish_shipped(now())
    return {"key": "grid.cn.lifecycle", "version": "2024.1"}


def a_factor_to_withdraw() -> Mapping[str, object]:
    """Publish the library, of which the rows of other packages can spare this factor."""
    return {**a_factor(), "key": "waste.slag", "version": "2010.1"}


def an_import() -> Mapping[str, object]:
    """Bring a file, with a fault."""
    import_id = uuid4()
    with transaction() as session:
        bring(session, import_id, "x.csv", b"key\n", None, now())
    return {"import_id": import_id}


ROWS = {
    "GET /api/factors": EVERYONE,
    "GET /api/factors/library.csv": EVERYONE,
    "GET /api/factors/library.json": EVERYONE,
    "GET /api/factors/missing": EVERYONE,
    "GET /api/factors/{key}": Row(is_open=True, given=a_factor),
    "GET /api/factors/{key}/{version}": Row(is_open=True, given=a_factor),
    "PUT /api/factors/{key}/{version}/withdrawal": only(Role.OPERATOR, given=a_factor_to_withdraw),
    "GET /api/factors/{key}/{version}/uses": only(Role.OPERATOR, given=a_factor),
    "GET /api/factor-imports": only(Role.OPERATOR),
    "PUT /api/factor-imports/{import_id}": only(Role.OPERATOR),
    "GET /api/factor-imports/{import_id}": only(Role.OPERATOR, given=an_import),
    "PUT /api/factor-imports/{import_id}/publication": only(Role.OPERATOR, given=an_import),
}
