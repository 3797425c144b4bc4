"""Bases, rules, plantings, reviews, awards."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0008_rewards"
down_revision = "0007_credits"
branch_labels = None
depends_on = None

# What was published, judged and paid stays as it was. A planting only moves from logged to its
# end; what it claims is as fixed as the rest, but its place may be forgotten.
GUARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON rewards_rule
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON rewards_review
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON rewards_award
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE ON rewards_planting
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER claim_stays BEFORE UPDATE ON rewards_planting FOR EACH ROW
  WHEN (OLD.state <> 'logged' AND NEW.state <> OLD.state
        OR ROW(OLD.planting_id, OLD.person_id, OLD.base_id, OLD.species, OLD.trees,
               OLD.planted_on, OLD.logged_at)
           IS DISTINCT FROM
           ROW(NEW.planting_id, NEW.person_id, NEW.base_id, NEW.species, NEW.trees,
               NEW.planted_on, NEW.logged_at))
  EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    op.create_table(
        "rewards_base",
        sa.Column("base_id", sa.Uuid, nullable=False),
        sa.Column("name_zh", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("county_code", sa.Text, nullable=False),
        sa.Column("address_zh", sa.Text, nullable=False),
        sa.Column("address_en", sa.Text, nullable=False),
        sa.Column("area_m2", sa.BigInteger, nullable=False),
        sa.Column("species", ARRAY(sa.Text), nullable=False),
        sa.Column("season_from", sa.BigInteger, nullable=False),
        sa.Column("season_until", sa.BigInteger, nullable=False),
        sa.Column("organisation_id", sa.Uuid),
        sa.Column("registered_by", sa.Uuid),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("base_id", name="pk_rewards_base"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.organisation_id"],
            name="fk_rewards_base_organisation_id",
        ),
        sa.ForeignKeyConstraint(
            ["registered_by"], ["identity_person.person_id"], name="fk_rewards_base_registered_by"
        ),
        sa.CheckConstraint("county_code ~ '^[0-9]{6}$'", name="county_code_six_digits"),
        sa.CheckConstraint("area_m2 > 0", name="area_positive"),
        sa.CheckConstraint("cardinality(species) > 0", name="species_named"),
        sa.CheckConstraint(
            "season_from BETWEEN 1 AND 12 AND season_until BETWEEN 1 AND 12", name="season_months"
        ),
    )
    op.create_table(
        "rewards_rule",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("measures", sa.Text, nullable=False),
        sa.Column("points_per_unit", sa.BigInteger, nullable=False),
        sa.Column("most_per_day", sa.BigInteger),
        sa.Column("most_per_year", sa.BigInteger),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date),
        sa.Column("name_zh", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("reason_zh", sa.Text, nullable=False),
        sa.Column("reason_en", sa.Text, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", "version", name="pk_rewards_rule"),
        sa.UniqueConstraint("key", "valid_from", name="uq_rewards_rule_key_valid_from"),
        sa.CheckConstraint("measures IN ('tree', 'unit')", name="measures_known"),
        sa.CheckConstraint("points_per_unit > 0", name="points_positive"),
        sa.CheckConstraint("most_per_day > 0 AND most_per_year > 0", name="limits_positive"),
        sa.CheckConstraint("valid_from <= valid_until", name="valid_period"),
    )
    op.create_table(
        "rewards_planting",
        sa.Column("planting_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("base_id", sa.Uuid, nullable=False),
        sa.Column("species", sa.Text, nullable=False),
        sa.Column("trees", sa.BigInteger, nullable=False),
        sa.Column("planted_on", sa.Date, nullable=False),
        sa.Column("latitude", sa.Numeric),
        sa.Column("longitude", sa.Numeric),
        sa.Column("datum", sa.Text),
        sa.Column("accuracy_m", sa.BigInteger),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("planting_id", name="pk_rewards_planting"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.person_id"], name="fk_rewards_planting_person_id"
        ),
        sa.ForeignKeyConstraint(
            ["base_id"], ["rewards_base.base_id"], name="fk_rewards_planting_base_id"
        ),
        sa.CheckConstraint("trees BETWEEN 1 AND 1000", name="trees_in_range"),
        sa.CheckConstraint("state IN ('logged', 'approved', 'refused')", name="state_known"),
        sa.CheckConstraint("(state = 'logged') = (decided_at IS NULL)", name="decided_when_final"),
        sa.CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL) AND (latitude IS NULL) = (datum IS NULL)"
            " AND latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180",
            name="point_whole",
        ),
        sa.CheckConstraint("datum IN ('WGS-84', 'GCJ-02')", name="datum_known"),
        sa.CheckConstraint("accuracy_m BETWEEN 0 AND 100000", name="accuracy_in_range"),
    )
    op.create_index(
        "ix_rewards_planting_person", "rewards_planting", ["person_id", "logged_at", "planting_id"]
    )
    op.create_index(
        "ix_rewards_planting_waiting",
        "rewards_planting",
        ["logged_at", "planting_id"],
        postgresql_where=sa.text("state = 'logged'"),
    )
    op.create_table(
        "rewards_planting_photo",
        sa.Column("planting_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("photo_id", sa.Uuid, nullable=False),
        sa.Column("original_sha256", sa.LargeBinary, nullable=False),
        sa.Column("live", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("planting_id", "position", name="pk_rewards_planting_photo"),
        sa.ForeignKeyConstraint(
            ["planting_id"],
            ["rewards_planting.planting_id"],
            name="fk_rewards_planting_photo_planting_id",
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["evidence_photo.photo_id"], name="fk_rewards_planting_photo_photo_id"
        ),
        sa.CheckConstraint("position BETWEEN 1 AND 5", name="position_in_range"),
    )
    op.create_index(
        "uq_rewards_planting_photo_bytes",
        "rewards_planting_photo",
        ["original_sha256"],
        unique=True,
        postgresql_where=sa.text("live"),
    )
    op.create_table(
        "rewards_review",
        sa.Column("planting_id", sa.Uuid, nullable=False),
        sa.Column("verifier_id", sa.Uuid, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("inputs", JSONB, nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("planting_id", "verifier_id", name="pk_rewards_review"),
        sa.ForeignKeyConstraint(
            ["planting_id"],
            ["rewards_planting.planting_id"],
            name="fk_rewards_review_planting_id",
        ),
        sa.ForeignKeyConstraint(
            ["verifier_id"], ["identity_person.person_id"], name="fk_rewards_review_verifier_id"
        ),
        sa.CheckConstraint("verdict IN ('approve', 'refuse')", name="verdict_known"),
        sa.CheckConstraint(
            "(verdict = 'refuse') = (reason IS NOT NULL)", name="refusal_has_reason"
        ),
        sa.CheckConstraint("reason <> 'other' OR words <> ''", name="other_has_words"),
        sa.CheckConstraint("length(words) <= 500", name="words_bounded"),
    )
    op.create_table(
        "rewards_award",
        sa.Column("award_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("cause_kind", sa.Text, nullable=False),
        sa.Column("cause_id", sa.Uuid, nullable=False),
        sa.Column("rule_key", sa.Text, nullable=False),
        sa.Column("rule_version", sa.Text, nullable=False),
        sa.Column("deed_on", sa.Date, nullable=False),
        sa.Column("quantity", sa.BigInteger, nullable=False),
        sa.Column("points", sa.BigInteger, nullable=False),
        sa.Column("full_points", sa.BigInteger, nullable=False),
        sa.Column("earlier_that_day", sa.BigInteger, nullable=False),
        sa.Column("earlier_that_year", sa.BigInteger, nullable=False),
        sa.Column("capped_by", sa.Text),
        sa.Column("about", JSONB, nullable=False),
        sa.Column("awarded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("award_id", name="pk_rewards_award"),
        sa.UniqueConstraint("cause_kind", "cause_id", name="uq_rewards_award_cause_kind_cause_id"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.person_id"], name="fk_rewards_award_person_id"
        ),
        sa.ForeignKeyConstraint(
            ["rule_key", "rule_version"],
            ["rewards_rule.key", "rewards_rule.version"],
            name="fk_rewards_award_rule",
        ),
        sa.CheckConstraint("cause_kind IN ('planting', 'purchase')", name="cause_known"),
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
        sa.CheckConstraint("points BETWEEN 0 AND full_points", name="points_in_range"),
        sa.CheckConstraint("(capped_by IS NULL) = (points = full_points)", name="cap_named"),
        sa.CheckConstraint("capped_by IN ('day', 'year')", name="cap_known"),
    )
    op.create_index(
        "ix_rewards_award_person", "rewards_award", ["person_id", "rule_key", "deed_on"]
    )
    op.execute(GUARDS)
