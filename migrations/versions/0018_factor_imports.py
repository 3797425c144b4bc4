"""Files of factors: drafts to be published, and what is wrong with the others."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018_factor_imports"
down_revision = "0017_decision"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    op.create_table(
        "factors_import",
        sa.Column("import_id", sa.Uuid, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("faults", JSONB, nullable=False),
        sa.Column("imported_by", sa.Uuid),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("import_id", name="pk_factors_import"),
        sa.CheckConstraint(
            "published_at IS NULL OR faults = '[]'::jsonb", name="faulty_never_published"
        ),
        sa.CheckConstraint(
            "(published_at IS NULL) = (published_by IS NULL)", name="publisher_named"
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_hex"),
    )
    op.create_index("ix_factors_import_imported_at", "factors_import", ["imported_at", "import_id"])
