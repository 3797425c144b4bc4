"""What was judged of a factor's data, and factors that only stand in for another."""

import sqlalchemy as sa
from alembic import op

revision = "0012_factor_quality"
down_revision = "0011_tasks"
branch_labels = None
depends_on = None

SCORES = "reliability, completeness, temporal, geographical, technological"

APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON factors_quality
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON factors_quality
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    op.add_column("factors_factor", sa.Column("proxy", sa.Text))
    op.create_table(
        "factors_quality",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("geography", sa.Text),
        sa.Column("reliability", sa.BigInteger),
        sa.Column("completeness", sa.BigInteger),
        sa.Column("temporal", sa.BigInteger),
        sa.Column("geographical", sa.BigInteger),
        sa.Column("technological", sa.BigInteger),
        sa.Column("gsd", sa.Numeric),
        sa.Column("library", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", "version", name="pk_factors_quality"),
        sa.ForeignKeyConstraint(
            ["key", "version"],
            ["factors_factor.key", "factors_factor.version"],
            name="fk_factors_quality_key_version",
        ),
        sa.CheckConstraint(f"num_nulls({SCORES}) IN (0, 5)", name="pedigree_whole"),
        sa.CheckConstraint(
            f"least({SCORES}) >= 1 AND greatest({SCORES}) <= 5", name="scores_plausible"
        ),
        sa.CheckConstraint("gsd >= 1", name="gsd_plausible"),
        sa.CheckConstraint(
            "geography IN ('world', 'country', 'grid_region', 'province', 'city', 'site')",
            name="geography_known",
        ),
    )
    op.execute(APPEND_ONLY)
