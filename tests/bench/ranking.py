"""Rankings among 100,000 and 1,000,000 people: the top hundred, and one's own place."""

from itertools import count
from random import Random
from uuid import UUID

import psycopg
import redis

from puhui.db.session import connect, snapshot
from puhui.identity.purpose import TEXTS, Purpose
from puhui.rewards.queries import rankings
from puhui.rewards.ranking import Board
from puhui.settings import Settings
from tests.bench.race import Result, Runner, Step, race
from tests.bench.rewards import NOON

SIZES = (100_000, 1_000_000)
PEOPLE = 1_000
"""Whose places are asked for, in turn: drawn once, so that every runner asks for the same."""

# People who agree, with points in steps of five up to 4,000, as the rules of a year allow.
FILL = """
WITH people AS (
  INSERT INTO identity_person (person_id, display_name, birth_year, created_at)
  SELECT gen_random_uuid(), 'bench', 1990, %(noon)s FROM generate_series(1, %(people)s)
  RETURNING person_id),
agreed AS (
  INSERT INTO identity_consent (person_id, purpose, text_hash, channel, given_by, given_at)
  SELECT person_id, 'ranking', %(hash)s, 'page', person_id, %(noon)s FROM people)
INSERT INTO rewards_standing (board, subject, period, score, people)
SELECT 'people', person_id, 'all', 5 * (1 + floor(800 * power(random(), 3))), 1 FROM people
"""
TOP = (
    "SELECT subject, score FROM rewards_standing WHERE board = 'people' AND period = 'all'"
    " ORDER BY score DESC, subject LIMIT 100"
)
COUNTED = (
    "SELECT count(*) FROM rewards_standing WHERE board = 'people' AND period = 'all'"
    " AND score > (SELECT score FROM rewards_standing WHERE board = 'people'"
    " AND period = 'all' AND subject = %s)"
)


def races(settings: Settings) -> list[Result]:
    """Run the races of rankings."""
    dsn = settings.database_url.replace("postgresql+psycopg", "postgresql")
    results: list[Result] = []
    filled = 0
    for size in SIZES:
        with psycopg.connect(dsn, autocommit=True) as connection:
            values = {
                "noon": NOON,
                "people": size - filled,
                "hash": TEXTS[Purpose.RANKING].hash,
            }
            connection.execute(FILL, values)
            connection.execute("VACUUM ANALYZE rewards_standing, rewards_standing_step")
            connection.execute("ANALYZE identity_person, identity_consent")
            rows = connection.execute("SELECT subject, score FROM rewards_standing").fetchall()
        filled = size
        set_up_redis(settings, rows)
        some = Random(size).sample([row[0] for row in rows], PEOPLE)
        results += race(
            f"top hundred of {size:,}",
            [
                Runner("bare index scan (floor)", lambda _: bare(dsn, TOP)),
                Runner("rankings.ranking, with names and consents", lambda _: ours_top(settings)),
            ],
            clients=(1, 8),
            rounds=3,
        )
        results += race(
            f"one's own place of {size:,}",
            placed(settings, dsn, some),
            clients=(1, 8),
            rounds=3,
        )
    return results


def placed(settings: Settings, dsn: str, people: list[str]) -> list[Runner]:
    """Return three ways of asking where somebody stands."""
    return [
        Runner("Redis ZREVRANK (floor)", lambda _: ranked_by_redis(settings, people)),
        Runner("rankings.own_place, over the steps", lambda _: ours_place(settings, people)),
        Runner("count(*) of all above", lambda _: counted(dsn, people)),
    ]


def set_up_redis(settings: Settings, rows: list[tuple[str, int]]) -> None:
    """Put the same scores into a sorted set."""
    server = redis.Redis.from_url(settings.redis_url)
    server.delete("bench:ranking")
    for begin in range(0, len(rows), 10_000):
        server.zadd("bench:ranking", {row[0]: row[1] for row in rows[begin : begin + 10_000]})


def bare(dsn: str, statement: str) -> Step:
    connection = psycopg.connect(dsn, autocommit=True)
    return lambda: connection.execute(statement, prepare=True).fetchall()


def counted(dsn: str, people: list[str]) -> Step:
    connection, turn = psycopg.connect(dsn, autocommit=True), count()
    return lambda: connection.execute(
        COUNTED, (people[next(turn) % PEOPLE],), prepare=True
    ).fetchall()


def ranked_by_redis(settings: Settings, people: list[str]) -> Step:
    server, turn = redis.Redis.from_url(settings.redis_url), count()
    return lambda: server.zrevrank("bench:ranking", people[next(turn) % PEOPLE])


def ours_top(settings: Settings) -> Step:
    connect(settings.database_url, pool_size=1)

    def step() -> None:
        with snapshot() as session:
            found = rankings.ranking(session, None, Board.PEOPLE, "all", NOON)
        assert len(found.entries) == 100, len(found.entries)

    return step


def ours_place(settings: Settings, people: list[str]) -> Step:
    connect(settings.database_url, pool_size=1)
    ids, turn = [UUID(one) for one in people], count()

    def step() -> None:
        with snapshot() as session:
            assert rankings.own_place(session, ids[next(turn) % PEOPLE], "all") is not None

    return step
