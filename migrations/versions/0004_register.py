"""Entries of the public register."""

import sqlalchemy as sa
from alembic import op

revision = "0004_register"
down_revision = "0003_ledger"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    op.create_table(
        "register_entry",
        sa.Column("entry_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject_id", sa.Text, nullable=False),
        sa.Column("leaf", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("index", sa.BigInteger),
        sa.Column("leaf_hash", sa.LargeBinary),
        sa.PrimaryKeyConstraint("entry_id", name="pk_register_entry"),
        sa.UniqueConstraint("kind", "subject_id", name="uq_register_entry_kind_subject_id"),
        sa.UniqueConstraint("index", name="uq_register_entry_index"),
    )
