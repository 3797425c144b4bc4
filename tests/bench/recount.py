"""Counting teams, counties and cities anew, from the deeds of 100,000 and of 1,000,000 people.

The rows are written set by set, as a superuser without triggers would: what is measured is the
recount.
"""

from collections.abc import Iterator
from time import perf_counter

import psycopg

from puhui.db.session import connect, transaction
from puhui.kernel.county import counties
from puhui.rewards.service import standings
from puhui.settings import Settings
from tests.bench.race import Result
from tests.bench.rewards import NOON

SIZES = (100_000, 1_000_000)
ROUNDS = 3

# A base in every county. Everyone has planted once, in the past three years; every fourth belongs
# to a team, of a hundred people each; a tenth of the plantings were looked at a year later.
BASES = """
INSERT INTO rewards_base (base_id, name_zh, name_en, county_code, address_zh, address_en, area_m2,
                          species, season_from, season_until, registered_at)
SELECT gen_random_uuid(), 'bench', 'bench', code, '', '', 1, ARRAY['bench'], 1, 12, %(noon)s
  FROM unnest(%(counties)s::text[]) AS code
"""
FILL = (
    "SET session_replication_role = replica",
    """
    CREATE TEMPORARY TABLE planters AS
    SELECT n, gen_random_uuid() AS person_id, gen_random_uuid() AS planting_id,
           DATE '2023-04-01' + (n * 7 %% 1000)::int AS day, 1 + n %% 5 AS trees,
           md5('team ' || n / 400)::uuid AS team_id,
           (%(bases)s::uuid[])[1 + n * 31 %% cardinality(%(bases)s::uuid[])] AS base_id
      FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
    """,
    """
    INSERT INTO rewards_planting (planting_id, person_id, base_id, species, trees, planted_on,
                                  state, logged_at, decided_at)
    SELECT planting_id, person_id, base_id, 'cinnamomum_camphora', trees, day, 'approved',
           %(noon)s, %(noon)s FROM planters
    """,
    """
    INSERT INTO rewards_award (award_id, person_id, cause_kind, cause_id, rule_key, rule_version,
                               deed_on, quantity, points, full_points, earlier_that_day,
                               earlier_that_year, about, awarded_at)
    SELECT gen_random_uuid(), person_id, 'planting', planting_id, 'planting', '2026.1', day, trees,
           20 * trees, 20 * trees, 0, 0, '{}', %(noon)s FROM planters
    """,
    """
    INSERT INTO rewards_survey (survey_id, planting_id, stage, reported_by, surveyed_on,
                                alive_before, alive, deaths, photo_ids, words, state, reported_at,
                                decided_at, decided_by)
    SELECT gen_random_uuid(), planting_id, 'year_1', person_id, day + 365, trees, trees, '{}',
           ARRAY[person_id], '', 'confirmed', %(noon)s, %(noon)s, person_id
      FROM planters WHERE n %% 10 = 0
    """,
    """
    INSERT INTO rewards_team (team_id, kind, name, county_code, lead_id, asks_first, ranked,
                              made_by, made_at)
    SELECT DISTINCT ON (team_id) team_id, 'village', 'bench', '350428', person_id, false, true,
           person_id, %(noon)s::timestamptz
      FROM planters WHERE n %% 4 = 0 ORDER BY team_id
    ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO rewards_membership (membership_id, team_id, kind, person_id, asked_by, asked_at,
                                    joined_at, counts_from)
    SELECT gen_random_uuid(), team_id, 'village', person_id, person_id, %(noon)s, %(noon)s,
           DATE '2023-01-01'
      FROM planters WHERE n %% 4 = 0
    """,
    "DROP TABLE planters",
    "VACUUM ANALYZE",
)


def races(settings: Settings) -> Iterator[Result]:
    """Count anew at both sizes, beside reading every award once."""
    dsn = settings.database_url.replace("postgresql+psycopg", "postgresql")
    connect(settings.database_url, pool_size=1)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(BASES, {"noon": NOON, "counties": list(counties())})
        bases = [row[0] for row in connection.execute("SELECT base_id FROM rewards_base")]
    filled = 0
    for size in SIZES:
        values = {"noon": NOON, "bases": bases, "first": filled + 1, "last": size}
        with psycopg.connect(dsn, autocommit=True) as connection:
            for statement in FILL:
                connection.execute(statement, values)
        filled = size
        floor, ours = list[float](), list[float]()
        for _ in range(ROUNDS):
            floor.append(size / _summed(dsn))
            ours.append(size / _recounted())
        race = f"places counted anew, {size:,} people"
        yield Result(race, "sum over the awards by day (floor)", 1, tuple(floor))
        yield Result(race, "standings.recount_places", 1, tuple(ours))


def _summed(dsn: str) -> float:
    with psycopg.connect(dsn, autocommit=True) as connection:
        begin = perf_counter()
        connection.execute("SELECT deed_on, sum(points) FROM rewards_award GROUP BY 1").fetchall()
        return perf_counter() - begin


def _recounted() -> float:
    begin = perf_counter()
    with transaction() as session:
        standings.recount_places(session, NOON)
    return perf_counter() - begin
