"""What was found of each label after a release of factors."""

import sqlalchemy as sa
from alembic import op

revision = "0027_renewal"
down_revision = "0026_second_look"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    op.create_table(
        "footprint_finding",
        sa.Column("task_id", sa.Uuid, nullable=False),
        sa.Column("label_id", sa.Uuid, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("ground", sa.Text),
        sa.Column("was_kg", sa.Numeric, nullable=False),
        sa.Column("is_kg", sa.Numeric),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("task_id", "label_id", name="pk_footprint_finding"),
        sa.ForeignKeyConstraint(
            ["task_id"], ["outbox_task.task_id"], name="fk_footprint_finding_task_id"
        ),
        sa.ForeignKeyConstraint(
            ["label_id"], ["footprint_label.label_id"], name="fk_footprint_finding_label_id"
        ),
        sa.CheckConstraint("outcome IN ('holds', 'renew', 'unclear')", name="outcome_known"),
        sa.CheckConstraint("(outcome = 'renew') = (ground IS NOT NULL)", name="renewal_has_ground"),
    )
    op.create_index("ix_footprint_finding_label", "footprint_finding", ["label_id", "found_at"])
    op.create_index(
        "ix_footprint_finding_outcome", "footprint_finding", ["task_id", "outcome", "label_id"]
    )
    op.execute(
        "CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON footprint_finding"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
