"""The public register: entries, the tree over them, checkpoints, and keys."""

import sqlalchemy as sa
from alembic import op

revision = "0004_register"
down_revision = "0003_ledger"
branch_labels = None
depends_on = None

# An entry changes once in its life: the sequencer gives it a number and the hash of its leaf.
# Nobody may bring a number along: inside a business transaction the order of commits is unknown.
NUMBERED_ONCE = """
CREATE FUNCTION register_numbered_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.index IS NULL THEN
      RETURN NEW;
    END IF;
  ELSIF TG_OP = 'UPDATE' AND OLD.index IS NULL AND NEW.index IS NOT NULL
    AND NEW.leaf_hash = sha256('\\x00'::bytea || convert_to(OLD.leaf, 'UTF8'))
    AND (NEW.entry_id, NEW.kind, NEW.subject_id, NEW.leaf, NEW.recorded_at)
      IS NOT DISTINCT FROM
        (OLD.entry_id, OLD.kind, OLD.subject_id, OLD.leaf, OLD.recorded_at)
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'register_entry is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER numbered_once BEFORE INSERT OR UPDATE OR DELETE ON register_entry
  FOR EACH ROW EXECUTE FUNCTION register_numbered_once();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON register_entry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


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
        sa.CheckConstraint(
            '("index" IS NULL) = (leaf_hash IS NULL)',
            name="ck_register_entry_numbered_with_its_hash",
        ),
        sa.CheckConstraint('"index" >= 0', name="ck_register_entry_index_not_negative"),
    )
    op.create_index("ix_register_entry_kind_index", "register_entry", ["kind", "index"])
    op.create_index("ix_register_entry_subject_id_index", "register_entry", ["subject_id", "index"])
    op.create_index(
        "ix_register_entry_pending",
        "register_entry",
        ["recorded_at", "entry_id"],
        postgresql_where=sa.text('"index" IS NULL'),
    )
    op.create_table(
        "register_node",
        sa.Column("level", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("number", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("level", "number", name="pk_register_node"),
        sa.CheckConstraint("level > 0", name="ck_register_node_level_0_is_the_entries"),
    )
    op.create_table(
        "register_checkpoint",
        sa.Column("size", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_register_checkpoint"),
    )
    op.create_table(
        "register_key",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_register_key"),
    )
    op.execute(NUMBERED_ONCE)
    for table in ("register_node", "register_checkpoint", "register_key"):
        op.execute(APPEND_ONLY.format(table=table))
