"""Capture tickets: leave to photograph a place, once."""

import sqlalchemy as sa
from alembic import op

revision = "0013_capture_ticket"
down_revision = "0012_factor_quality"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    op.create_table(
        "evidence_ticket",
        sa.Column("ticket_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("place_id", sa.Uuid, nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spent_on", sa.Uuid),
        sa.Column("spent_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_evidence_ticket"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.person_id"], name="fk_evidence_ticket_person_id"
        ),
        sa.UniqueConstraint("spent_on", name="uq_evidence_ticket_spent_on"),
        sa.CheckConstraint("issued_at < valid_until", name="window_open"),
        sa.CheckConstraint("(spent_on IS NULL) = (spent_at IS NULL)", name="spent_whole"),
    )
    op.create_index(
        "ix_evidence_ticket_unspent",
        "evidence_ticket",
        ["valid_until"],
        postgresql_where=sa.text("spent_on IS NULL"),
    )
    # A ticket is given once and spent once: neither can be changed or taken back.
    op.execute(
        "CREATE TRIGGER spent_once BEFORE UPDATE ON evidence_ticket FOR EACH ROW"
        " WHEN (OLD.spent_on IS NOT NULL OR ROW(OLD.ticket_id, OLD.person_id, OLD.place_id,"
        " OLD.issued_at, OLD.valid_until) IS DISTINCT FROM ROW(NEW.ticket_id, NEW.person_id,"
        " NEW.place_id, NEW.issued_at, NEW.valid_until))"
        " EXECUTE FUNCTION refuse_change()"
    )
