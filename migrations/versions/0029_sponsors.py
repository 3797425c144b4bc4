"""Who pays for a retirement, in shares that are the whole."""

import sqlalchemy as sa
from alembic import op

revision = "0029_sponsors"
down_revision = "0028_personal"
branch_labels = None
depends_on = None

WHOLE = """
CREATE FUNCTION credits_sponsors_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  whose uuid := coalesce(NEW.hold_id, OLD.hold_id);
BEGIN
  IF (SELECT sum(share_bp) FROM credits_sponsor WHERE hold_id = whose) <> 10000 THEN
    RAISE EXCEPTION 'shares of hold % are not 100 %%', whose USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER shares_are_whole AFTER INSERT OR UPDATE OR DELETE ON credits_sponsor
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION credits_sponsors_whole();
"""


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    table = "credits_sponsor"
    op.create_table(
        table,
        sa.Column("hold_id", sa.Uuid, nullable=False),
        sa.Column("place", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("share_bp", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("hold_id", "place", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(
            ["hold_id"], ["credits_hold.hold_id"], name=f"fk_{table}_hold_id_credits_hold"
        ),
        sa.CheckConstraint("share_bp BETWEEN 1 AND 10000", name="share_in_range"),
        sa.CheckConstraint("name <> ''", name="named"),
    )
    op.execute(WHOLE)
