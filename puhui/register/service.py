"""Write facts into the public register, number them, sign checkpoints.

The three are three transactions. A fact is recorded in its business transaction; which of
two came first is known only when both have committed, so numbers are given afterwards. And
only numbers that have themselves been committed are signed: a signature cannot be rolled
back, a transaction can.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.outbox.service import publish, publish_once
from puhui.register import queries
from puhui.register.entry import Value, leaf, same_fact
from puhui.register.errors import EntryDiffers
from puhui.register.merkle import HASH_BYTES, consistency_proof, root, tree_root
from puhui.register.model import RegisterCheckpoint, RegisterEntry, RegisterKey, RegisterNode
from puhui.register.note import Checkpoint
from puhui.register.signer import Signer, require_extension
from puhui.register.tiles import Tile, new_tiles

ENTRIES = UUID("a4a3bb3e-2f0e-5f0a-8a55-7b3bbf0a9c11")
MOST_NUMBERED = 10_000

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('puhui register'))")
_NUMBER = text("""
    UPDATE register_entry AS entry
       SET "index" = pending.number,
           leaf_hash = sha256('\\x00'::bytea || convert_to(entry.leaf, 'UTF8'))
      FROM (SELECT entry_id,
                   :size - 1 + row_number() OVER (ORDER BY recorded_at, entry_id) AS number
              FROM register_entry WHERE "index" IS NULL
             ORDER BY recorded_at, entry_id LIMIT :most) AS pending
     WHERE entry.entry_id = pending.entry_id
 RETURNING entry.entry_id""")
_NUMBERED_HERE = text("""
    SELECT xmin = pg_current_xact_id_if_assigned()::xid FROM register_entry
     WHERE "index" = :size - 1""")


def record(
    session: Session, kind: str, subject_id: str, payload: Mapping[str, Value], now: datetime
) -> UUID:
    """Enter a fact about `subject_id`; return the entry's id. Once per kind and subject.

    `payload` holds identifiers, whole numbers, decimal strings and salted commitments
    (`entry.commitment`), never personal data: nothing of it can ever be taken back.

    Raises:
        EntryDiffers: the register already says something else of this kind about the subject.
    """
    entry_id = uuid5(ENTRIES, f"{kind}\n{subject_id}")
    said = leaf(kind, subject_id, payload, now).decode()
    first = session.scalar(
        insert(RegisterEntry)
        .values(entry_id=entry_id, kind=kind, subject_id=subject_id, leaf=said, recorded_at=now)
        .on_conflict_do_nothing()
        .returning(RegisterEntry.entry_id)
    )
    if first is not None:
        publish_once(session, "register.recorded", now)
    elif not same_fact(said, session.get_one(RegisterEntry, entry_id).leaf):
        raise EntryDiffers(kind=kind, subject=subject_id)
    return entry_id


def number(session: Session, now: datetime) -> int:
    """Number committed entries that have no number yet; return how many.

    One sequencer at a time; a second waits and then finds nothing left to do.
    """
    session.execute(_ONE_AT_A_TIME)
    size = queries.size(session)
    numbered = len(session.execute(_NUMBER, {"size": size, "most": MOST_NUMBERED}).all())
    for level, index in new_tiles(size, size + numbered):
        data = queries.tile(session, Tile(level, index))
        hashes = [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]
        session.add(RegisterNode(level=level + 1, number=index, hash=root(hashes)))
    if numbered:
        publish(session, "register.numbered", now, size=size + numbered)
    if numbered == MOST_NUMBERED:
        publish(session, "register.recorded", now)
    return numbered


def sign(session: Session, signer: Signer, now: datetime) -> str | None:
    """Sign the checkpoint of all numbered entries; return the note, or None if it has been signed.

    Not in the transaction that numbered them.

    Raises:
        RolledBack: the log is not one that the checkpoints grew into.
    """
    session.execute(_ONE_AT_A_TIME)
    size = queries.size(session)
    signed = queries.checkpoint(session)
    before = Checkpoint(signer.key.name, signed.size, signed.root) if signed else None
    if size == (before.size if before else 0):
        require_unbroken(session, signer)
        return None
    assert not session.scalar(_NUMBERED_HERE, {"size": size}), "sign only what has been committed"
    nodes = queries.nodes(session, size)
    head = tree_root(nodes, size)

    def prove(old_size: int) -> list[bytes]:
        return consistency_proof(nodes, old_size, size)

    # The checkpoints in the database are asked too: a signer that is new here remembers nothing.
    require_extension(before, size, head, prove)
    note = signer.sign(size, head, prove)
    session.execute(
        insert(RegisterKey)
        .values(key=str(signer.key.verifier), first_used_at=now)
        .on_conflict_do_nothing()
    )
    session.add(RegisterCheckpoint(size=size, root=head, note=note, signed_at=now))
    return note


def require_unbroken(session: Session, signer: Signer) -> None:
    """Let pass a log that extends the last checkpoint signed here; asked at every start.

    In a session that has not looked at the register yet: what was signed before the look is
    then seen.

    Raises:
        RolledBack: the database is older than, or differs from, what has been signed.
    """
    last = signer.last_signed()
    size = queries.size(session)
    nodes = queries.nodes(session, size)
    require_extension(
        last, size, tree_root(nodes, size), lambda old: consistency_proof(nodes, old, size)
    )
