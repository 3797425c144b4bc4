"""Links by which attendees tell their own trip, their answers, and long lists that wait."""

import sqlalchemy as sa
from alembic import op

revision = "0038_gather"
down_revision = "0032_together"
branch_labels = None
depends_on = None

# Whoever holds a link must not find it pointing at another event, and what is closed stays closed.
KEPT = """
CREATE FUNCTION events_keep_enquiry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE'
     AND to_jsonb(NEW) - '{expires_at,closed_at,voided_at}'::text[]
       = to_jsonb(OLD) - '{expires_at,closed_at,voided_at}'::text[]
     AND (OLD.closed_at IS NULL OR NEW.expires_at = OLD.expires_at)
     AND (OLD.closed_at IS NULL OR NEW.closed_at = OLD.closed_at)
     AND (OLD.voided_at IS NULL OR NEW.voided_at = OLD.voided_at) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a link belongs to its event and is closed once'
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON events_enquiry
  FOR EACH ROW EXECUTE FUNCTION events_keep_enquiry();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON events_enquiry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _foreign(column: str, table: str, to: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column(column, sa.Uuid, nullable=False),
        sa.ForeignKeyConstraint([column], [to], name=f"fk_{table}_{column}_{to.split('.')[0]}"),
    ]


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    table = "events_enquiry"
    op.create_table(
        table,
        sa.Column("enquiry_id", sa.Uuid, nullable=False),
        *_foreign("event_id", table, "events_event.event_id"),
        sa.Column("code", sa.Text, nullable=False),
        *_foreign("opened_by", table, "identity_person.person_id"),
        _instant("opened_at"),
        _instant("expires_at"),
        _instant("closed_at", nullable=True),
        _instant("voided_at", nullable=True),
        sa.PrimaryKeyConstraint("enquiry_id", name=f"pk_{table}"),
        sa.UniqueConstraint("code", name=f"uq_{table}_code"),
        sa.CheckConstraint("expires_at > opened_at", name="expires_later"),
        sa.CheckConstraint("voided_at IS NULL OR closed_at IS NOT NULL", name="void_is_closed"),
    )
    op.create_index(
        f"uq_{table}_open",
        table,
        ["event_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(f"ix_{table}_event", table, ["event_id", "opened_at"])
    op.execute(KEPT)
    table = "events_answer"
    op.create_table(
        table,
        sa.Column("answer_id", sa.Uuid, nullable=False),
        *_foreign("event_id", table, "events_event.event_id"),
        *_foreign("enquiry_id", table, "events_enquiry.enquiry_id"),
        sa.Column("code_sha256", sa.LargeBinary, nullable=False),
        sa.Column("city", sa.Text, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("nights", sa.BigInteger, nullable=True),
        sa.Column("sharing", sa.BigInteger, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        _instant("answered_at"),
        _instant("changed_at"),
        sa.PrimaryKeyConstraint("answer_id", name=f"pk_{table}"),
        sa.UniqueConstraint("code_sha256", name=f"uq_{table}_code_sha256"),
        sa.CheckConstraint("nights BETWEEN 0 AND 366", name="nights_plausible"),
        sa.CheckConstraint("sharing BETWEEN 1 AND 60", name="sharing_plausible"),
        sa.CheckConstraint("version > 0", name="version_counts"),
    )
    op.create_index(f"ix_{table}_event", table, ["event_id", "enquiry_id"])
    table = "events_waiting_list"
    op.create_table(
        table,
        sa.Column("list_id", sa.Uuid, nullable=False),
        *_foreign("event_id", table, "events_event.event_id"),
        sa.Column("file_sha256", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=True),
        sa.Column("lines", sa.BigInteger, nullable=False),
        *_foreign("sent_by", table, "identity_person.person_id"),
        _instant("sent_at"),
        sa.PrimaryKeyConstraint("list_id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_event_id", table, ["event_id"])
