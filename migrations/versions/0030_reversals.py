"""Fires and fellings in projects, disclosed on the certificates that they touch."""

import sqlalchemy as sa
from alembic import op

revision = "0030_reversals"
down_revision = "0029_sponsors"
branch_labels = None
depends_on = None

APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON credits_reversal
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON credits_reversal
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    table = "credits_reversal"
    op.create_table(
        table,
        sa.Column("reversal_id", sa.Uuid, nullable=False),
        sa.Column("project_id", sa.Uuid, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("happened_on", sa.Date, nullable=False),
        sa.Column("lost_kg", sa.BigInteger, nullable=False),
        sa.Column("says_zh", sa.Text, nullable=False),
        sa.Column("says_en", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("recorded_by", sa.Uuid, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reversal_id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["credits_project.project_id"],
            name=f"fk_{table}_project_id_credits_project",
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["identity_person.person_id"],
            name=f"fk_{table}_recorded_by_identity_person",
        ),
        sa.CheckConstraint("cause IN ('fire', 'felling', 'pest', 'other')", name="cause_known"),
        sa.CheckConstraint("lost_kg > 0", name="loss_positive"),
    )
    op.create_index(f"ix_{table}_project_id", table, ["project_id", "happened_on"])
    op.execute(APPEND_ONLY)
