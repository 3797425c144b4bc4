"""Verification: checklist, evidence, what labels stand on and what ends them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0020_verification"
down_revision = "0019_batches"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)

# What was computed stays; only the way through verification goes on, and only forward.
FOOTPRINT_NEVER_CHANGES = """
CREATE OR REPLACE FUNCTION footprint_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.footprint_id, NEW.product_id, NEW.number, NEW.document, NEW.sha256, NEW.ruleset,
      NEW.footprint_kg, NEW.declared_at, NEW.declared_by)
     IS DISTINCT FROM
     (OLD.footprint_id, OLD.product_id, OLD.number, OLD.document, OLD.sha256, OLD.ruleset,
      OLD.footprint_kg, OLD.declared_at, OLD.declared_by)
     OR NOT (OLD.state, NEW.state) IN (
       ('declared', 'submitted'), ('submitted', 'reviewed'), ('submitted', 'refused'),
       ('reviewed', 'verified'), ('reviewed', 'refused'))
  THEN
    RAISE EXCEPTION 'a footprint never changes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION footprint_label_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.withdrawn_at IS NOT NULL
     OR (NEW.label_id, NEW.footprint_id, NEW.basis, NEW.code, NEW.url, NEW.qr_svg, NEW.issued_at,
         NEW.issued_by, NEW.expires_at)
     IS DISTINCT FROM
     (OLD.label_id, OLD.footprint_id, OLD.basis, OLD.code, OLD.url, OLD.qr_svg, OLD.issued_at,
      OLD.issued_by, OLD.expires_at)
  THEN
    RAISE EXCEPTION 'a label never changes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
"""
ONLY_ADDED = "".join(
    f"CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION refuse_change();"
    for table in ("footprint_review", "footprint_change", "footprint_policy", "footprint_citation")
)


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    op.add_column("footprint_footprint", sa.Column("checklist", sa.Text))
    op.execute("ALTER TABLE footprint_footprint DROP CONSTRAINT ck_footprint_footprint_state_known")
    op.create_check_constraint(
        "state_known",
        "footprint_footprint",
        "state IN ('declared', 'submitted', 'reviewed', 'verified', 'refused')",
    )
    op.drop_index("ix_footprint_footprint_queue", "footprint_footprint")
    op.create_index(
        "ix_footprint_footprint_queue",
        "footprint_footprint",
        ["submitted_at"],
        postgresql_where=sa.text("state IN ('submitted', 'reviewed')"),
    )
    op.add_column(
        "footprint_label",
        sa.Column("basis", sa.Text, nullable=False, server_default=sa.text("'verified'")),
    )
    op.add_column("footprint_label", sa.Column("end_ground", sa.Text))
    op.create_check_constraint(
        "basis_known", "footprint_label", "basis IN ('self_declared', 'verified')"
    )
    op.create_check_constraint(
        "end_dated", "footprint_label", "end_ground IS NULL OR withdrawn_at IS NOT NULL"
    )
    op.drop_constraint("uq_footprint_label_footprint_id", "footprint_label")
    op.create_unique_constraint(
        "uq_footprint_label_footprint_id_basis", "footprint_label", ["footprint_id", "basis"]
    )
    op.execute(FOOTPRINT_NEVER_CHANGES)
    op.create_table(
        "evidence_document",
        sa.Column("document_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("sha256", sa.LargeBinary, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("document_id", name="pk_evidence_document"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.person_id"], name="fk_evidence_document_person_id"
        ),
        sa.CheckConstraint("octet_length(sha256) = 32", name="sha256_whole"),
        sa.CheckConstraint("size > 0", name="size_positive"),
    )
    op.create_index("ix_evidence_document_sha256", "evidence_document", ["sha256"])
    op.create_index(
        "ix_evidence_document_person", "evidence_document", ["person_id", "received_at"]
    )
    op.execute(
        "CREATE TRIGGER never_changes BEFORE UPDATE ON evidence_document"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.create_table(
        "footprint_review",
        sa.Column("review_id", sa.Uuid, nullable=False),
        sa.Column("footprint_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("checklist", sa.Text, nullable=False),
        sa.Column("answers", JSONB, nullable=False),
        sa.Column("reviewer_id", sa.Uuid, nullable=False),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("reviewed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("review_id", name="pk_footprint_review"),
        sa.UniqueConstraint(
            "footprint_id", "number", name="uq_footprint_review_footprint_id_number"
        ),
        sa.ForeignKeyConstraint(
            ["footprint_id"],
            ["footprint_footprint.footprint_id"],
            name="fk_footprint_review_footprint_id",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.organisation_id"],
            name="fk_footprint_review_organisation_id",
        ),
    )
    op.create_table(
        "footprint_attachment",
        sa.Column("document_id", sa.Uuid, nullable=False),
        sa.Column("footprint_id", sa.Uuid, nullable=False),
        sa.Column("row", sa.BigInteger),
        sa.Column("attached_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("document_id", name="pk_footprint_attachment"),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["evidence_document.document_id"],
            name="fk_footprint_attachment_document_id",
        ),
        sa.ForeignKeyConstraint(
            ["footprint_id"],
            ["footprint_footprint.footprint_id"],
            name="fk_footprint_attachment_footprint_id",
        ),
        sa.CheckConstraint('"row" > 0', name="row_counts"),
    )
    op.create_index(
        "ix_footprint_attachment_footprint_id", "footprint_attachment", ["footprint_id"]
    )
    op.create_table(
        "footprint_change",
        sa.Column("change_id", sa.Uuid, nullable=False),
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("declared_by", sa.Uuid, nullable=False),
        sa.Column("declared_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("change_id", name="pk_footprint_change"),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["footprint_product.product_id"],
            name="fk_footprint_change_product_id",
        ),
        sa.CheckConstraint("kind IN ('recipe', 'process', 'site')", name="kind_known"),
    )
    op.create_index("ix_footprint_change_product_id", "footprint_change", ["product_id"])
    op.create_table(
        "footprint_policy",
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("self_declared_years", sa.BigInteger, nullable=False),
        sa.Column("verified_years", sa.BigInteger, nullable=False),
        sa.Column("worse_percent", sa.Numeric, nullable=False),
        sa.Column("electricity_percent", sa.Numeric, nullable=False),
        sa.Column("set_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("valid_from", name="pk_footprint_policy"),
        sa.CheckConstraint(
            "self_declared_years BETWEEN 1 AND 10 AND verified_years BETWEEN 1 AND 10",
            name="years_plausible",
        ),
        sa.CheckConstraint("worse_percent > 0 AND electricity_percent > 0", name="limits_positive"),
    )
    op.create_table(
        "footprint_citation",
        sa.Column("citation", sa.Text, nullable=False),
        sa.Column("footprint_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("citation", "footprint_id", name="pk_footprint_citation"),
        sa.ForeignKeyConstraint(
            ["footprint_id"],
            ["footprint_footprint.footprint_id"],
            name="fk_footprint_citation_footprint_id",
        ),
    )
    op.create_index("ix_footprint_citation_footprint_id", "footprint_citation", ["footprint_id"])
    op.execute(
        "INSERT INTO footprint_citation"
        " SELECT jsonb_object_keys(document::jsonb -> 'factors'), footprint_id"
        " FROM footprint_footprint"
    )
    op.execute(ONLY_ADDED)
