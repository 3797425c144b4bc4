"""Long work, done step by step."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011_tasks"
down_revision = "0010_events"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    op.create_table(
        "outbox_task",
        sa.Column("task_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("payload", JSONB, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("step", sa.BigInteger, nullable=False),
        sa.Column("cursor", JSONB, nullable=False),
        sa.Column("done", sa.BigInteger, nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.Column("result", JSONB),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("task_id", name="pk_outbox_task"),
        sa.CheckConstraint("state IN ('running', 'stopped', 'finished', 'failed')", name="state"),
        sa.CheckConstraint("done >= 0 AND total >= 0 AND step >= 0", name="counts"),
        sa.CheckConstraint(
            "(state IN ('finished', 'failed')) = (result IS NOT NULL)", name="ended_with_result"
        ),
    )
    op.create_index("ix_outbox_task_owner_begun", "outbox_task", ["owner", "begun_at"])
