"""Near photographs among 100,000 and among 1,000,000: the index beside a scan of every hash."""

from secrets import token_bytes

import psycopg

from puhui.db.session import connect, snapshot, transaction
from puhui.evidence.phash import probes
from puhui.evidence.queries import alike
from puhui.rewards.threshold import shipped
from puhui.settings import Settings
from tests.bench.race import Result, Runner, Step, race
from tests.makers.identity import person

SIZES = (100_000, 1_000_000)

# Hashes nobody chose: SHA-256 of the row's number, so that two runs search the same ones.
FILL = """
INSERT INTO evidence_photo
  (photo_id, person_id, original_sha256, stored_sha256, width, height, phash, mirrored_phash,
   bands, zone_assumed, received_at)
SELECT gen_random_uuid(), %s, phash, phash, 640, 480, phash, mirrored,
       ARRAY(SELECT (n << 16) | (get_byte(phash, 2 * n) << 8) | get_byte(phash, 2 * n + 1)
             FROM generate_series(0, 15) AS n),
       false, '2026-03-12T04:00:00Z'
FROM (SELECT sha256(('seen' || i)::bytea) AS phash, sha256(('mirrored' || i)::bytea) AS mirrored
      FROM generate_series(%s, %s) AS i) AS made
"""
SCAN = """
SELECT photo_id FROM evidence_photo
WHERE bit_count(('x' || encode(phash, 'hex'))::bit(256)
                # ('x' || encode(%s::bytea, 'hex'))::bit(256)) <= %s
"""
SHARED = "SELECT photo_id, phash FROM evidence_photo WHERE bands @> ARRAY[%s::integer]"


def races(settings: Settings) -> list[Result]:
    """Run the races of evidence."""
    dsn = settings.database_url.replace("postgresql+psycopg", "postgresql")
    engine = connect(settings.database_url, pool_size=1)
    owner = person("李雷").person_id
    engine.dispose()
    almost, alike_bits = (int(shipped()[-1].values[key]) for key in ("P2.bits", "P3.bits"))
    results: list[Result] = []
    filled = 0
    for size in SIZES:
        fill(dsn, owner, filled + 1, size)
        filled = size
        results += race(
            f"photographs that look the same among {size:,}",
            [
                Runner("bare driver, one band (floor)", lambda _: bare(dsn)),
                Runner(f"almost the same, {almost} bits", finder(settings, almost)),
                Runner(f"similar, {alike_bits} bits", finder(settings, alike_bits)),
                Runner("every hash compared in SQL", lambda _: scan(dsn, alike_bits)),
            ],
            clients=(1,),
            rounds=3,
        )
    return results


def fill(dsn: str, owner: object, first: int, last: int) -> None:
    """Make the photographs of these numbers; the index is built once they stand."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SET maintenance_work_mem = '256MB'")
        connection.execute("DROP INDEX ix_evidence_photo_bands")
        connection.execute(FILL, (owner, first, last))
        connection.execute(
            "CREATE INDEX ix_evidence_photo_bands ON evidence_photo USING gin (bands)"
        )
        connection.execute("ANALYZE evidence_photo")


def bare(dsn: str) -> Step:
    connection = psycopg.connect(dsn, autocommit=True)
    return lambda: connection.execute(SHARED, (probes(token_bytes(32), 15)[0],)).fetchall()


def scan(dsn: str, most: int) -> Step:
    connection = psycopg.connect(dsn, autocommit=True)
    return lambda: connection.execute(SCAN, (token_bytes(32), most)).fetchall()


def finder(settings: Settings, most: int):
    """Return a runner that looks for what resembles one photograph, mirrored too."""

    def prepare(_: int) -> Step:
        connect(settings.database_url, pool_size=1)
        with transaction() as session:
            known = (
                session.connection()
                .exec_driver_sql("SELECT photo_id FROM evidence_photo LIMIT 100")
                .scalars()
                .all()
            )
        turn = iter(known * 10_000)

        def step() -> None:
            with snapshot() as session:
                alike(session, next(turn), most)

        return step

    return prepare
