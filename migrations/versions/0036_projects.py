"""Projects have versions, documents and reserves; serials are encumbered or cancelled in part."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import INT8RANGE, JSONB

revision = "0036_projects"
down_revision = "0035_paying"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
KINDS = "'ffcer', 'ccer', 'vcs', 'forest_ticket', 'single_tree', 'one_yuan'"
REASONS = "'correction', 'migrated', 'compliance', 'judicial', 'elsewhere', 'reversal'"

APPEND_ONLY = "\n".join(
    f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION refuse_change();"
    f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
    for table in (
        "credits_project_version",
        "credits_project_document",
        "credits_reserve_share",
        "credits_encumbrance",
        "credits_cancellation",
    )
)

# A reserve is never sold: what leaves it is cancelled. What was kept because of somebody's right
# goes back on sale, or is cancelled because it was used.
GUARD = """
CREATE OR REPLACE FUNCTION credits_block_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'serials do not disappear' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.state IN ('retired', 'cancelled') THEN
    RAISE EXCEPTION '% is final', OLD.state USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (OLD.state, NEW.state) NOT IN (
       ('available', 'available'), ('available', 'held'), ('available', 'cancelled'),
       ('held', 'available'), ('held', 'retired'))
     AND NOT (OLD.kept IS NOT NULL AND (OLD.state, NEW.state) IN (
       ('held', 'held'), ('held', 'cancelled'))) THEN
    RAISE EXCEPTION 'a block does not go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.kept IS NOT NULL AND (
       NEW.state = 'retired' OR NEW.hold_id IS NOT NULL
       OR NEW.state = 'held' AND (NEW.kept, NEW.encumbrance_id)
          IS DISTINCT FROM (OLD.kept, OLD.encumbrance_id)
       OR NEW.state = 'available' AND OLD.kept = 'reserve') THEN
    RAISE EXCEPTION 'what is kept as % is not sold', OLD.kept
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.batch_id <> OLD.batch_id OR NOT NEW.serials <@ OLD.serials
     OR (NEW.serials <> OLD.serials AND OLD.state <> 'available' AND OLD.kept IS NULL) THEN
    RAISE EXCEPTION 'a block keeps its serials' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION credits_batch_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.batch_id, NEW.project_id, NEW.kind, NEW.granularity_kg, NEW.registry_name,
      NEW.serial_block, NEW.serial_text, NEW.serials, NEW.quantity_kg,
      NEW.period_starts, NEW.period_ends, NEW.details)
     IS DISTINCT FROM
     (OLD.batch_id, OLD.project_id, OLD.kind, OLD.granularity_kg, OLD.registry_name,
      OLD.serial_block, OLD.serial_text, OLD.serials, OLD.quantity_kg,
      OLD.period_starts, OLD.period_ends, OLD.details) THEN
    RAISE EXCEPTION 'what was issued does not change'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION credits_project_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (NEW.project_id, NEW.code, NEW.created_at)
     IS DISTINCT FROM (OLD.project_id, OLD.code, OLD.created_at)
     OR NEW.version <> OLD.version + 1 THEN
    RAISE EXCEPTION 'a project is only described anew, one version after the other'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON credits_project
  FOR EACH ROW EXECUTE FUNCTION credits_project_guard();
"""

SAID_BEFORE = """
INSERT INTO credits_project_version
SELECT project_id, 1, name, name_en, county_code, place, place_en, method, '', beneficiaries,
       beneficiaries_en, households, source, '', NULL, created_at
  FROM credits_project;
INSERT INTO credits_encumbrance (encumbrance_id, batch_id, encumbrance, serials, quantity_kg,
                                 claimant, note, document, lifts, recorded_by, recorded_at)
SELECT gen_random_uuid(), batch_id, encumbrance, NULL, quantity_kg, '', encumbrance_note, '', NULL,
       NULL, imported_at
  FROM credits_batch WHERE encumbrance <> 'none';
