"""Tables of footprint."""

from alembic import op

revision = "0009_footprint"
down_revision = "0008_rewards"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
