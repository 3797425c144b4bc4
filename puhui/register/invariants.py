"""What the register promises, as checks that find whatever breaks it."""

from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from puhui.db.invariant import MOST, Invariant, by_query
from puhui.register import queries
from puhui.register.errors import RolledBack
from puhui.register.merkle import GrowingTree, consistency_proof, leaf_hash, verify_consistency
from puhui.register.note import (
    Checkpoint,
    MalformedNote,
    UnverifiedNote,
    VerifierKey,
    open_checkpoint,
)
from puhui.register.service import require_unbroken
from puhui.register.signer import current_signer
from puhui.register.tiles import HEIGHT, MissingTile, new_tiles

_ENTRIES = text("""
    SELECT "index", leaf, leaf_hash,
           position('"type":' || to_json(kind) IN leaf) > 0
           AND position('"id":' || to_json(subject_id) IN leaf) > 0 AS says_so
      FROM register_entry WHERE "index" IS NOT NULL ORDER BY "index" """)
_NODES = text("SELECT level, number, hash FROM register_node")
_CHECKPOINTS = text("SELECT size, root, note FROM register_checkpoint ORDER BY size")
_KEYS = text("SELECT key FROM register_key")


def by_entry(name: str, says: str, kind: str, subjects: str) -> Invariant:
    """Return an invariant that the register has an entry of `kind` for exactly these subjects.

    `subjects` is a query for their ids as text. An entry may be missing for no moment: it is
    written in the transaction of what it is about.
    """
    assert kind.replace("_", "").isalnum(), kind
    return by_query(
        name,
        says,
        f"""
        SELECT coalesce(subject.id, entry.subject_id)
          FROM ({subjects}) AS subject(id)
          FULL JOIN (SELECT subject_id FROM register_entry WHERE kind = '{kind}') AS entry
            ON entry.subject_id = subject.id
         WHERE subject.id IS NULL OR entry.subject_id IS NULL
        """,  # noqa: S608  both parts are our own source text
    )


def changed_entries(connection: Connection) -> Sequence[str]:
    """Return what in the stored tree is not what the entries say, the first change first."""
    return list(islice(_changes(connection), MOST))


def broken_heads(connection: Connection) -> Sequence[str]:
    """Return the checkpoints that contradict one another, their keys or the signer's memory."""
    return list(islice(dict.fromkeys(_broken_heads(connection)), MOST))


def _changes(connection: Connection) -> Iterator[str]:
    nodes = {(level, number): value for level, number, value in connection.execute(_NODES)}
    heads = {size: value for size, value, _ in connection.execute(_CHECKPOINTS)}
    tree, sound_until = GrowingTree(), 0
    for index, leaf, stored, says_so in connection.execute(_ENTRIES):
        if index != tree.size:
            yield f"entry {tree.size} is missing"
            return
        if stored != leaf_hash(leaf.encode()) or not says_so:
            yield f"entry {index}"
        # The tree goes on with the stored hash: one changed leaf is one offender, not all
        # that come after it.
        completed = tree.append(stored)
        for level, number in new_tiles(index, tree.size):
            if nodes.pop((level + 1, number), None) != completed[HEIGHT * (level + 1)]:
                yield f"node {level + 1}/{number}"
        head = heads.pop(tree.size, None)
        if head not in (None, tree.root):
            yield f"entries {sound_until} to {index}"
            return
        if head is not None:
            sound_until = tree.size
    yield from (f"node {level}/{number}" for level, number in sorted(nodes))
    yield from (f"entries to {size - 1} are missing" for size in sorted(heads))


def _broken_heads(connection: Connection) -> Iterator[str]:
    keys = [VerifierKey.parse(key) for key in connection.scalars(_KEYS)]
    heads = list[Checkpoint]()
    for size, value, note in connection.execute(_CHECKPOINTS):
        try:
            head = open_checkpoint(note, keys)
        except (MalformedNote, UnverifiedNote):
            yield f"checkpoint {size} is not signed"
            continue
        if (head.size, head.root) != (size, value):
            yield f"checkpoint {size} is signed as another"
            continue
        heads.append(head)
    session = Session(connection)
    size = queries.size(session)
    # Complete subtrees are the same in every larger tree, so one view serves all proofs.
    nodes = queries.nodes(session, size)
    try:
        for old, new in pairwise(heads):
            if new.size > size or not verify_consistency(
                old.size, new.size, old.root, new.root, consistency_proof(nodes, old.size, new.size)
            ):
                yield f"checkpoint {new.size} does not extend checkpoint {old.size}"
    except MissingTile as missing:
        yield f"{missing} is missing"
    signer = current_signer()
    if signer is None:
        return
    try:
        # In a new view: while the audit runs, the signer may have signed what it cannot see.
        with Session(connection.engine) as present:
            require_unbroken(present, signer)
    except MissingTile as missing:
        yield f"{missing} is missing"
    except RolledBack as broken:
        yield f"the log of {size} is not the one signed at {broken.details['last_signed']}"


INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "T1",
        "entries are numbered without a gap, hashed as they stand, and the tree is theirs",
        changed_entries,
    ),
    Invariant(
        "T2",
        "each checkpoint extends the one before, and the signer's memory is not ahead",
        broken_heads,
    ),
    by_query(
        "T3",
        "whatever is recorded stands under a checkpoint within a minute",
        """
        SELECT entry_id FROM register_entry
         WHERE recorded_at < now() - interval '60 seconds'
           AND ("index" IS NULL
                OR "index" >= (SELECT coalesce(max(size), 0) FROM register_checkpoint))
         ORDER BY recorded_at
        """,
    ),
    by_query(
        "T4",
        "nothing can change or leave the register: its guards are in place and switched on",
        """
        SELECT wanted.relation || ' ' || wanted.name
          FROM (VALUES ('register_entry', 'numbered_once'), ('register_entry', 'never_emptied'),
                       ('register_node', 'append_only'), ('register_node', 'never_emptied'),
                       ('register_checkpoint', 'append_only'),
                       ('register_checkpoint', 'never_emptied'),
                       ('register_key', 'append_only'), ('register_key', 'never_emptied'))
               AS wanted(relation, name)
          LEFT JOIN pg_trigger t
            ON t.tgrelid = wanted.relation::regclass AND t.tgname = wanted.name
         WHERE t.tgenabled IS DISTINCT FROM 'O'
        """,
    ),
)
