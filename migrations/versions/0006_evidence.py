"""Tables of evidence."""

from alembic import op

revision = "0006_evidence"
down_revision = "0005_factors"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
