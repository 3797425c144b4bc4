"""Tables of footprint: products, inventories, footprints, labels, serials."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009_footprint"
down_revision = "0008_rewards"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)

# What was computed stays; only the way through verification goes on, and only forward.
FOOTPRINT_NEVER_CHANGES = """
CREATE FUNCTION footprint_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.footprint_id, NEW.product_id, NEW.number, NEW.document, NEW.sha256, NEW.ruleset,
      NEW.footprint_kg, NEW.declared_at, NEW.declared_by)
     IS DISTINCT FROM
     (OLD.footprint_id, OLD.product_id, OLD.number, OLD.document, OLD.sha256, OLD.ruleset,
      OLD.footprint_kg, OLD.declared_at, OLD.declared_by)
     OR NOT (OLD.state = 'declared' AND NEW.state = 'submitted'
          OR OLD.state = 'submitted' AND NEW.state IN ('verified', 'refused'))
  THEN
    RAISE EXCEPTION 'a footprint never changes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER never_changes BEFORE UPDATE ON footprint_footprint
  FOR EACH ROW EXECUTE FUNCTION footprint_never_changes();
CREATE TRIGGER never_deleted BEFORE DELETE ON footprint_footprint
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION footprint_label_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.withdrawn_at IS NOT NULL
     OR (NEW.label_id, NEW.footprint_id, NEW.code, NEW.url, NEW.qr_svg, NEW.issued_at,
         NEW.issued_by, NEW.expires_at)
     IS DISTINCT FROM
     (OLD.label_id, OLD.footprint_id, OLD.code, OLD.url, OLD.qr_svg, OLD.issued_at,
      OLD.issued_by, OLD.expires_at)
  THEN
    RAISE EXCEPTION 'a label never changes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER only_ends BEFORE UPDATE ON footprint_label
  FOR EACH ROW EXECUTE FUNCTION footprint_label_only_ends();
CREATE TRIGGER never_deleted BEFORE DELETE ON footprint_label
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION footprint_serial_only_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.serial_id, NEW.batch_id, NEW.number, NEW.token_hash, NEW.pin_hash)
     IS DISTINCT FROM (OLD.serial_id, OLD.batch_id, OLD.number, OLD.token_hash, OLD.pin_hash)
     OR NOT (OLD.state, NEW.state) IN (
       ('printed', 'shipped'), ('shipped', 'sold'), ('sold', 'claimed'),
       ('printed', 'void'), ('shipped', 'void'), ('sold', 'void'))
  THEN
    RAISE EXCEPTION 'a serial only goes forward, not from % to %', OLD.state, NEW.state
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER only_forward BEFORE UPDATE ON footprint_serial
  FOR EACH ROW EXECUTE FUNCTION footprint_serial_only_forward();
