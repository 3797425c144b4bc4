"""Points put right by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0023_adjustments"
down_revision = "0022_reports"
branch_labels = None
depends_on = None

GUARDS = """
CREATE TRIGGER never_deleted BEFORE DELETE ON rewards_adjustment
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER proposal_stays BEFORE UPDATE ON rewards_adjustment FOR EACH ROW
  WHEN (OLD.state <> 'proposed'
        OR ROW(OLD.adjustment_id, OLD.person_id, OLD.points, OLD.proposed_by, OLD.proposed_at)
           IS DISTINCT FROM
           ROW(NEW.adjustment_id, NEW.person_id, NEW.points, NEW.proposed_by, NEW.proposed_at))
  EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    table = "rewards_adjustment"
    op.create_table(
        table,
        sa.Column("adjustment_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("points", sa.BigInteger, nullable=False),
        sa.Column("ground", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("proposed_by", sa.Uuid, nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Uuid),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("moved", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("adjustment_id", name=f"pk_{table}"),
        *(
            sa.ForeignKeyConstraint(
                [column], ["identity_person.person_id"], name=f"fk_{table}_{column}"
            )
            for column in ("person_id", "proposed_by", "decided_by")
        ),
        sa.CheckConstraint("points <> 0", name="points_not_zero"),
        sa.CheckConstraint("ground <> '' AND document <> ''", name="grounded"),
        sa.CheckConstraint("state IN ('proposed', 'approved', 'refused')", name="state_known"),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)"
            " AND (decided_at IS NULL) = (decided_by IS NULL)",
            name="decided_when_final",
        ),
        sa.CheckConstraint("decided_by <> proposed_by", name="two_operators"),
        sa.CheckConstraint("moved BETWEEN -abs(points) AND abs(points)", name="moved_in_range"),
    )
    op.create_index("ix_rewards_adjustment_person", table, ["person_id", "decided_at"])
    op.execute(GUARDS)
