"""Ledger: accounts, transfers, entries, and the one function that writes them."""

import sqlalchemy as sa
from alembic import op

revision = "0003_ledger"
down_revision = "0002_identity"
branch_labels = None
depends_on = None

APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_transfer
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_entry
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger_transfer
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger_entry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE OR DELETE ON ledger_account
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

SUM_TO_ZERO = """
CREATE FUNCTION ledger_sums_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wrong record;
BEGIN
  SELECT a.unit, sum(e.amount) AS total INTO wrong
    FROM ledger_entry e JOIN ledger_account a USING (account_id)
   WHERE e.transfer_id = NEW.transfer_id
   GROUP BY a.unit HAVING sum(e.amount) <> 0 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'transfer % does not sum to zero in %', NEW.transfer_id, wrong.unit
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER sums_to_zero AFTER INSERT ON ledger_entry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_sums_to_zero();
"""

# The transfer's name is inserted first: a second caller with the same name waits there, and then
# sees a repetition. Accounts are taken in name order, each once with what it gains or loses in
# all, so two opposite transfers cannot deadlock. An `issued` account is only read: it has no
# balance row to fight for, so awards to two people never wait for each other. A balance below
# zero meets the CHECK constraint and takes the whole transaction with it.
TRANSFER = """
CREATE FUNCTION ledger_transfer(
  p_id uuid, p_reason text, p_occurred_at timestamptz,
  p_sources text[], p_destinations text[], p_amounts bigint[]
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  asked text := array_to_string(p_sources, ',') || '>' || array_to_string(p_destinations, ',')
             || '>' || array_to_string(p_amounts, ',');
  known text;
  side record;
  n text[];
  at_account bigint;
  after bigint;
BEGIN
  INSERT INTO ledger_transfer (transfer_id, reason, moves, occurred_at)
  VALUES (p_id, p_reason, asked, p_occurred_at)
  ON CONFLICT (transfer_id) DO NOTHING;
  IF NOT FOUND THEN
    SELECT moves INTO known FROM ledger_transfer WHERE transfer_id = p_id;
    RETURN CASE WHEN known = asked THEN 'repeated' ELSE 'differs' END;
  END IF;

  FOR side IN
    SELECT name, sum(amount)::bigint AS amount
      FROM (SELECT unnest(p_sources) AS name, -unnest(p_amounts) AS amount
            UNION ALL
            SELECT unnest(p_destinations), unnest(p_amounts)) AS both_sides
     GROUP BY name HAVING sum(amount) <> 0
     ORDER BY name COLLATE "C"
  LOOP
    n := string_to_array(side.name, '|');
    after := NULL;
    IF n[3] = 'issued' THEN
      SELECT account_id INTO at_account FROM ledger_account
       WHERE owner = n[1] AND unit = n[2] AND purpose = n[3];
      IF NOT FOUND THEN
        INSERT INTO ledger_account (owner, unit, purpose, bounded)
        VALUES (n[1], n[2], n[3], false)
        ON CONFLICT (owner, unit, purpose) DO NOTHING;
        SELECT account_id INTO at_account FROM ledger_account
         WHERE owner = n[1] AND unit = n[2] AND purpose = n[3];
      END IF;
    ELSE
      UPDATE ledger_account SET balance = balance + side.amount
       WHERE owner = n[1] AND unit = n[2] AND purpose = n[3]
      RETURNING account_id, balance INTO at_account, after;
      IF NOT FOUND THEN
        -- Inserted at zero first: the CHECK would refuse a loss before the conflict is seen.
        INSERT INTO ledger_account (owner, unit, purpose, bounded)
        VALUES (n[1], n[2], n[3], true)
        ON CONFLICT (owner, unit, purpose) DO NOTHING;
        UPDATE ledger_account SET balance = balance + side.amount
         WHERE owner = n[1] AND unit = n[2] AND purpose = n[3]
        RETURNING account_id, balance INTO at_account, after;
      END IF;
    END IF;
    INSERT INTO ledger_entry (transfer_id, account_id, amount, balance_after)
    VALUES (p_id, at_account, side.amount, after);
  END LOOP;
  RETURN 'moved';
END $$;
"""


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    op.create_table(
        "ledger_account",
        sa.Column("account_id", sa.BigInteger, sa.Identity(always=True)),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("bounded", sa.Boolean, nullable=False),
        sa.Column("balance", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.PrimaryKeyConstraint("account_id", name="pk_ledger_account"),
        sa.UniqueConstraint(
            "owner", "unit", "purpose", name="uq_ledger_account_owner_unit_purpose"
        ),
        sa.CheckConstraint("balance >= 0", name="balance_not_negative"),
        sa.CheckConstraint("bounded = (purpose <> 'issued')", name="only_issued_unbounded"),
        sa.CheckConstraint("bounded OR balance = 0", name="unbounded_keeps_no_balance"),
        # Balances change in place: room on the page keeps the update off the indexes.
        postgresql_with={"fillfactor": "70"},
    )
    op.create_table(
        "ledger_transfer",
        sa.Column("transfer_id", sa.Uuid, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("moves", sa.Text, nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.text("clock_timestamp()"),
        ),
        sa.PrimaryKeyConstraint("transfer_id", name="pk_ledger_transfer"),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("entry_id", sa.BigInteger, sa.Identity(always=True)),
        sa.Column("transfer_id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.BigInteger, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("balance_after", sa.BigInteger),
        sa.PrimaryKeyConstraint("entry_id", name="pk_ledger_entry"),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["ledger_transfer.transfer_id"], name="fk_ledger_entry_transfer_id"
        ),
        sa.CheckConstraint("amount <> 0", name="amount_not_zero"),
    )
    op.create_index("ix_ledger_entry_transfer_id", "ledger_entry", ["transfer_id"])
    op.create_index("ix_ledger_entry_account", "ledger_entry", ["account_id", "entry_id"])
    op.execute(APPEND_ONLY)
    op.execute(SUM_TO_ZERO)
    op.execute(TRANSFER)