CREATE TRIGGER never_deleted BEFORE DELETE ON footprint_serial
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    op.create_table(
        "footprint_product",
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("name_zh", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("declared_unit", sa.Text, nullable=False),
        sa.Column("mass_kg", sa.Numeric, nullable=False),
        sa.Column("gtin", sa.Text),
        sa.Column("county_code", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False, server_default=sa.text("1")),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("product_id", name="pk_footprint_product"),
        sa.UniqueConstraint("gtin", name="uq_footprint_product_gtin"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.organisation_id"],
            name="fk_footprint_product_organisation_id",
        ),
        sa.CheckConstraint("mass_kg > 0", name="mass_positive"),
        sa.CheckConstraint("gtin ~ '^[0-9]{14}$'", name="gtin_14_digits"),
        sa.CheckConstraint("county_code ~ '^[0-9]{6}$'", name="county_6_digits"),
    )
    op.create_index(
        "ix_footprint_product_organisation_id", "footprint_product", ["organisation_id"]
    )
    op.create_table(
        "footprint_inventory",
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("changed_by", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("product_id", name="pk_footprint_inventory"),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["footprint_product.product_id"],
            name="fk_footprint_inventory_product_id",
        ),
    )
    op.create_table(
        "footprint_footprint",
        sa.Column("footprint_id", sa.Uuid, nullable=False),
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("ruleset", sa.Text, nullable=False),
        sa.Column("footprint_kg", sa.Numeric, nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default=sa.text("'declared'")),
        sa.Column("declared_at", INSTANT, nullable=False),
        sa.Column("declared_by", sa.Uuid, nullable=False),
        sa.Column("submitted_at", INSTANT),
        sa.Column("decided_at", INSTANT),
        sa.Column("verifier_id", sa.Uuid),
        sa.Column("verifier_organisation_id", sa.Uuid),
        sa.Column("reasons", JSONB),
        sa.PrimaryKeyConstraint("footprint_id", name="pk_footprint_footprint"),
        sa.UniqueConstraint(
            "product_id", "number", name="uq_footprint_footprint_product_id_number"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["footprint_product.product_id"],
            name="fk_footprint_footprint_product_id",
        ),
        sa.ForeignKeyConstraint(
            ["verifier_organisation_id"],
            ["identity_organisation.organisation_id"],
            name="fk_footprint_footprint_verifier_organisation_id",
        ),
        sa.CheckConstraint(
            "state IN ('declared', 'submitted', 'verified', 'refused')", name="state_known"
        ),
        sa.CheckConstraint("(state = 'declared') = (submitted_at IS NULL)", name="submitted_dated"),
        sa.CheckConstraint(
            "(state IN ('verified', 'refused')) = (decided_at IS NOT NULL)", name="decision_dated"
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (verifier_id IS NULL)", name="decision_has_verifier"
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_hex"),
    )
    op.create_index(
        "ix_footprint_footprint_queue",
        "footprint_footprint",
        ["submitted_at"],
        postgresql_where=sa.text("state = 'submitted'"),
    )
    op.create_table(
        "footprint_label",
        sa.Column("label_id", sa.Uuid, nullable=False),
        sa.Column("footprint_id", sa.Uuid, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("qr_svg", sa.Text, nullable=False),
        sa.Column("issued_at", INSTANT, nullable=False),
        sa.Column("issued_by", sa.Uuid, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT),
        sa.Column("withdrawn_reason", sa.Text),
        sa.PrimaryKeyConstraint("label_id", name="pk_footprint_label"),
        sa.UniqueConstraint("footprint_id", name="uq_footprint_label_footprint_id"),
        sa.UniqueConstraint("code", name="uq_footprint_label_code"),
        sa.ForeignKeyConstraint(
            ["footprint_id"],
            ["footprint_footprint.footprint_id"],
            name="fk_footprint_label_footprint_id",
        ),
        sa.CheckConstraint("expires_at > issued_at", name="expires_after_issue"),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name="withdrawal_has_reason"
        ),
        sa.CheckConstraint("code ~ '^[0-9A-Z]{26}$'", name="code_26_characters"),
    )
    op.create_table(
        "footprint_batch",
        sa.Column("batch_id", sa.Uuid, nullable=False),
        sa.Column("label_id", sa.Uuid, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("printed_at", INSTANT, nullable=False),
        sa.Column("printed_by", sa.Uuid, nullable=False),
        sa.Column("shipped_at", INSTANT),
        sa.PrimaryKeyConstraint("batch_id", name="pk_footprint_batch"),
        sa.ForeignKeyConstraint(
            ["label_id"], ["footprint_label.label_id"], name="fk_footprint_batch_label_id"
        ),
        sa.CheckConstraint("count BETWEEN 1 AND 1000000", name="count_in_range"),
    )
    op.create_index("ix_footprint_batch_label_id", "footprint_batch", ["label_id"])
    op.create_table(
        "footprint_serial",
        sa.Column("serial_id", sa.Uuid, nullable=False),
        sa.Column("batch_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("pin_hash", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default=sa.text("'printed'")),
        sa.Column("sold_at", INSTANT),
        sa.Column("sold_by", sa.Uuid),
        sa.Column("claimed_at", INSTANT),
        sa.Column("claimant_id", sa.Uuid),
        sa.Column("voided_at", INSTANT),
        sa.PrimaryKeyConstraint("serial_id", name="pk_footprint_serial"),
        sa.UniqueConstraint("batch_id", "number", name="uq_footprint_serial_batch_id_number"),
        sa.UniqueConstraint("token_hash", name="uq_footprint_serial_token_hash"),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["footprint_batch.batch_id"], name="fk_footprint_serial_batch_id"
        ),
        sa.CheckConstraint(
            "state IN ('printed', 'shipped', 'sold', 'claimed', 'void')", name="state_known"
        ),
        sa.CheckConstraint(
            "(state IN ('sold', 'claimed')) <= (sold_at IS NOT NULL AND sold_by IS NOT NULL)",
            name="sale_dated",
        ),
        sa.CheckConstraint(
            "(state = 'claimed') = (claimed_at IS NOT NULL)"
            " AND (claimed_at IS NULL) = (claimant_id IS NULL)",
            name="claimed_by_somebody",
        ),
        sa.CheckConstraint("(state = 'void') = (voided_at IS NOT NULL)", name="void_dated"),
        # A serial is touched three times in its life and no index has its state.
        postgresql_with={"fillfactor": "85"},
    )
    op.create_index(
        "ix_footprint_serial_claimant", "footprint_serial", ["claimant_id", "claimed_at"]
    )
    op.create_table(
        "footprint_wrong_pin",
        sa.Column("try_id", sa.BigInteger, sa.Identity(always=True)),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("try_id", name="pk_footprint_wrong_pin"),
    )
    op.create_index("ix_footprint_wrong_pin_token", "footprint_wrong_pin", ["token_hash", "at"])
    op.create_index("ix_footprint_wrong_pin_person", "footprint_wrong_pin", ["person_id", "at"])
    op.execute(FOOTPRINT_NEVER_CHANGES)
