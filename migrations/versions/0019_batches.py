"""Batches are made step by step from a seed, which leaves once."""

import sqlalchemy as sa
from alembic import op

revision = "0019_batches"
down_revision = "0018_factor_imports"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)

ONLY_ONCE = """
CREATE FUNCTION footprint_batch_only_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.batch_id, NEW.label_id, NEW.count, NEW.printed_at, NEW.printed_by)
     IS DISTINCT FROM (OLD.batch_id, OLD.label_id, OLD.count, OLD.printed_at, OLD.printed_by)
     OR NEW.made < OLD.made
     OR NEW.sealed_seed IS NOT NULL AND NEW.sealed_seed IS DISTINCT FROM OLD.sealed_seed
     OR OLD.left_at IS NOT NULL
        AND (NEW.left_at, NEW.left_by, NEW.left_as)
            IS DISTINCT FROM (OLD.left_at, OLD.left_by, OLD.left_as)
     OR OLD.shipped_at IS NOT NULL AND NEW.shipped_at IS DISTINCT FROM OLD.shipped_at
     OR OLD.voided_at IS NOT NULL AND NEW.voided_at IS DISTINCT FROM OLD.voided_at
  THEN
    RAISE EXCEPTION 'a batch is printed once and only goes forward'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER only_once BEFORE UPDATE ON footprint_batch
  FOR EACH ROW EXECUTE FUNCTION footprint_batch_only_once();
CREATE TRIGGER never_deleted BEFORE DELETE ON footprint_batch
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

CHECKS = {
    "made_in_range": "made BETWEEN 0 AND count",
    "left_to_somebody": "(left_at IS NULL) = (left_by IS NULL)"
    " AND (left_at IS NULL) = (left_as IS NULL)",
    "seed_until_it_left": "CASE WHEN left_at IS NULL AND voided_at IS NULL"
    " THEN sealed_seed IS NOT NULL ELSE sealed_seed IS NULL END",
    "left_when_made": "left_at IS NULL OR made = count",
    "shipped_after_it_left": "shipped_at IS NULL OR left_at IS NOT NULL",
}


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '30s'")
    op.add_column("footprint_batch", sa.Column("made", sa.BigInteger))
    op.add_column("footprint_batch", sa.Column("sealed_seed", sa.LargeBinary))
    op.add_column("footprint_batch", sa.Column("left_at", INSTANT))
    op.add_column("footprint_batch", sa.Column("left_by", sa.Uuid))
    op.add_column("footprint_batch", sa.Column("left_as", sa.Text))
    op.add_column("footprint_batch", sa.Column("voided_at", INSTANT))
    # Until now the secrets left in the request that printed them, as a list.
    op.execute(
        "UPDATE footprint_batch SET made = count, left_at = printed_at, left_by = printed_by,"
        " left_as = 'csv'"
    )
    op.alter_column("footprint_batch", "made", nullable=False)
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_footprint_batch_{name}"), "footprint_batch", rule)
    op.execute(ONLY_ONCE)
