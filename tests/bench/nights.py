"""Whole nights: what has waited matures, what has lasted expires, in every wallet there is.

From the first look at what is due to the last step's commit, as the worker does it: a chain of
messages, each step a transaction of its own.
"""

from datetime import timedelta
from time import perf_counter

from puhui.db.session import connect, transaction
from puhui.outbox.service import drain
from puhui.rewards.service import lots
from puhui.settings import Settings
from puhui.subscriptions import SUBSCRIPTIONS
from tests.bench.race import Result
from tests.bench.rewards import NOON, bare_update, stocked

ROUNDS = {100_000: 3, 1_000_000: 1}
"""A tenth, and a province; the million takes minutes to make and is worked through once."""


def races(settings: Settings) -> list[Result]:
    """Run a night of each size: of maturity, and of expiry."""
    dsn = settings.database_url.replace("postgresql+psycopg", "postgresql")
    connect(settings.database_url, pool_size=2)
    results = []
    nights = 0
    for people, rounds in ROUNDS.items():
        rates: dict[str, list[float]] = {"bare UPDATE (floor)": [], "maturity": [], "expiry": []}
        for _ in range(rounds):
            rates["bare UPDATE (floor)"].append(bare_update(dsn, people))
            for name, state in (("maturity", "pending"), ("expiry", "due")):
                stocked(dsn, people=people, each=1, state=state)
                nights += 1
                rates[name].append(people / _night(nights))
        results += [
            Result(f"a whole night over {people:,} wallets", name, 1, tuple(found))
            for name, found in rates.items()
        ]
    return results


def _night(number: int) -> float:
    """Work through one night; return the seconds it took. Each is a day of its own."""
    now = NOON + timedelta(days=number)
    begin = perf_counter()
    with transaction() as session:
        lots.begin_night(session, now)
    while drain(SUBSCRIPTIONS, lambda: now):
        pass
    return perf_counter() - begin
