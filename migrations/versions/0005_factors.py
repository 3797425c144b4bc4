"""Tables of factors: what was measured, and the acts that published or withdrew it."""

import sqlalchemy as sa
from alembic import op

revision = "0005_factors"
down_revision = "0004_register"
branch_labels = None
depends_on = None

APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON factors_factor
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON factors_act
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON factors_factor
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON factors_act
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    op.create_table(
        "factors_factor",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("name_zh", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("kg_per_unit", sa.Numeric, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("gases", sa.Text, nullable=False),
        sa.Column("boundary", sa.Text, nullable=False),
        sa.Column("biogenic", sa.Boolean, nullable=False),
        sa.Column("region", sa.Text, nullable=False),
        sa.Column("year", sa.BigInteger, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", "version", name="pk_factors_factor"),
        sa.CheckConstraint("kg_per_unit >= 0", name="value_not_negative"),
        sa.CheckConstraint("gases IN ('CO2e', 'CO2', 'CH4', 'N2O')", name="gases_known"),
        sa.CheckConstraint("year BETWEEN 1900 AND 2100", name="year_plausible"),
    )
    op.create_index("ix_factors_factor_subject", "factors_factor", ["subject"])
    op.create_table(
        "factors_act",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("library", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("person_id", sa.Uuid),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", "version", "kind", name="pk_factors_act"),
        sa.ForeignKeyConstraint(
            ["key", "version"],
            ["factors_factor.key", "factors_factor.version"],
            name="fk_factors_act_key_version",
        ),
        sa.CheckConstraint("kind IN ('published', 'withdrawn')", name="kind_known"),
        sa.CheckConstraint(
            "kind = 'published' OR reason IS NOT NULL", name="withdrawal_has_reason"
        ),
    )
    op.execute(APPEND_ONLY)
