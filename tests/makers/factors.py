"""The factor library that the product ships, published in a test's database.

Publishing it takes a third of a second; see `kept`.
"""

from datetime import datetime

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from puhui.db.session import transaction
from puhui.factors.model import Act, FactorRow, Quality
from puhui.factors.service import load_library
from puhui.kernel import clock
from puhui.outbox.service import publish
from tests.makers.kept import keep, put_in, rows

TABLES: list[Table] = [model.__table__ for model in (FactorRow, Quality, Act)]


def publish_shipped(now: datetime | None = None) -> None:
    """Publish the factors that the product ships, unless this test has done so."""
    now = now or clock.now()
    with transaction() as session:
        published = rows(session, "factors_factor")
        kept = rows(session, "kept.factors_factor")
        if kept and not published:
            put_in(session, TABLES, now)
            _tell(session, now)
        elif not kept or published < kept:
            load_library(session, now)
        if not kept and not published:
            keep(session, TABLES)


def _tell(session: Session, now: datetime) -> None:
    """Tell the outbox what publishing would have told it."""
    counted = select(Act.library, func.count()).group_by(Act.library)
    for digest, factors in session.execute(counted).all():
        publish(
            session,
            "factors.published",
            now,
            library=digest,
            factors=factors,
            at=now.isoformat(),
        )
