"""Proofs out of a register of a million entries, beside the bare hashing of their paths."""

import random
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from puhui.db.session import connect, snapshot
from puhui.register import queries
from puhui.register.merkle import inclusion_proof, root, verify_inclusion
from puhui.register.note import Checkpoint, SigningKey, sign
from puhui.register.tiles import HEIGHT, WIDTH
from puhui.settings import Settings
from tests.bench.race import Result, Runner, Step, race

NOON = datetime(2026, 3, 12, 4, tzinfo=UTC)
SIZE = 1_000_000


def races(settings: Settings) -> list[Result]:
    """Race the proof of any entry, read from PostgreSQL, against the hashing that checks it."""
    dsn = settings.database_url.replace("postgresql+psycopg", "postgresql")
    head, paths = _grow(settings, dsn)

    def hashing(_: int) -> Step:
        """Hash one path: what a verifier does, and nobody can do without."""

        def step() -> None:
            index, leaf, path = random.choice(paths)
            assert verify_inclusion(leaf, index, SIZE, path, head)

        return step

    def proving(_: int) -> Step:
        connect(settings.database_url, pool_size=1)

        def step() -> None:
            with snapshot() as session:
                found = queries.proof_of(session, "bench", str(random.randrange(SIZE)))
            assert found is not None

        return step

    def entry_alone(_: int) -> Step:
        connection = psycopg.connect(dsn, autocommit=True, prepare_threshold=1)
        return lambda: connection.execute(
            "SELECT leaf FROM register_entry WHERE kind = 'bench' AND subject_id = %s",
            (str(random.randrange(SIZE)),),
        ).fetchone()

    return race(
        "inclusion proof out of 1,000,000 entries",
        [
            Runner("hashing of the path alone (floor)", hashing),
            Runner("reading the entry alone, bare driver", entry_alone),
            Runner("register proof", proving),
        ],
        clients=(1,),
    )


def _grow(settings: Settings, dsn: str) -> tuple[bytes, list[tuple[int, bytes, list[bytes]]]]:
    """Write a register of `SIZE` entries straight into its tables, with the nodes of its full
    tiles and a signed checkpoint; return its root and a few paths, found from the leaves alone."""
    leaves = [f'{{"n":"{number}"}}' for number in range(SIZE)]
    levels = [[sha256(b"\x00" + leaf.encode()).digest() for leaf in leaves]]
    while len(levels[-1]) >= WIDTH:
        below = levels[-1]
        full = len(below) >> HEIGHT
        levels.append([root(below[at * WIDTH : (at + 1) * WIDTH]) for at in range(full)])
    with psycopg.connect(dsn) as connection, connection.cursor() as cursor:
        # Entries get their numbers from the sequencer, a few thousand at a time; not here.
        cursor.execute("SET LOCAL session_replication_role = replica")
        with cursor.copy(
            "COPY register_entry (entry_id, kind, subject_id, leaf, recorded_at, index, leaf_hash)"
            " FROM STDIN (FORMAT binary)"
        ) as copy:
            copy.set_types(["uuid", "text", "text", "text", "timestamptz", "int8", "bytea"])
            for number, (leaf, hashed) in enumerate(zip(leaves, levels[0], strict=True)):
                name = UUID(int=number)
                copy.write_row((name, "bench", str(number), leaf, NOON, number, hashed))
        for level, hashes in enumerate(levels[1:], start=1):
            cursor.executemany(
                "INSERT INTO register_node (level, number, hash) VALUES (%s, %s, %s)",
                [(level, number, each) for number, each in enumerate(hashes)],
            )
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE register_entry, register_node")
    engine = connect(settings.database_url, pool_size=1)
    with snapshot() as session:
        nodes = queries.nodes(session, SIZE)
        chosen = random.sample(range(SIZE), 200)
        paths = [(at, levels[0][at], inclusion_proof(nodes, at, SIZE)) for at in chosen]
    engine.dispose()
    head = root(levels[0])
    key = SigningKey("bench.example/log", Ed25519PrivateKey.generate())
    note = sign(Checkpoint(key.name, SIZE, head).text, key)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO register_checkpoint (size, root, note, signed_at) VALUES (%s, %s, %s, %s)",
            (SIZE, head, note, NOON),
        )
    return head, paths
