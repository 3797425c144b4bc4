"""Entries of the public register, the tree over them, and the checkpoints that were signed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class RegisterEntry(Base):
    """One fact; numbered by the sequencer after its transaction has committed."""

    __tablename__ = "register_entry"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id"),
        CheckConstraint('("index" IS NULL) = (leaf_hash IS NULL)', name="numbered_with_its_hash"),
        CheckConstraint('"index" >= 0', name="index_not_negative"),
        Index("ix_register_entry_kind_index", "kind", "index"),
        Index("ix_register_entry_subject_id_index", "subject_id", "index"),
        Index(
            "ix_register_entry_pending",
            "recorded_at",
            "entry_id",
            postgresql_where=text('"index" IS NULL'),
        ),
    )

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[str]
    leaf: Mapped[str]
    """Canonical JSON (RFC 8785), exactly the bytes that are hashed."""
    recorded_at: Mapped[datetime]
    index: Mapped[int | None] = mapped_column(unique=True)
    leaf_hash: Mapped[bytes | None]


class RegisterNode(Base):
    """The root of one full tile: hash `number` of `level`, over 256 hashes of the level below.

    Level 0 is the entries' own hashes, so the whole tree costs one row in 255 more.
    """

    __tablename__ = "register_node"
    __table_args__ = (CheckConstraint("level > 0", name="level_0_is_the_entries"),)

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes]


class RegisterCheckpoint(Base):
    """A checkpoint of the log that was signed."""

    __tablename__ = "register_checkpoint"

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[bytes]
    note: Mapped[str]
    """The signed note, exactly as served."""
    signed_at: Mapped[datetime]


class RegisterKey(Base):
    """A public key that has signed checkpoints of this log, in the form `name+id+base64`."""

    __tablename__ = "register_key"

    key: Mapped[str] = mapped_column(primary_key=True)
    first_used_at: Mapped[datetime]
