"""Serials with their QR codes, from nothing to the sheets, beside the bare writing of rows."""

import os
from collections import deque
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg

from puhui.db.session import connect, transaction
from puhui.footprint import service
from puhui.footprint.parcel import Form, parcel
from puhui.footprint.service.batch import print_step
from puhui.settings import Settings
from tests.bench.race import Result, Runner, Step, race
from tests.makers import footprint as make

NOON = datetime(2026, 3, 12, 4, tzinfo=UTC)
COUNTS = (10_000, 100_000)


def races(settings: Settings) -> list[Result]:
    """Race a batch and one ten times as large: how many a second, rows, codes, sheets and all."""
    dsn = settings.database_url.replace("postgresql+psycopg", "postgresql")
    engine = connect(settings.database_url, pool_size=2)
    maker = make.mill()
    label_id = make.label(maker, NOON).label_id
    engine.dispose()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS bench_serial (LIKE footprint_serial INCLUDING ALL)"
        )

    def bare(count: int) -> Step:
        """Write as many rows of random bytes, with the same indexes, in one commit."""
        connection = psycopg.connect(dsn)

        def step() -> None:
            batch_id = uuid4()
            with (
                connection.cursor() as cursor,
                cursor.copy(
                    "COPY bench_serial (serial_id, batch_id, number, token_hash, pin_hash)"
                    " FROM STDIN (FORMAT binary)"
                ) as copy,
            ):
                copy.set_types(["uuid", "uuid", "int8", "bytea", "bytea"])
                for number in range(count):
                    name = UUID(bytes=os.urandom(16))
                    copy.write_row((name, batch_id, number, os.urandom(32), os.urandom(32)))
            connection.commit()

        return step

    def printing(count: int, form: Form | None) -> Step:
        connect(settings.database_url, pool_size=1)

        def step() -> None:
            batch_id, done = uuid4(), None
            with transaction() as session:
                service.begin_batch(session, maker.actor, batch_id, label_id, count, NOON)
            while done is None:
                with transaction() as session:
                    done = print_step(session, batch_id, make.PEPPER, NOON).result
            if form is not None:
                with transaction() as session:
                    secrets = service.take_secrets(session, maker.actor, batch_id, form, NOON)
                # Nobody keeps the file: it is made while it is sent.
                deque(parcel(secrets.seed, count, settings.base_url, form, "bench"), maxlen=0)

        return step

    results: list[Result] = []
    for count in COUNTS:
        batches = race(
            f"{count:,} serials",
            [
                Runner("bare COPY of as many rows (floor)", lambda _, n=count: bare(n)),
                Runner("the job, rows only", lambda _, n=count: printing(n, None)),
                Runner("the job, then the list", lambda _, n=count: printing(n, Form.CSV)),
                Runner("the job, then A4 sheets", lambda _, n=count: printing(n, Form.A4)),
            ],
            clients=(1,),
            rounds=3,
            seconds=0.05,
        )
        # A race counts batches; what is told is serials a second.
        results += [
            replace(found, rates=tuple(rate * count for rate in found.rates)) for found in batches
        ]
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("DROP TABLE bench_serial")
    return results
