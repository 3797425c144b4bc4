"""Thresholds, places of bases, devices, monthly draws, and what the rules decided of a record."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017_decision"
down_revision = "0016_points_life"
branch_labels = None
depends_on = None

GUARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON rewards_threshold
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON rewards_base_place
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON rewards_decision
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER seed_stays BEFORE UPDATE OR DELETE ON rewards_draw FOR EACH ROW
  WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER seed_kept BEFORE UPDATE ON rewards_draw FOR EACH ROW
  WHEN (ROW(OLD.month, OLD.seed) IS DISTINCT FROM ROW(NEW.month, NEW.seed))
  EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    op.create_table(
        "rewards_threshold",
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("values", JSONB, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_rewards_threshold"),
        sa.UniqueConstraint("valid_from", name="uq_rewards_threshold_valid_from"),
    )
    op.create_table(
        "rewards_base_place",
        sa.Column("base_id", sa.Uuid, nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("latitude", sa.Numeric, nullable=False),
        sa.Column("longitude", sa.Numeric, nullable=False),
        sa.Column("datum", sa.Text, nullable=False),
        sa.Column("radius_m", sa.BigInteger, nullable=False),
        sa.Column("noted_by", sa.Uuid),
        sa.PrimaryKeyConstraint("base_id", "noted_at", name="pk_rewards_base_place"),
        sa.ForeignKeyConstraint(
            ["base_id"], ["rewards_base.base_id"], name="fk_rewards_base_place_base_id"
        ),
        sa.ForeignKeyConstraint(
            ["noted_by"], ["identity_person.person_id"], name="fk_rewards_base_place_noted_by"
        ),
        sa.CheckConstraint(
            "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name="place_on_earth"
        ),
        sa.CheckConstraint("radius_m BETWEEN 1 AND 100000", name="radius_in_range"),
        sa.CheckConstraint("datum IN ('WGS-84', 'GCJ-02')", name="datum_known"),
    )
    op.create_table(
        "rewards_device_use",
        sa.Column("planting_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("base_id", sa.Uuid, nullable=False),
        sa.Column("device", sa.LargeBinary, nullable=False),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("planting_id", name="pk_rewards_device_use"),
        sa.ForeignKeyConstraint(
            ["planting_id"],
            ["rewards_planting.planting_id"],
            name="fk_rewards_device_use_planting_id",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.person_id"], name="fk_rewards_device_use_person_id"
        ),
        sa.ForeignKeyConstraint(
            ["base_id"], ["rewards_base.base_id"], name="fk_rewards_device_use_base_id"
        ),
        sa.CheckConstraint("octet_length(device) = 32", name="device_whole"),
    )
    op.create_index("ix_rewards_device_use_device", "rewards_device_use", ["device", "logged_at"])
    op.create_table(
        "rewards_decision",
        sa.Column("decision_id", sa.Uuid, nullable=False),
        sa.Column("subject_kind", sa.Text, nullable=False),
        sa.Column("subject_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("thresholds", sa.Text, nullable=False),
        sa.Column("score", sa.BigInteger, nullable=False),
        sa.Column("signals", JSONB, nullable=False),
        sa.Column("inputs", JSONB, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("decision_id", name="pk_rewards_decision"),
        sa.UniqueConstraint(
            "subject_kind", "subject_id", name="uq_rewards_decision_subject_kind_subject_id"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.person_id"], name="fk_rewards_decision_person_id"
        ),
        sa.ForeignKeyConstraint(
            ["thresholds"], ["rewards_threshold.version"], name="fk_rewards_decision_thresholds"
        ),
        sa.CheckConstraint("subject_kind IN ('planting', 'purchase')", name="subject_known"),
        sa.CheckConstraint(
            "outcome IN ('accept', 'sample', 'review', 'hold', 'refuse')", name="outcome_known"
        ),
    )
    op.create_table(
        "rewards_draw",
        sa.Column("month", sa.Date, nullable=False),
        sa.Column("seed", sa.LargeBinary, nullable=False),
        sa.Column("commitment", sa.LargeBinary, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("month", name="pk_rewards_draw"),
        sa.CheckConstraint("octet_length(seed) = 32", name="seed_whole"),
        sa.CheckConstraint("commitment = sha256(seed)", name="commitment_of_seed"),
        sa.CheckConstraint("extract(day FROM month) = 1", name="month_from_its_first"),
    )
    op.add_column(
        "rewards_planting", sa.Column("turn", sa.BigInteger, nullable=False, server_default="0")
    )
    op.drop_index("ix_rewards_planting_waiting", "rewards_planting")
    op.create_index(
        "ix_rewards_planting_waiting",
        "rewards_planting",
        ["turn", "logged_at", "planting_id"],
        postgresql_where=sa.text("state = 'logged'"),
    )
    op.execute(GUARDS)
