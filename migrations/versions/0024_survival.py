"""The later life of trees: surveys and the book of estimates."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0024_survival"
down_revision = "0023_adjustments"
branch_labels = None
depends_on = None

# What was seen stays as it was reported and is decided once; an estimate is never changed, only
# followed by another.
GUARDS = """
CREATE TRIGGER never_deleted BEFORE DELETE ON rewards_survey
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER report_stays BEFORE UPDATE ON rewards_survey FOR EACH ROW
  WHEN (OLD.state <> 'reported'
        OR ROW(OLD.survey_id, OLD.planting_id, OLD.stage, OLD.reported_by, OLD.surveyed_on,
               OLD.alive_before, OLD.alive, OLD.deaths, OLD.dbh_cm, OLD.height_m, OLD.area_m2,
               OLD.reported_at)
           IS DISTINCT FROM
           ROW(NEW.survey_id, NEW.planting_id, NEW.stage, NEW.reported_by, NEW.surveyed_on,
               NEW.alive_before, NEW.alive, NEW.deaths, NEW.dbh_cm, NEW.height_m, NEW.area_m2,
               NEW.reported_at))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON rewards_estimate
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    op.create_table(
        "rewards_survey",
        sa.Column("survey_id", sa.Uuid, nullable=False),
        sa.Column("planting_id", sa.Uuid, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("reported_by", sa.Uuid, nullable=False),
        sa.Column("surveyed_on", sa.Date, nullable=False),
        sa.Column("alive_before", sa.BigInteger, nullable=False),
        sa.Column("alive", sa.BigInteger, nullable=False),
        sa.Column("deaths", JSONB, nullable=False),
        sa.Column("dbh_cm", sa.Numeric),
        sa.Column("height_m", sa.Numeric),
        sa.Column("area_m2", sa.BigInteger),
        sa.Column("photo_ids", ARRAY(sa.Uuid), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.Uuid),
        sa.Column("reason", sa.Text),
        sa.CheckConstraint("(state = 'refused') = (reason IS NOT NULL)", name="refusal_has_reason"),
        sa.CheckConstraint(
            "(state = 'reported') = (decided_at IS NULL)", name="decided_when_final"
        ),
        sa.CheckConstraint(
            "stage IN ('day_1', 'year_1', 'year_3', 'year_5', 'incident')", name="stage_known"
        ),
        sa.CheckConstraint("state IN ('reported', 'confirmed', 'refused')", name="state_known"),
        sa.CheckConstraint("(dbh_cm IS NULL) = (height_m IS NULL)", name="size_whole"),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)", name="decided_by_someone"
        ),
        sa.CheckConstraint("alive BETWEEN 0 AND alive_before", name="alive_in_range"),
        sa.CheckConstraint("area_m2 > 0", name="area_positive"),
        sa.CheckConstraint("cardinality(photo_ids) BETWEEN 1 AND 5", name="photos_in_range"),
        sa.CheckConstraint("dbh_cm >= 0 AND height_m > 0", name="size_positive"),
        sa.CheckConstraint("length(words) <= 300 AND length(reason) <= 300", name="words_bounded"),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["identity_person.person_id"], name="fk_rewards_survey_decided_by"
        ),
        sa.ForeignKeyConstraint(
            ["planting_id"], ["rewards_planting.planting_id"], name="fk_rewards_survey_planting_id"
        ),
        sa.ForeignKeyConstraint(
            ["reported_by"], ["identity_person.person_id"], name="fk_rewards_survey_reported_by"
        ),
        sa.PrimaryKeyConstraint("survey_id", name="pk_rewards_survey"),
    )
    op.create_index(
        "ix_rewards_survey_planting",
        "rewards_survey",
        ["planting_id", "surveyed_on", "reported_at"],
    )
    op.create_index(
        "ix_rewards_survey_waiting",
        "rewards_survey",
        ["reported_at", "survey_id"],
        postgresql_where=sa.text("state = 'reported'"),
    )
    op.create_index(
        "uq_rewards_survey_stage",
        "rewards_survey",
        ["planting_id", "stage"],
        unique=True,
        postgresql_where=sa.text("state <> 'refused' AND stage <> 'incident'"),
    )
    op.create_table(
        "rewards_estimate",
        sa.Column("estimate_id", sa.Uuid, nullable=False),
        sa.Column("planting_id", sa.Uuid, nullable=False),
        sa.Column("survey_id", sa.Uuid, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("days", sa.BigInteger, nullable=False),
        sa.Column("alive", sa.BigInteger, nullable=False),
        sa.Column("size_from", sa.Text),
        sa.Column("least_g", sa.BigInteger),
        sa.Column("most_g", sa.BigInteger),
        sa.Column("unknown", sa.Text),
        sa.Column("made_of", JSONB, nullable=False),
        sa.Column("estimated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size_from IN ('measured', 'table', 'area')", name="size_from_known"),
        sa.CheckConstraint("(least_g IS NULL) = (most_g IS NULL)", name="range_whole"),
        sa.CheckConstraint("(least_g IS NULL) = (unknown IS NOT NULL)", name="known_or_why_not"),
        sa.CheckConstraint("alive >= 0 AND days >= 0", name="counts"),
        sa.CheckConstraint("least_g BETWEEN 0 AND most_g", name="range_in_order"),
        sa.ForeignKeyConstraint(
            ["planting_id"],
            ["rewards_planting.planting_id"],
            name="fk_rewards_estimate_planting_id",
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["rewards_survey.survey_id"], name="fk_rewards_estimate_survey_id"
        ),
        sa.PrimaryKeyConstraint("estimate_id", name="pk_rewards_estimate"),
        sa.UniqueConstraint("survey_id", name="uq_rewards_estimate_survey_id"),
    )
    op.create_index("ix_rewards_estimate_planting", "rewards_estimate", ["planting_id", "days"])
    op.execute(GUARDS)
