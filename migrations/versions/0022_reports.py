"""Reports of what was done, and who was let to make them."""

import sqlalchemy as sa
from alembic import op

revision = "0022_reports"
down_revision = "0021_function"
branch_labels = None
depends_on = None

GUARDS = """
CREATE TRIGGER never_deleted BEFORE DELETE ON rewards_report
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER report_stays BEFORE UPDATE ON rewards_report FOR EACH ROW
  WHEN (OLD.state <> 'logged' AND NEW.state <> OLD.state
        OR ROW(OLD.report_id, OLD.person_id, OLD.behaviour, OLD.quantity, OLD.done_on,
               OLD.reporter, OLD.reported_by, OLD.organisation_id, OLD.authorisation_id,
               OLD.logged_at)
           IS DISTINCT FROM
           ROW(NEW.report_id, NEW.person_id, NEW.behaviour, NEW.quantity, NEW.done_on,
               NEW.reporter, NEW.reported_by, NEW.organisation_id, NEW.authorisation_id,
               NEW.logged_at))
  EXECUTE FUNCTION refuse_change();
"""


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["identity_person.person_id"], name=f"fk_{table}_{column}"
    )


def _organisation(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id"],
        ["identity_organisation.organisation_id"],
        name=f"fk_{table}_organisation_id",
    )


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    op.create_table(
        "rewards_authorisation",
        sa.Column("authorisation_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("behaviour", sa.Text, nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("authorisation_id", name="pk_rewards_authorisation"),
        _person("rewards_authorisation", "person_id"),
        _organisation("rewards_authorisation"),
    )
    op.create_index("ix_rewards_authorisation_person_id", "rewards_authorisation", ["person_id"])
    op.create_table(
        "rewards_report",
        sa.Column("report_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("behaviour", sa.Text, nullable=False),
        sa.Column("quantity", sa.BigInteger, nullable=False),
        sa.Column("done_on", sa.Date, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("reporter", sa.Text, nullable=False),
        sa.Column("reported_by", sa.Uuid, nullable=False),
        sa.Column("organisation_id", sa.Uuid),
        sa.Column("authorisation_id", sa.Uuid),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.Uuid),
        sa.Column("words", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("report_id", name="pk_rewards_report"),
        _person("rewards_report", "person_id"),
        _person("rewards_report", "reported_by"),
        _person("rewards_report", "decided_by"),
        _organisation("rewards_report"),
        sa.ForeignKeyConstraint(
            ["authorisation_id"],
            ["rewards_authorisation.authorisation_id"],
            name="fk_rewards_report_authorisation_id",
        ),
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
        sa.CheckConstraint("state IN ('logged', 'approved', 'refused')", name="state_known"),
        sa.CheckConstraint("(state = 'logged') = (decided_at IS NULL)", name="decided_when_final"),
        sa.CheckConstraint("reporter IN ('self', 'base', 'retailer', 'partner')", name="reporter"),
        sa.CheckConstraint("(reporter = 'self') = (authorisation_id IS NULL)", name="authorised"),
        sa.CheckConstraint("state <> 'refused' OR words <> ''", name="refusal_has_words"),
    )
    op.create_index(
        "uq_rewards_report_document",
        "rewards_report",
        ["organisation_id", "behaviour", "document"],
        unique=True,
        postgresql_where=sa.text("organisation_id IS NOT NULL"),
    )
    op.create_index(
        "ix_rewards_report_person", "rewards_report", ["person_id", "logged_at", "report_id"]
    )
    op.create_index(
        "ix_rewards_report_waiting",
        "rewards_report",
        ["logged_at", "report_id"],
        postgresql_where=sa.text("state = 'logged'"),
    )
    op.create_table(
        "rewards_report_photo",
        sa.Column("report_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("photo_id", sa.Uuid, nullable=False),
        sa.Column("original_sha256", sa.LargeBinary, nullable=False),
        sa.Column("live", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("report_id", "position", name="pk_rewards_report_photo"),
        sa.ForeignKeyConstraint(
            ["report_id"], ["rewards_report.report_id"], name="fk_rewards_report_photo_report_id"
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["evidence_photo.photo_id"], name="fk_rewards_report_photo_photo_id"
        ),
        sa.CheckConstraint("position BETWEEN 1 AND 5", name="position_in_range"),
    )
    op.create_index(
        "uq_rewards_report_photo_bytes",
        "rewards_report_photo",
        ["original_sha256"],
        unique=True,
        postgresql_where=sa.text("live"),
    )
    op.execute(GUARDS)
