"""Recompute-all over a thousand labels and over ten thousand, beside reading and writing them."""

import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg

from puhui.db.session import connect, transaction
from puhui.footprint.jobs import recompute_all as step
from puhui.footprint.service import renewal
from puhui.outbox import task
from puhui.settings import Settings
from tests.bench.race import Result
from tests.footprint.test_renewal import release
from tests.makers import footprint as make

NOON = datetime(2026, 3, 12, 4, tzinfo=UTC)
ROUNDS = 3

COPIES = """
WITH made AS (INSERT INTO footprint_footprint
              SELECT (jsonb_populate_record(NULL::footprint_footprint,
                      to_jsonb(f) || jsonb_build_object('footprint_id', gen_random_uuid(),
                      'number', n + 1 + f.number + (SELECT count(*) FROM footprint_footprint)))).*
                FROM footprint_footprint f, generate_series(1, %(count)s) n
               WHERE f.footprint_id = %(like)s RETURNING footprint_id),
     cited AS (INSERT INTO footprint_citation
               SELECT c.citation, m.footprint_id FROM made m, footprint_citation c
                WHERE c.footprint_id = %(like)s)
INSERT INTO footprint_label
SELECT (jsonb_populate_record(NULL::footprint_label, to_jsonb(l) || jsonb_build_object(
        'label_id', gen_random_uuid(), 'footprint_id', m.footprint_id,
        'code', upper(substr(md5(m.footprint_id::text), 1, 26))))).*
  FROM made m, footprint_label l WHERE l.footprint_id = %(like)s
"""
FLOOR = """
INSERT INTO bench_finding
SELECT l.label_id, f.footprint_kg, length(f.document::jsonb::text)
  FROM footprint_label l JOIN footprint_footprint f USING (footprint_id)
"""


def races(settings: Settings) -> list[Result]:
    """Look through the labels after an electricity factor that touches every one."""
    engine = connect(settings.database_url, pool_size=2)
    dsn = settings.database_url.replace("postgresql+psycopg", "postgresql")
    like = make.label(make.mill(), NOON).footprint_id
    release("0.6", NOON)
    results, made = [], 1
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE bench_finding (label_id uuid, kg numeric, size int)")
        for count in (1_000, 10_000):
            connection.execute("SET session_replication_role = replica")
            connection.execute(COPIES, {"count": count - made, "like": like})
            connection.execute("SET session_replication_role = DEFAULT")
            connection.execute("ANALYZE")
            made = count
            floor, ours = [], []
            for number in range(ROUNDS):
                began = time.perf_counter()
                connection.execute(FLOOR)
                floor.append(count / (time.perf_counter() - began))
                began = time.perf_counter()
                _run(NOON + timedelta(minutes=number + 1))
                ours.append(count / (time.perf_counter() - began))
            name = f"recompute-all, {count} labels"
            results.append(
                Result(name, "parse and write each, one statement (floor)", 1, tuple(floor))
            )
            results.append(Result(name, "puhui footprint recompute-all", 1, tuple(ours)))
        connection.execute("DROP TABLE bench_finding")
    engine.dispose()
    return results


def _run(now: datetime) -> None:
    run_id = uuid4()
    with transaction() as session:
        renewal.recompute_all(session, run_id, now)
    runs_on = True
    while runs_on:
        with transaction() as session:
            runs_on = task.go_on(session, run_id, step, now)
