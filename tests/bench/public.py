"""The public register page over 100,000 retirements, beside counting their rows.

The rows are copied from one real retirement, as a superuser without triggers would: what is
measured is reading.
"""

import psycopg

from puhui.credits import public
from puhui.credits.kind import Kind
from puhui.credits.queries.statistics import statistics
from puhui.db.session import connect, snapshot
from puhui.settings import Settings
from tests.bench.race import Result, Runner, Step, race
from tests.makers.credits import draft, held, on_sale, organiser, paid, retired

LENGTH = 100_000

FILL = f"""
SET session_replication_role = replica;
CREATE TEMPORARY TABLE copies AS
  SELECT number, gen_random_uuid() AS hold, gen_random_uuid() AS retirement,
         lpad(upper(to_hex(number)), 10, '0') AS code FROM generate_series(1, {LENGTH}) AS number;
INSERT INTO credits_hold
  SELECT (jsonb_populate_record(h, jsonb_build_object('hold_id', hold, 'reference', code))).*
    FROM credits_hold AS h, copies WHERE h.state = 'retired';
INSERT INTO credits_retirement
  SELECT (jsonb_populate_record(r, jsonb_build_object(
            'hold_id', hold, 'retirement_id', retirement, 'title', '第' || number || '场会议',
            'retired_at', r.retired_at + number * interval '1 second',
            'register_entry_id', gen_random_uuid()))).*
    FROM credits_retirement AS r, copies;
INSERT INTO credits_certificate
  SELECT copies.code, retirement, document FROM credits_certificate, copies;
INSERT INTO credits_beneficiary
  SELECT hold, salt, name, name_en FROM credits_beneficiary, copies;
UPDATE credits_block SET serials = int8range({LENGTH} + 1, upper(serials))
 WHERE state = 'available';
INSERT INTO credits_block (batch_id, serials, state, hold_id, retirement_id)
  SELECT batch_id, int8range(number, number + 1), 'retired', hold, retirement
    FROM credits_block, copies WHERE state = 'retired';
ANALYZE;
"""


def races(settings: Settings) -> list[Result]:
    """Run the races of the public register."""
    dsn = settings.database_url.replace("postgresql+psycopg", "postgresql")
    engine = connect(settings.database_url, pool_size=1)
    many = draft(Kind.FOREST_TICKET, 10_000_000, 1_000)
    on_sale(many)
    retired(paid(held(organiser(), 1)))
    engine.dispose()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(FILL)
    serial = f"{many.serials.head}4711"
    asked = {
        "first page": public.Filter(),
        "a serial": public.Filter(search=serial),
        "a title": public.Filter(event="第4711场"),
        "a kind and county": public.Filter(kind=Kind.FOREST_TICKET, county="3504"),
        "anything": public.Filter(search="第4711场"),
    }

    def counted(_: int) -> Step:
        connection = psycopg.connect(dsn, autocommit=True)
        return lambda: connection.execute("SELECT count(*) FROM credits_retirement").fetchone()

    def sums(_: int) -> Step:
        connect(settings.database_url, pool_size=1)

        def step() -> None:
            with snapshot() as session:
                statistics(session)

        return step

    def fates(_: int) -> Step:
        connect(settings.database_url, pool_size=1)

        def step() -> None:
            with snapshot() as session:
                assert public.fates(session, serial)

        return step

    runners = [Runner("count of the rows (floor)", counted), Runner("statistics", sums)]
    for name, wanted in asked.items():

        def searched(_: int, wanted: public.Filter = wanted) -> Step:
            connect(settings.database_url, pool_size=1)

            def step() -> None:
                with snapshot() as session:
                    assert public.retirements(session, wanted, most=21)

            return step

        runners.append(Runner(name, searched))
    runners.append(Runner("where a serial is", fates))
    return race(
        f"public register, {LENGTH:,} retirements", runners, clients=(1,), rounds=1, seconds=1.0
    )
