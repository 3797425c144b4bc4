"""Tables of rewards."""

from alembic import op

revision = "0008_rewards"
down_revision = "0007_credits"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
