"""Whole nights: what has waited matures, what has lasted expires, in every wallet there is.

From the first look at what is due to the last step's commit, as the worker does it: a chain of
messages, each step a transaction of its own. The same points do both: they mature in one night,
and expire in a later one.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from time import perf_counter

import psycopg

from puhui.db.session import connect, transaction
from puhui.kernel.clock import day_of
from puhui.outbox.service import drain
from puhui.rewards.service import lots
from puhui.settings import Settings
from puhui.subscriptions import SUBSCRIPTIONS
from tests.bench.race import Result
from tests.bench.rewards import NOON, bare_update, stocked

ROUNDS = {100_000: 3, 1_000_000: 1}
"""A tenth, and a province; the million takes minutes and is worked through once."""
LAST_DAY = date(2026, 6, 30)
"""Of all points: nights of maturity come before it, nights of expiry after it."""
SUMMER = datetime(2026, 7, 1, 4, tzinfo=NOON.tzinfo)


def races(settings: Settings) -> Iterator[Result]:
    """Run a night of each size: of maturity, and of expiry."""
    dsn = settings.database_url.replace("postgresql+psycopg", "postgresql")
    connect(settings.database_url, pool_size=2)
    nights = 0
    for people, rounds in ROUNDS.items():
        race = f"a whole night over {people:,} wallets"
        floor, maturity, expiry = list[float](), list[float](), list[float]()
        for _ in range(rounds):
            nights += 1
            floor.append(bare_update(dsn, people))
            stocked(dsn, people=people, each=1, state="pending", last_day=LAST_DAY)
            maturity.append(people / _night(dsn, NOON + timedelta(days=nights), people))
            expiry.append(people / _night(dsn, SUMMER + timedelta(days=nights), people))
        yield Result(race, "bare UPDATE (floor)", 1, tuple(floor))
        yield Result(race, "maturity", 1, tuple(maturity))
        yield Result(race, "expiry", 1, tuple(expiry))


def _night(dsn: str, now: datetime, people: int) -> float:
    """Work through the night of a day; return the seconds it took."""
    begin = perf_counter()
    with transaction() as session:
        lots.begin_night(session, now)
    while drain(SUBSCRIPTIONS, lambda: now):
        pass
    seconds = perf_counter() - begin
    with psycopg.connect(dsn, autocommit=True) as connection:
        [(done,)] = connection.execute(
            "SELECT done FROM outbox_task WHERE state = 'finished' AND payload ->> 'day' = %s",
            (str(day_of(now)),),
        ).fetchall()
        # Until the next night of these points are months, in which the database tidies up.
        connection.execute("VACUUM ANALYZE")
    assert done == people, (done, people)
    return seconds
