"""The book of duty trees: parameters, records, entries, certificates."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0015_duty"
down_revision = "0014_claims"
branch_labels = None
depends_on = None

# A parameter, an entry and what a certificate says stay as they were; a certificate's name and
# salt may be forgotten, and a record is decided once.
GUARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON rewards_duty_parameter
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON rewards_duty_entry
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE ON rewards_duty
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER claim_stays BEFORE UPDATE ON rewards_duty FOR EACH ROW
  WHEN (OLD.state <> 'recorded'
        OR ROW(OLD.duty_id, OLD.person_id, OLD.recorded_by, OLD.category, OLD.province, OLD.unit,
               OLD.quantity, OLD.done_on, OLD.recorded_at)
           IS DISTINCT FROM
           ROW(NEW.duty_id, NEW.person_id, NEW.recorded_by, NEW.category, NEW.province, NEW.unit,
               NEW.quantity, NEW.done_on, NEW.recorded_at))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE ON rewards_duty_certificate
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_forgotten BEFORE UPDATE ON rewards_duty_certificate FOR EACH ROW
  WHEN (NEW.name IS NOT NULL OR NEW.salt IS NOT NULL
        OR ROW(OLD.certificate_id, OLD.code, OLD.person_id, OLD.year, OLD.tier, OLD.trees,
               OLD.up_to_line, OLD.shows_categories, OLD.issued_at)
           IS DISTINCT FROM
           ROW(NEW.certificate_id, NEW.code, NEW.person_id, NEW.year, NEW.tier, NEW.trees,
               NEW.up_to_line, NEW.shows_categories, NEW.issued_at))
  EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    op.create_table(
        "rewards_duty_parameter",
        sa.Column("parameter_id", sa.Uuid, nullable=False),
        sa.Column("province", sa.Text, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("per_tree", sa.Numeric, nullable=False),
        sa.Column("valid_from", sa.Date),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("document_title", sa.Text),
        sa.Column("document_number", sa.Text),
        sa.Column("document_address", sa.Text),
        sa.Column("document_sha256", sa.LargeBinary),
        sa.Column("published_by", sa.Uuid),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("category <> 'planting'", name="planting_needs_none"),
        sa.CheckConstraint(
            "category IN ('planting', 'tending', 'protection', 'adoption', "
            "'facilities', 'donation', 'service', 'other')",
            name="category_known",
        ),
        sa.CheckConstraint("province ~ '^[0-9]{2}0000$'", name="province_code"),
        sa.CheckConstraint("source <> ''", name="source_given"),
        sa.CheckConstraint(
            "unit IN ('tree', 'cny', 'hour', 'day', 'square_metre', 'metre')", name="unit_known"
        ),
        sa.CheckConstraint(
            "(published_by IS NULL) = (document_sha256 IS NULL) AND (document_title "
            "IS NULL) = (document_sha256 IS NULL) AND (document_number IS NULL) = "
            "(document_sha256 IS NULL) AND (document_address IS NULL) = "
            "(document_sha256 IS NULL) AND octet_length(document_sha256) = 32",
            name="document_whole",
        ),
        sa.CheckConstraint("per_tree > 0", name="per_tree_positive"),
        sa.ForeignKeyConstraint(
            ["published_by"],
            ["identity_person.person_id"],
            name="fk_rewards_duty_parameter_published_by",
        ),
        sa.PrimaryKeyConstraint("parameter_id", name="pk_rewards_duty_parameter"),
        sa.UniqueConstraint(
            "province",
            "category",
            "unit",
            "valid_from",
            name="uq_rewards_duty_parameter_province_category_unit_valid_from",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "rewards_duty",
        sa.Column("duty_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("recorded_by", sa.Uuid, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("province", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("quantity", sa.Numeric, nullable=False),
        sa.Column("done_on", sa.Date, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("photo_ids", ARRAY(sa.Uuid), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.Uuid),
        sa.Column("reason", sa.Text),
        sa.CheckConstraint(
            "(state = 'recorded') = (decided_at IS NULL)", name="decided_when_final"
        ),
        sa.CheckConstraint("(state = 'refused') = (reason IS NOT NULL)", name="refusal_has_reason"),
        sa.CheckConstraint("category <> 'planting'", name="planting_is_logged_otherwise"),
        sa.CheckConstraint(
            "category IN ('planting', 'tending', 'protection', 'adoption', "
            "'facilities', 'donation', 'service', 'other')",
            name="category_known",
        ),
        sa.CheckConstraint("state IN ('recorded', 'confirmed', 'refused')", name="state_known"),
        sa.CheckConstraint(
            "unit IN ('tree', 'cny', 'hour', 'day', 'square_metre', 'metre')", name="unit_known"
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)", name="decided_by_someone"
        ),
        sa.CheckConstraint("cardinality(photo_ids) <= 5", name="photos_bounded"),
        sa.CheckConstraint("decided_by <> recorded_by AND decided_by <> person_id", name="not_own"),
        sa.CheckConstraint("length(words) <= 300 AND length(reason) <= 300", name="words_bounded"),
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["identity_person.person_id"], name="fk_rewards_duty_decided_by"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.person_id"], name="fk_rewards_duty_person_id"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["identity_person.person_id"], name="fk_rewards_duty_recorded_by"
        ),
        sa.PrimaryKeyConstraint("duty_id", name="pk_rewards_duty"),
    )
    op.create_index(
        "ix_rewards_duty_person", "rewards_duty", ["person_id", "recorded_at", "duty_id"]
    )
    op.create_index(
        "ix_rewards_duty_waiting",
        "rewards_duty",
        ["recorded_at", "duty_id"],
        postgresql_where=sa.text("state = 'recorded'"),
    )
    op.create_table(
        "rewards_duty_entry",
        sa.Column("entry_id", sa.Uuid, nullable=False),
        sa.Column("line", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("year", sa.BigInteger, nullable=False),
        sa.Column("done_on", sa.Date, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("province", sa.Text, nullable=False),
        sa.Column("trees", sa.BigInteger, nullable=False),
        sa.Column("cause_kind", sa.Text, nullable=False),
        sa.Column("cause_id", sa.Uuid, nullable=False),
        sa.Column("parameter_id", sa.Uuid),
        sa.Column("guardian_id", sa.Uuid),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(cause_kind = 'duty') = (parameter_id IS NOT NULL)", name="conversion_named"
        ),
        sa.CheckConstraint(
            "category IN ('planting', 'tending', 'protection', 'adoption', "
            "'facilities', 'donation', 'service', 'other')",
            name="category_known",
        ),
        sa.CheckConstraint("cause_kind IN ('planting', 'duty', 'survival')", name="cause_known"),
        sa.CheckConstraint("date_part('year', done_on) = year", name="year_of_the_deed"),
        sa.CheckConstraint("trees > 0 OR cause_kind = 'survival'", name="only_deaths_take_away"),
        sa.CheckConstraint("trees <> 0", name="trees_counted"),
        sa.ForeignKeyConstraint(
            ["guardian_id"], ["identity_person.person_id"], name="fk_rewards_duty_entry_guardian_id"
        ),
        sa.ForeignKeyConstraint(
            ["parameter_id"],
            ["rewards_duty_parameter.parameter_id"],
            name="fk_rewards_duty_entry_parameter_id",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.person_id"], name="fk_rewards_duty_entry_person_id"
        ),
        sa.PrimaryKeyConstraint("entry_id", name="pk_rewards_duty_entry"),
        sa.UniqueConstraint(
            "cause_kind", "cause_id", name="uq_rewards_duty_entry_cause_kind_cause_id"
        ),
        sa.UniqueConstraint("line", name="uq_rewards_duty_entry_line"),
    )
    op.create_index(
        "ix_rewards_duty_entry_person", "rewards_duty_entry", ["person_id", "year", "line"]
    )
    op.create_table(
        "rewards_duty_certificate",
        sa.Column("certificate_id", sa.Uuid, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("year", sa.BigInteger, nullable=False),
        sa.Column("tier", sa.Text, nullable=False),
        sa.Column("trees", sa.BigInteger, nullable=False),
        sa.Column("up_to_line", sa.BigInteger, nullable=False),
        sa.Column("shows_categories", sa.Boolean, nullable=False),
        sa.Column("salt", sa.LargeBinary),
        sa.Column("name", sa.Text),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("code ~ '^[0-9A-HJKMNP-TV-Z]{12}$'", name="code_form"),
        sa.CheckConstraint("tier IN ('duty_certificate', 'honour_certificate')", name="tier_known"),
        sa.CheckConstraint("(salt IS NULL) = (name IS NULL)", name="forgotten_together"),
        sa.CheckConstraint("trees >= 3", name="trees_enough"),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["identity_person.person_id"],
            name="fk_rewards_duty_certificate_person_id",
        ),
        sa.PrimaryKeyConstraint("certificate_id", name="pk_rewards_duty_certificate"),
        sa.UniqueConstraint("code", name="uq_rewards_duty_certificate_code"),
        sa.UniqueConstraint(
            "person_id", "year", "tier", name="uq_rewards_duty_certificate_person_id_year_tier"
        ),
    )
    op.execute(GUARDS)
