"""Tables of factors."""

from alembic import op

revision = "0005_factors"
down_revision = "0004_register"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
