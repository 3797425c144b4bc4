"""From a recorded fact to a checkpoint."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from json import loads
from threading import Barrier

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError

from puhui.db.session import snapshot, transaction
from puhui.register import queries, service
from puhui.register.errors import EntryDiffers, RolledBack
from puhui.register.merkle import leaf_hash, root
from puhui.register.model import RegisterCheckpoint, RegisterEntry
from puhui.register.note import open_checkpoint
from puhui.register.signer import Signer


def record(subject: str, now: datetime, **payload: str) -> None:
    with transaction() as session:
        service.record(session, "test", subject, payload, now)


def number(now: datetime) -> int:
    with transaction() as session:
        return service.number(session, now)


def leaves() -> list[tuple[int | None, str]]:
    with snapshot() as session:
        rows = session.execute(
            select(RegisterEntry.index, RegisterEntry.leaf).order_by(RegisterEntry.index)
        )
        return [(index, loads(leaf)["id"]) for index, leaf in rows]


def test_an_entry_is_public_provable_and_signed_once_the_messages_are_dealt_with(
    settle: Callable[[], None], signer: Signer, noon: datetime
) -> None:
    record("a", noon, kg="1000")
    settle()
    with snapshot() as session:
        proof = queries.proof_of(session, "test", "a")
    assert proof is not None
    head = proof.check([signer.key.verifier])
    assert (proof.index, head.size) == (0, 1)
    assert loads(proof.entry or b"") == {
        "v": 1,
        "type": "test",
        "id": "a",
        "at": "2026-03-12T04:00:00Z",
        "kg": "1000",
    }


def test_recording_twice_is_recording_once(database: Engine, noon: datetime) -> None:
    record("a", noon, kg="1000")
    record("a", noon + timedelta(hours=1), kg="1000")
    assert number(noon) == 1


def test_the_register_does_not_take_a_second_word_on_the_same_matter(
    database: Engine, noon: datetime
) -> None:
    record("a", noon, kg="1000")
    with pytest.raises(EntryDiffers):
        record("a", noon, kg="2000")


def test_a_business_transaction_that_fails_leaves_no_entry_and_no_gap(
    database: Engine, noon: datetime
) -> None:
    record("a", noon)
    with pytest.raises(LookupError), transaction() as session:
        service.record(session, "test", "b", {}, noon)
        raise LookupError
    record("c", noon + timedelta(seconds=1))
    assert number(noon) == 2
    assert leaves() == [(0, "a"), (1, "c")]


def test_what_commits_later_is_numbered_later_however_early_it_began(
    database: Engine, noon: datetime
) -> None:
    with transaction() as slow:
        service.record(slow, "test", "early", {}, noon)
        record("late", noon + timedelta(seconds=1))
        number(noon)
    number(noon)
    assert leaves() == [(0, "late"), (1, "early")]


def test_two_sequencers_at_once_number_everything_once_and_without_a_gap(
    grow: Callable[[int], None], noon: datetime
) -> None:
    with transaction() as session:
        for name in range(600):
            service.record(session, "burst", str(name), {}, noon)
    barrier = Barrier(8)

    def sequence(_: int) -> int:
        barrier.wait()
        return number(noon)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(sequence, range(8))) == [0] * 7 + [600]
    assert [index for index, _ in leaves()] == list(range(600))


def test_eight_signers_at_once_sign_one_checkpoint(
    grow: Callable[[int], None], signer: Signer, noon: datetime
) -> None:
    grow(3)
    record("one more", noon)
    number(noon)
    barrier = Barrier(8)

    def sign(_: int) -> str | None:
        barrier.wait()
        with transaction() as session:
            return service.sign(session, signer, noon)

    with ThreadPoolExecutor(8) as pool:
        notes = [note for note in pool.map(sign, range(8)) if note]
    assert [open_checkpoint(note, [signer.key.verifier]).size for note in notes] == [4]


def test_the_stored_tree_is_the_tree_over_the_entries(grow: Callable[[int], None]) -> None:
    """Growth in uneven steps across two tile borders; each root is that of its leaves."""
    for step in (1, 254, 1, 1, 300, 0, 43):
        grow(step)
    with snapshot() as session:
        hashes = [
            leaf_hash(leaf.encode())
            for leaf in session.scalars(select(RegisterEntry.leaf).order_by(RegisterEntry.index))
        ]
        heads = session.execute(select(RegisterCheckpoint.size, RegisterCheckpoint.root)).all()
    assert sorted(size for size, _ in heads) == [1, 255, 256, 257, 557, 600]
    for size, head in heads:
        assert head == root(hashes[:size])


def test_what_is_not_committed_is_not_signed(signer: Signer, noon: datetime) -> None:
    """A signature cannot be rolled back."""
    record("a", noon)
    with transaction() as session:
        service.number(session, noon)
        with pytest.raises(AssertionError):
            service.sign(session, signer, noon)
    assert signer.last_signed() is None


def test_a_signature_whose_transaction_failed_is_made_again_the_same(
    signer: Signer, noon: datetime
) -> None:
    record("a", noon)
    number(noon)
    with pytest.raises(LookupError), transaction() as session:
        first = service.sign(session, signer, noon)
        raise LookupError
    with transaction() as session:
        assert service.sign(session, signer, noon) == first


FORBIDDEN = [
    "UPDATE register_entry SET leaf = 'x' WHERE \"index\" = 0",
    'UPDATE register_entry SET "index" = 9 WHERE "index" = 0',
    'UPDATE register_entry SET "index" = NULL, leaf_hash = NULL WHERE "index" = 0',
    'UPDATE register_entry SET "index" = 2, leaf_hash = \'x\' WHERE "index" IS NULL',
    "UPDATE register_entry SET kind = 'x' WHERE \"index\" IS NULL",
    "UPDATE register_entry SET \"index\" = 2, kind = 'x',"
    " leaf_hash = sha256('\\x00'::bytea || convert_to(leaf, 'UTF8')) WHERE \"index\" IS NULL",
    "INSERT INTO register_entry VALUES"
    " (gen_random_uuid(), 'x', 'x', 'x', now(), 2, sha256('\\x0078'::bytea))",
    "DELETE FROM register_entry",
    "TRUNCATE register_entry",
    "UPDATE register_checkpoint SET size = 3",
    "DELETE FROM register_checkpoint",
    "TRUNCATE register_checkpoint",
    "UPDATE register_node SET number = 3",
    "DELETE FROM register_node",
    "TRUNCATE register_node",
    "DELETE FROM register_key",
]


def test_the_database_refuses_to_change_what_has_been_registered(
    grow: Callable[[int], None], database: Engine, noon: datetime
) -> None:
    grow(256)
    record("pending", noon)
    for statement in FORBIDDEN:
        with database.connect() as connection, pytest.raises(IntegrityError, match="append-only"):
            connection.execute(text(statement.replace(":", "\\:")))


def test_a_database_from_yesterday_is_not_signed(
    grow: Callable[[int], None], database: Engine, signer: Signer, noon: datetime
) -> None:
    """The database alone cannot know that it has lost a day; the signer's file can."""
    grow(5)
    with database.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text('DELETE FROM register_entry WHERE "index" = 4'))
        connection.execute(text("DELETE FROM register_checkpoint"))
    with pytest.raises(RolledBack), transaction() as session:
        service.sign(session, signer, noon)
    with pytest.raises(RolledBack), snapshot() as session:
        service.require_unbroken(session, signer)
    # Growing past the lost size does not help: it is another history.
    record("another", noon)
    record("yet another", noon)
    number(noon)
    with pytest.raises(RolledBack), transaction() as session:
        service.sign(session, signer, noon)


def test_a_rewritten_leaf_is_not_signed_over(
    grow: Callable[[int], None], database: Engine, signer: Signer, noon: datetime
) -> None:
    grow(5)
    with database.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            text("UPDATE register_entry SET leaf_hash = sha256('forged') WHERE \"index\" = 2")
        )
    signer.last_signed_file.unlink()  # even a signer that has forgotten everything
    record("one more", noon)
    number(noon)
    with pytest.raises(RolledBack), transaction() as session:
        service.sign(session, signer, noon)