"""


def _person(table: str, *, nullable: bool = False) -> tuple[sa.Column[object], sa.Constraint]:
    return (
        sa.Column("recorded_by", sa.Uuid, nullable=nullable),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["identity_person.person_id"],
            name=f"fk_{table}_recorded_by_identity_person",
        ),
    )


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [target], name=f"fk_{table}_{column}_{target.split('.')[0]}"
    )


def _texts(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '60s'")
    op.add_column(
        "credits_project",
        sa.Column("method_en", sa.Text, nullable=False, server_default=sa.text("''")),
    )
    op.add_column(
        "credits_project",
        sa.Column("version", sa.BigInteger, nullable=False, server_default=sa.text("1")),
    )
    op.add_column(
        "credits_batch",
        sa.Column("details", JSONB, nullable=False, server_default=sa.text("'{}'")),
    )
    op.create_index("ix_credits_batch_serial_block", "credits_batch", ["serial_block"])
    table = "credits_project_version"
    op.create_table(
        table,
        sa.Column("project_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        *_texts("name", "name_en", "county_code", "place", "place_en", "method", "method_en"),
        *_texts("beneficiaries", "beneficiaries_en"),
        sa.Column("households", sa.BigInteger),
        *_texts("source", "why"),
        *_person(table, nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "version", name=f"pk_{table}"),
        _to(table, "project_id", "credits_project.project_id"),
        sa.CheckConstraint("version > 0", name="version_positive"),
    )
    table = "credits_project_document"
    op.create_table(
        table,
        sa.Column("document_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("project_id", sa.Uuid, nullable=False),
        *_texts("title", "title_en"),
        sa.Column("dated", sa.Date, nullable=False),
        sa.Column("is_public", sa.Boolean, nullable=False),
        *_person(table),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("document_id", "version", name=f"pk_{table}"),
        _to(table, "document_id", "evidence_document.document_id"),
        _to(table, "project_id", "credits_project.project_id"),
        sa.CheckConstraint("version > 0", name="version_positive"),
    )
    op.create_index(f"ix_{table}_project_id", table, ["project_id"])
    table = "credits_reserve_share"
    op.create_table(
        table,
        sa.Column("share_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text),
        sa.Column("project_id", sa.Uuid),
        sa.Column("share_bp", sa.BigInteger, nullable=False),
        *_texts("source"),
        *_person(table),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("share_id", name=f"pk_{table}"),
        _to(table, "project_id", "credits_project.project_id"),
        sa.CheckConstraint(f"kind IN ({KINDS})", name="kind_known"),
        sa.CheckConstraint("(kind IS NULL) <> (project_id IS NULL)", name="of_kind_or_project"),
        sa.CheckConstraint("share_bp BETWEEN 0 AND 10000", name="share_in_range"),
    )
    for column in ("kind", "project_id"):
        op.create_index(
            f"ix_{table}_{column}",
            table,
            [column],
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
    table = "credits_encumbrance"
    op.create_table(
        table,
        sa.Column("encumbrance_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("batch_id", sa.Uuid, nullable=False),
        *_texts("encumbrance"),
        sa.Column("serials", INT8RANGE),
        sa.Column("quantity_kg", sa.BigInteger, nullable=False),
        *_texts("claimant", "note", "document"),
        sa.Column("lifts", sa.Uuid),
        *_person(table, nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("encumbrance_id", name=f"pk_{table}"),
        sa.UniqueConstraint("lifts", name=f"uq_{table}_lifts"),
        _to(table, "batch_id", "credits_batch.batch_id"),
        _to(table, "lifts", "credits_encumbrance.encumbrance_id"),
        sa.CheckConstraint(
            "encumbrance IN ('none', 'pledged', 'disputed', 'used')", name="encumbrance_known"
        ),
        sa.CheckConstraint(
            "serials IS NULL OR (encumbrance = 'none') = (lifts IS NOT NULL)", name="part_lifted"
        ),
        sa.CheckConstraint("lifts IS NULL OR serials IS NOT NULL", name="only_parts_lifted"),
        sa.CheckConstraint("quantity_kg > 0", name="quantity_positive"),
    )
    op.create_index(f"ix_{table}_batch_id", table, ["batch_id", "number"])
    table = "credits_cancellation"
    op.create_table(
        table,
        sa.Column("cancellation_id", sa.Uuid, nullable=False),
        sa.Column("batch_id", sa.Uuid, nullable=False),
        *_texts("reason"),
        sa.Column("quantity_kg", sa.BigInteger, nullable=False),
        *_texts("claimant", "document", "says_zh", "says_en"),
        sa.Column("year", sa.BigInteger),
        sa.Column("confirmed_t", sa.Numeric),
        sa.Column("reversal_id", sa.Uuid),
        *_person(table),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("cancellation_id", name=f"pk_{table}"),
        _to(table, "batch_id", "credits_batch.batch_id"),
        _to(table, "reversal_id", "credits_reversal.reversal_id"),
        sa.CheckConstraint(f"reason IN ({REASONS})", name="reason_known"),
        sa.CheckConstraint("quantity_kg > 0", name="quantity_positive"),
        sa.CheckConstraint(
            "(reason = 'compliance') = (confirmed_t IS NOT NULL)"
            " AND (reason = 'compliance') = (year IS NOT NULL)",
            name="compliance_of_a_year",
        ),
        sa.CheckConstraint("confirmed_t > 0", name="confirmed_positive"),
        sa.CheckConstraint(
            "(reason = 'reversal') = (reversal_id IS NOT NULL)", name="reversal_covered"
        ),
    )
    op.create_index(f"ix_{table}_batch_id", table, ["batch_id"])
    op.create_index(
        f"ix_{table}_reversal_id",
        table,
        ["reversal_id"],
        postgresql_where=sa.text("reversal_id IS NOT NULL"),
    )
    op.create_index(
        f"ix_{table}_compliance",
        table,
        ["claimant", "year"],
        postgresql_where=sa.text("reason = 'compliance'"),
    )
    _blocks()
    op.execute(SAID_BEFORE)
    op.execute(GUARD)
    op.execute(APPEND_ONLY)


def _blocks() -> None:
    table = "credits_block"
    for column, kind, target in (
        ("kept", sa.Text(), None),
        ("encumbrance_id", sa.Uuid(), "credits_encumbrance"),
        ("cancellation_id", sa.Uuid(), "credits_cancellation"),
    ):
        op.add_column(table, sa.Column(column, kind))
        if target:
            op.create_foreign_key(
                f"fk_{table}_{column}_{target}", table, target, [column], [column]
            )
    op.drop_constraint(op.f(f"ck_{table}_hold_exactly_if_taken"), table)
    for name, rule in (
        (
            "hold_exactly_if_taken",
            "(hold_id IS NOT NULL) = (state IN ('held', 'retired') AND kept IS NULL)",
        ),
        ("kept_known", "kept IN ('reserve', 'encumbrance')"),
        ("kept_only_if_held", "kept IS NULL OR state = 'held'"),
        (
            "encumbrance_exactly_if_encumbered",
            "(encumbrance_id IS NOT NULL) = (kept IS NOT DISTINCT FROM 'encumbrance')",
        ),
        (
            "cancellation_exactly_if_cancelled",
            "(cancellation_id IS NOT NULL) = (state = 'cancelled')",
        ),
    ):
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)
    op.create_index(
        f"ix_{table}_kept", table, ["batch_id"], postgresql_where=sa.text("kept IS NOT NULL")
    )
    op.create_index(
        f"ix_{table}_cancellation_id",
        table,
        ["cancellation_id"],
        postgresql_where=sa.text("cancellation_id IS NOT NULL"),
    )
