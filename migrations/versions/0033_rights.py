"""Erasure and export: what people ask of their own data, and the one door in the guards."""

import sqlalchemy as sa
from alembic import op

revision = "0033_rights"
down_revision = "0031_shop"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)

# What is guarded stays guarded: while a person is being erased, and only then, exactly these
# columns may change. The setting names the erasure; it must have begun and not been called back.
# A later migration that guards a table with words of people replaces `rights_erasable`.
DOOR = """
CREATE FUNCTION rights_erasing() RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF coalesce(current_setting('puhui.erasing', true), '') = '' THEN
    RETURN false;
  END IF;
  RETURN EXISTS (
    SELECT FROM rights_erasure
     WHERE erasure_id = current_setting('puhui.erasing')::uuid AND begun_at IS NOT NULL);
END $$;

CREATE FUNCTION rights_erasable(p_table text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_table
    WHEN 'evidence_photo' THEN ARRAY['stored_sha256', 'latitude', 'longitude', 'taken_at']
    WHEN 'evidence_document' THEN ARRAY['name']
    WHEN 'rewards_review' THEN ARRAY['words']
    WHEN 'rewards_question' THEN ARRAY['words', 'answer']
    WHEN 'rewards_appeal' THEN ARRAY['words', 'answer']
    WHEN 'rewards_audit' THEN ARRAY['words']
    WHEN 'rewards_survey' THEN ARRAY['words', 'reason']
    WHEN 'rewards_duty' THEN ARRAY['words', 'reason']
    WHEN 'rewards_report' THEN ARRAY['words', 'document']
    WHEN 'rewards_adjustment' THEN ARRAY['ground', 'document']
    WHEN 'rewards_booking' THEN ARRAY['metres_away']
  END
$$;

CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  erasable text[] := rights_erasable(TG_TABLE_NAME);
BEGIN
  IF erasable IS NOT NULL AND TG_OP = 'UPDATE' AND TG_LEVEL = 'ROW' AND rights_erasing() THEN
    IF to_jsonb(NEW) - erasable = to_jsonb(OLD) - erasable THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

# A group's list of names is for checking in: it may be forgotten, whatever became of the booking.
NAMES = """
DROP TRIGGER booking_stays ON rewards_booking;
CREATE TRIGGER booking_stays BEFORE UPDATE ON rewards_booking FOR EACH ROW
  WHEN (OLD.cancelled_at IS NOT NULL
          AND (NEW.names <> '[]' OR to_jsonb(OLD) - 'names' <> to_jsonb(NEW) - 'names')
        OR ROW(OLD.booking_id, OLD.outing_id, OLD.person_id, OLD.organisation_id, OLD.places,
               OLD.booked_at)
           IS DISTINCT FROM
           ROW(NEW.booking_id, NEW.outing_id, NEW.person_id, NEW.organisation_id, NEW.places,
               NEW.booked_at))
  EXECUTE FUNCTION refuse_change();
"""

# An erasure goes one way: asked for, then either called back or begun and finished. A person who
# was erased stays erased.
GUARDS = """
CREATE TRIGGER never_deleted BEFORE DELETE ON rights_erasure
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER one_way BEFORE UPDATE ON rights_erasure FOR EACH ROW
  WHEN (OLD.called_back_at IS NOT NULL OR OLD.finished_at IS NOT NULL
        OR OLD.begun_at IS NOT NULL AND NEW.begun_at IS DISTINCT FROM OLD.begun_at
        OR ROW(OLD.erasure_id, OLD.person_id, OLD.asked_by, OLD.asked_at, OLD.due_at)
           IS DISTINCT FROM
           ROW(NEW.erasure_id, NEW.person_id, NEW.asked_by, NEW.asked_at, NEW.due_at))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stays_erased BEFORE UPDATE ON identity_person FOR EACH ROW
  WHEN (OLD.erased_at IS NOT NULL AND NEW.erased_at IS DISTINCT FROM OLD.erased_at)
  EXECUTE FUNCTION refuse_change();
"""


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        ["identity_person.person_id"],
        name=f"fk_{table}_{column}",
    )


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    op.add_column("identity_person", sa.Column("erased_at", INSTANT))
    op.create_check_constraint(
        "erased_is_nobody",
        "identity_person",
        "erased_at IS NULL OR phone_hash IS NULL AND birth_year IS NULL AND guardian_id IS NULL"
        " AND language IS NULL AND disabled_at IS NOT NULL AND display_name = '—'",
    )
    op.create_index(
        "ix_identity_person_erased",
        "identity_person",
        ["person_id"],
        postgresql_where=sa.text("erased_at IS NOT NULL"),
    )
    op.execute("ALTER TABLE identity_code DROP CONSTRAINT ck_identity_code_purpose_known")
    op.create_check_constraint(
        "purpose_known", "identity_code", "purpose IN ('sign_in', 'erasure')"
    )
    op.alter_column("evidence_photo", "stored_sha256", nullable=True)
    table = "rights_erasure"
    op.create_table(
        table,
        sa.Column("erasure_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("asked_by", sa.Uuid, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("called_back_by", sa.Uuid),
        sa.Column("called_back_at", INSTANT),
        sa.Column("begun_at", INSTANT),
        sa.Column("finished_at", INSTANT),
        sa.PrimaryKeyConstraint("erasure_id", name=f"pk_{table}"),
        _person(table, "person_id"),
        _person(table, "asked_by"),
        _person(table, "called_back_by"),
        sa.CheckConstraint("asked_at <= due_at", name="time_to_think"),
        sa.CheckConstraint(
            "(called_back_at IS NULL) = (called_back_by IS NULL)", name="called_back_by_someone"
        ),
        sa.CheckConstraint("called_back_at IS NULL OR begun_at IS NULL", name="one_end"),
        sa.CheckConstraint("begun_at >= due_at", name="not_before_its_day"),
        sa.CheckConstraint("finished_at >= begun_at", name="begun_first"),
    )
    op.create_index(
        "uq_rights_erasure_person",
        table,
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("called_back_at IS NULL"),
    )
    op.create_index(
        "ix_rights_erasure_due",
        table,
        ["due_at"],
        postgresql_where=sa.text("called_back_at IS NULL AND begun_at IS NULL"),
    )
    table = "rights_export"
    op.create_table(
        table,
        sa.Column("export_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("asked_by", sa.Uuid, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("size", sa.BigInteger),
        sa.Column("sha256", sa.LargeBinary),
        sa.Column("ready_at", INSTANT),
        sa.Column("expires_at", INSTANT),
        sa.Column("taken_at", INSTANT),
        sa.Column("removed_at", INSTANT),
        sa.PrimaryKeyConstraint("export_id", name=f"pk_{table}"),
        _person(table, "person_id"),
        _person(table, "asked_by"),
        sa.CheckConstraint(
            "(ready_at IS NULL) = (size IS NULL) AND (ready_at IS NULL) = (sha256 IS NULL)"
            " AND (ready_at IS NULL) = (expires_at IS NULL)",
            name="ready_whole",
        ),
        sa.CheckConstraint("taken_at IS NULL OR ready_at IS NOT NULL", name="taken_when_ready"),
    )
    op.create_index(f"ix_{table}_person", table, ["person_id", "asked_at"])
    op.create_index(
        f"ix_{table}_kept", table, ["asked_at"], postgresql_where=sa.text("removed_at IS NULL")
    )
    op.execute(DOOR)
    op.execute(NAMES)
    op.execute(GUARDS)
