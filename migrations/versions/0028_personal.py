"""A person may hold credits in their own name."""

import sqlalchemy as sa
from alembic import op

revision = "0028_personal"
down_revision = "0027_renewal"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    op.alter_column("credits_hold", "organisation_id", nullable=True)
    op.create_check_constraint(
        "organisation_unless_personal",
        "credits_hold",
        "(organisation_id IS NULL) = (purpose ->> 'kind' = 'personal')",
    )
    op.create_index(
        "ix_credits_hold_personal",
        "credits_hold",
        ["made_by", "made_at"],
        postgresql_where=sa.text("organisation_id IS NULL"),
    )
