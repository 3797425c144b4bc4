"""Award of points beside the commit that it cannot do without."""

from datetime import UTC, datetime
from itertools import count
from uuid import UUID, uuid4

import psycopg

from puhui.db.session import connect, transaction
from puhui.rewards.service import awards
from puhui.settings import Settings
from tests.bench.race import Result, Runner, Step, race
from tests.makers.rewards import base, rulebook

NOON = datetime(2026, 3, 12, 4, tzinfo=UTC)
CLIENTS, EACH = 8, 6000
# Sixty plantings of one tree a person, on two days: near the day's limit, never above it.
STOCK = """
WITH people AS (
  INSERT INTO identity_person (person_id, display_name, created_at)
  SELECT gen_random_uuid(), 'bench', %(noon)s FROM generate_series(1, %(people)s)
  RETURNING person_id)
INSERT INTO rewards_planting (planting_id, person_id, base_id, species, trees, planted_on, state,
                              logged_at, decided_at)
SELECT gen_random_uuid(), person_id, %(base)s, 'cinnamomum_camphora', 1,
       DATE '2026-03-10' + n %% 2, 'approved', %(noon)s, %(noon)s
FROM generate_series(1, 60) AS n, people
RETURNING planting_id
"""


def races(settings: Settings) -> list[Result]:
    """Run the races of rewards."""
    return award(settings)


def award(settings: Settings) -> list[Result]:
    """An approved planting earns its points."""
    dsn = settings.database_url.replace("postgresql+psycopg", "postgresql")
    engine = connect(settings.database_url, pool_size=1)
    rulebook()
    where = base()
    engine.dispose()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bench_floor (id uuid PRIMARY KEY)")
        values = {"noon": NOON, "base": where, "people": (CLIENTS + 3) * EACH // 60}
        stock = [row[0] for row in connection.execute(STOCK, values)]
        connection.execute("VACUUM ANALYZE rewards_planting")

    def one_row(_: int) -> Step:
        connection = psycopg.connect(dsn, autocommit=True)
        return lambda: connection.execute("INSERT INTO bench_floor VALUES (%s)", (uuid4(),))

    def ours(plantings: list[UUID], clients: int) -> Runner:
        def prepare(number: int) -> Step:
            connect(settings.database_url, pool_size=1)
            at = count(number, clients)

            def step() -> None:
                with transaction() as session:
                    awards.award_planting(session, plantings[next(at)], NOON)

            return step

        return Runner("rewards.award_planting", prepare)

    results = []
    for clients, plantings in ((1, stock[: 3 * EACH]), (CLIENTS, stock[3 * EACH :])):
        results += race(
            "award for an approved planting",
            [Runner("one durable row (commit floor)", one_row), ours(plantings, clients)],
            clients=(clients,),
        )
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("DROP TABLE bench_floor")
    return results
