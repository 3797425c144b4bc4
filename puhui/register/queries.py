"""Read the register: entries, checkpoints, tiles, proofs."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, literal, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from puhui.register import merkle
from puhui.register.model import RegisterCheckpoint, RegisterEntry, RegisterKey, RegisterNode
from puhui.register.proof import Proof
from puhui.register.tiles import Stretch, Tile, nodes_from_stretches, nodes_from_tiles, stretches


def size(session: Session) -> int:
    """Return how many entries have a number."""
    highest = session.scalar(select(func.max(RegisterEntry.index)))
    return 0 if highest is None else highest + 1


def checkpoint(session: Session) -> RegisterCheckpoint | None:
    """Return the newest checkpoint, or None before the first."""
    return session.scalar(
        select(RegisterCheckpoint).order_by(RegisterCheckpoint.size.desc()).limit(1)
    )


def signed_size(session: Session) -> int:
    """Return how many entries the newest checkpoint covers."""
    return session.scalar(select(func.max(RegisterCheckpoint.size))) or 0


def keys(session: Session) -> Sequence[RegisterKey]:
    """Return the public keys that have signed checkpoints of this log, newest first."""
    return session.scalars(select(RegisterKey).order_by(RegisterKey.first_used_at.desc())).all()


def tile(session: Session, wanted: Tile) -> bytes:
    """Return the hashes of a tile, one after the other; fewer if the log has not so many."""
    number = RegisterEntry.index if wanted.level == 0 else RegisterNode.number
    value = RegisterEntry.leaf_hash if wanted.level == 0 else RegisterNode.hash
    # Put together where they lie: one row comes back instead of 256.
    query = select(func.string_agg(value, aggregate_order_by(literal(b""), number)))
    if wanted.level:
        query = query.where(RegisterNode.level == wanted.level)
    query = query.where(number >= wanted.start, number < wanted.start + wanted.width)
    return bytes(session.scalar(query) or b"")


def nodes(session: Session, tree_size: int) -> merkle.Nodes:
    """Return the view of the first `tree_size` entries' tree; it reads a tile per level."""
    return nodes_from_tiles(lambda wanted: tile(session, wanted), tree_size)


# Every stretch by its own index, and all in one answer.
_STRETCHES = text("""
    SELECT level, start, width, CASE
      WHEN level = 0 THEN (
        SELECT string_agg(leaf_hash, CAST('' AS bytea) ORDER BY index) FROM register_entry
         WHERE index >= start AND index < start + width)
      ELSE (
        SELECT string_agg(hash, CAST('' AS bytea) ORDER BY number) FROM register_node AS n
         WHERE n.level = s.level AND number >= start AND number < start + width) END
      FROM unnest(CAST(:levels AS bigint[]), CAST(:starts AS bigint[]), CAST(:widths AS bigint[]))
        AS s (level, start, width)""")


def _nodes_of_path(session: Session, index: int, tree_size: int) -> merkle.Nodes:
    """Return the view of a tree in which the path of one leaf can be found: one question."""
    wanted = stretches(lambda nodes: merkle.inclusion_proof(nodes, index, tree_size))
    rows = session.execute(
        _STRETCHES,
        {
            "levels": [each.level for each in wanted],
            "starts": [each.start for each in wanted],
            "widths": [each.width for each in wanted],
        },
    )
    return nodes_from_stretches(
        {Stretch(level, start, width): bytes(data or b"") for level, start, width, data in rows}
    )


def leaves(session: Session, wanted: Tile) -> Sequence[str]:
    """Return the entries under a tile of level 0, in order."""
    return session.scalars(
        select(RegisterEntry.leaf)
        .where(
            RegisterEntry.index >= wanted.start, RegisterEntry.index < wanted.start + wanted.width
        )
        .order_by(RegisterEntry.index)
    ).all()


def entry(session: Session, entry_id: UUID) -> RegisterEntry | None:
    """Return the entry with this id."""
    return session.get(RegisterEntry, entry_id)


def entry_of(session: Session, kind: str, subject_id: str) -> RegisterEntry | None:
    """Return what the register says of this kind about this subject."""
    return session.scalar(
        select(RegisterEntry).where(
            RegisterEntry.kind == kind, RegisterEntry.subject_id == subject_id
        )
    )


def entry_at(session: Session, index: int) -> RegisterEntry | None:
    """Return the entry with this number."""
    return session.scalar(select(RegisterEntry).where(RegisterEntry.index == index))


def entries(
    session: Session, after: int, limit: int, *, kind: str | None, subject_id: str | None
) -> Sequence[RegisterEntry]:
    """Return numbered entries above number `after` (-1: from the first), in order."""
    query = select(RegisterEntry).where(RegisterEntry.index > after)
    if kind is not None:
        query = query.where(RegisterEntry.kind == kind)
    if subject_id is not None:
        query = query.where(RegisterEntry.subject_id == subject_id)
    return session.scalars(query.order_by(RegisterEntry.index).limit(limit)).all()


def proof(session: Session, found: RegisterEntry) -> Proof | None:
    """Return the entry's proof under the newest checkpoint, or None while none covers it."""
    head = checkpoint(session)
    if head is None or found.index is None or found.index >= head.size:
        return None
    nodes_of_path = _nodes_of_path(session, found.index, head.size)
    path = merkle.inclusion_proof(nodes_of_path, found.index, head.size)
    return Proof(found.index, tuple(path), head.note, found.leaf.encode())


def proof_of(session: Session, kind: str, subject_id: str) -> Proof | None:
    """Return the proof of what the register says about a subject; None while there is none.

    `str(proof)` is the `.tlog-proof` file, and what a certificate carries as `proof`.
    """
    found = entry_of(session, kind, subject_id)
    return None if found is None else proof(session, found)
