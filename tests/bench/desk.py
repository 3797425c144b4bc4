"""The verifier's desk: one decision through HTTP, beside one durable row."""

from uuid import uuid4

import psycopg

from puhui.app import create_app
from puhui.db.session import connect
from puhui.evidence.store import keep_in
from puhui.identity.installation import install
from puhui.kernel.actor import Role
from puhui.kernel.clock import now
from puhui.outbox.service import drain
from puhui.settings import Settings
from puhui.subscriptions import SUBSCRIPTIONS
from tests.bench.race import Result, Runner, Step, race
from tests.makers.identity import person
from tests.makers.rewards import base, planted, rulebook

WAITING = 600
"""Plantings on the desk: more than are decided while anyone looks at the clock."""


def races(settings: Settings) -> list[Result]:
    """Run the races of the desk."""
    dsn = settings.database_url.replace("postgresql+psycopg", "postgresql")
    install(settings)
    keep_in(settings.data_dir)
    engine = connect(settings.database_url, pool_size=1)
    rulebook()
    base()
    wang = person("王芳", ("核查中心", Role.VERIFIER))
    for number in range(WAITING):
        # Whose first three it is, waits for a verifier whatever the rules say.
        if number % 3 == 0:
            li = person(f"村民{number}")
        planted(li, 1)
    drain(SUBSCRIPTIONS, now, most=WAITING * 3)
    engine.dispose()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bench_floor (id uuid PRIMARY KEY)")

    def one_row(_: int) -> Step:
        connection = psycopg.connect(dsn, autocommit=True)
        return lambda: connection.execute("INSERT INTO bench_floor VALUES (%s)", (uuid4(),))

    def decide(_: int) -> Step:
        client = create_app(settings).test_client()

        def step() -> None:
            desk = client.get("/api/reviews?limit=1", headers=wang.headers).json
            (card,) = desk["items"]
            answer = client.post(
                f"/api/plantings/{card['planting']['planting_id']}/review",
                json={"verdict": "approve"},
                headers=wang.headers,
            )
            assert answer.status_code == 200, answer.json

        return step

    results = race(
        "a planting looked at and decided, through HTTP",
        [
            Runner("one durable row (commit floor)", one_row),
            Runner("open the desk, approve", decide),
        ],
        clients=(1,),
        rounds=3,
        seconds=1.0,
    )
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("DROP TABLE bench_floor")
    return results
