"""The life of points: what a rule says of it, lots that mature and expire, reversals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0016_points_life"
down_revision = "0015_duty"
branch_labels = None
depends_on = None

# Rules published before they could say this: points of a planting were given once a verifier had
# agreed, so nothing is to be waited for; a purchase can be returned for seven days.
EARLIER_RULES = """
ALTER TABLE rewards_rule DISABLE TRIGGER append_only;
UPDATE rewards_rule SET matures_after_days = 7, evidence = 'serial', reviewed = false
 WHERE key = 'purchase';
ALTER TABLE rewards_rule ENABLE TRIGGER append_only;
"""

EARLIER_LOTS = """
INSERT INTO rewards_lot (lot_id, person_id, points, reversed, state, matures_on, warns_on,
                         expires_on)
SELECT award_id, person_id, points, 0, 'matured', day, (day + INTERVAL '5 years')::date - 90,
       (day + INTERVAL '5 years')::date
FROM rewards_award, LATERAL (SELECT (awarded_at AT TIME ZONE 'Asia/Shanghai')::date AS day) AS d
WHERE points > 0;
"""

# A lot only goes on: pending, then matured, then ended; or reversed. What it is stays.
GUARDS = """
CREATE TRIGGER never_deleted BEFORE DELETE ON rewards_lot
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON rewards_lot
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER lot_stays BEFORE UPDATE ON rewards_lot FOR EACH ROW
  WHEN (ROW(OLD.lot_id, OLD.person_id, OLD.points, OLD.matures_on, OLD.warns_on, OLD.expires_on)
        IS DISTINCT FROM
        ROW(NEW.lot_id, NEW.person_id, NEW.points, NEW.matures_on, NEW.warns_on, NEW.expires_on)
        OR NEW.reversed < OLD.reversed
        OR OLD.state IN ('ended', 'reversed') AND NEW.state <> OLD.state
        OR OLD.state = 'matured' AND NEW.state = 'pending')
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON rewards_reversal
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON rewards_reversal
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

# Many transfers of one move each, in one round trip: what a night's work needs. Names first, as
# in `ledger_transfer`; then the bounded accounts in the same order; then entries and balances as
# sets. A name that is known for the same move is passed over.
TRANSFER_EACH = """
CREATE FUNCTION ledger_transfer_each(
  p_reason text, p_occurred_at timestamptz,
  p_ids uuid[], p_sources text[], p_destinations text[], p_amounts bigint[]
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  fresh uuid[];
  wrong uuid;
BEGIN
  WITH made AS (
    INSERT INTO ledger_transfer (transfer_id, reason, moves, occurred_at)
    SELECT id, p_reason, source || '>' || destination || '>' || amount, p_occurred_at
      FROM unnest(p_ids, p_sources, p_destinations, p_amounts) AS t(id, source, destination, amount)
     ORDER BY id
    ON CONFLICT (transfer_id) DO NOTHING RETURNING transfer_id)
  SELECT coalesce(array_agg(transfer_id), '{}') INTO fresh FROM made;
  SELECT id INTO wrong
    FROM unnest(p_ids, p_sources, p_destinations, p_amounts) AS t(id, source, destination, amount)
    JOIN ledger_transfer ON transfer_id = id
   WHERE moves <> source || '>' || destination || '>' || amount LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'transfer % moved something else', wrong
      USING ERRCODE = 'unique_violation', CONSTRAINT = 'ledger_transfer_differs';
  END IF;

  INSERT INTO ledger_account (owner, unit, purpose, bounded)
  SELECT DISTINCT n[1], n[2], n[3], n[3] <> 'issued'
    FROM unnest(p_sources || p_destinations) AS name, string_to_array(name, '|') AS n
  ON CONFLICT (owner, unit, purpose) DO NOTHING;
  PERFORM FROM ledger_account
    WHERE bounded AND (owner, unit, purpose) IN (
      SELECT n[1], n[2], n[3]
        FROM unnest(p_sources || p_destinations) AS name, string_to_array(name, '|') AS n)
    ORDER BY (owner || '|' || unit || '|' || purpose) COLLATE "C" FOR UPDATE;

  WITH moved AS (
    SELECT * FROM unnest(p_ids, p_sources, p_destinations, p_amounts)
      WITH ORDINALITY AS t(id, source, destination, amount, place)
     WHERE id = ANY (fresh)),
  sides AS (
    SELECT id, string_to_array(source, '|') AS n, -amount AS amount, place FROM moved
    UNION ALL
    SELECT id, string_to_array(destination, '|'), amount, place FROM moved),
  written AS (
    INSERT INTO ledger_entry (transfer_id, account_id, amount, balance_after)
    SELECT id, account_id, amount,
           CASE WHEN bounded THEN balance + sum(amount) OVER (
             PARTITION BY account_id ORDER BY place, amount) END
      FROM sides JOIN ledger_account ON (owner, unit, purpose) = (n[1], n[2], n[3])
     ORDER BY place, amount
    RETURNING account_id, amount)
  UPDATE ledger_account a SET balance = balance + total
    FROM (SELECT account_id, sum(amount)::bigint AS total FROM written GROUP BY account_id) AS s
   WHERE a.account_id = s.account_id AND bounded;
  RETURN cardinality(fresh);
END $$;
"""


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    _rules()
    op.drop_constraint(op.f("ck_rewards_award_cause_known"), "rewards_award", type_="check")
    op.create_check_constraint("cause_named", "rewards_award", "cause_kind ~ '^[a-z_]{1,32}$'")
    op.drop_constraint(op.f("ck_rewards_award_cap_known"), "rewards_award", type_="check")
    op.create_check_constraint("cap_known", "rewards_award", "capped_by IN ('day', 'year', 'all')")
    op.add_column(
        "rewards_award",
        sa.Column("earlier_in_all", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    )
    op.create_table(
        "rewards_lot",
        sa.Column("lot_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("points", sa.BigInteger, nullable=False),
        sa.Column("reversed", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("matures_on", sa.Date, nullable=False),
        sa.Column("warns_on", sa.Date, nullable=False),
        sa.Column("expires_on", sa.Date, nullable=False),
        sa.Column("ended_by", sa.Uuid),
        sa.PrimaryKeyConstraint("lot_id", name="pk_rewards_lot"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.person_id"], name="fk_rewards_lot_person_id"
        ),
        sa.CheckConstraint("points > 0", name="points_positive"),
        sa.CheckConstraint("reversed BETWEEN 0 AND points", name="reversed_in_range"),
        sa.CheckConstraint(
            "state IN ('pending', 'matured', 'ended', 'reversed')", name="state_known"
        ),
        sa.CheckConstraint("(state = 'reversed') = (reversed = points)", name="reversed_in_whole"),
        sa.CheckConstraint("warns_on <= expires_on AND matures_on <= expires_on", name="in_order"),
        sa.CheckConstraint("(state = 'ended') = (ended_by IS NOT NULL)", name="ended_by_something"),
    )
    op.create_index(
        "ix_rewards_lot_pending",
        "rewards_lot",
        ["matures_on", "lot_id"],
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_rewards_lot_matured",
        "rewards_lot",
        ["expires_on", "lot_id"],
        postgresql_where=sa.text("state = 'matured'"),
    )
    op.create_index(
        "ix_rewards_lot_ended_by",
        "rewards_lot",
        ["ended_by"],
        postgresql_where=sa.text("ended_by IS NOT NULL"),
    )
    op.create_index("ix_rewards_lot_person", "rewards_lot", ["person_id", "expires_on"])
    op.create_table(
        "rewards_reversal",
        sa.Column("reversal_id", sa.Uuid, nullable=False),
        sa.Column("award_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("points", sa.BigInteger, nullable=False),
        sa.Column("taken", sa.BigInteger, nullable=False),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reversal_id", name="pk_rewards_reversal"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.person_id"], name="fk_rewards_reversal_person_id"
        ),
        sa.CheckConstraint("taken BETWEEN 0 AND points", name="taken_in_range"),
        sa.CheckConstraint("reason ~ '^[a-z_]{1,32}$'", name="reason_named"),
    )
    op.create_index("ix_rewards_reversal_award_id", "rewards_reversal", ["award_id"])
    op.execute(EARLIER_LOTS)
    op.execute(GUARDS)
    op.execute(TRANSFER_EACH)


def _rules() -> None:
    table = "rewards_rule"
    for column in (
        sa.Column("most_in_all", sa.BigInteger),
        sa.Column("matures_after_days", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("lasts_years", sa.BigInteger, nullable=False, server_default=sa.text("5")),
        sa.Column("warns_days", sa.BigInteger, nullable=False, server_default=sa.text("90")),
        sa.Column(
            "reporters", ARRAY(sa.Text), nullable=False, server_default=sa.text("'{self}'::text[]")
        ),
        sa.Column("evidence", sa.Text, nullable=False, server_default=sa.text("'photo'")),
        sa.Column("reviewed", sa.Boolean, nullable=False, server_default=sa.text("true")),
    ):
        op.add_column(table, column)
    op.drop_constraint(op.f(f"ck_{table}_measures_known"), table, type_="check")
    op.create_check_constraint(
        "measures_known", table, "measures IN ('tree', 'unit', 'hour', 'yuan', 'point')"
    )
    op.drop_constraint(op.f(f"ck_{table}_limits_positive"), table, type_="check")
    op.create_check_constraint(
        "limits_positive", table, "most_per_day > 0 AND most_per_year > 0 AND most_in_all > 0"
    )
    op.create_check_constraint("lasts_ten_years_at_most", table, "lasts_years BETWEEN 1 AND 10")
    op.create_check_constraint(
        "days_in_range", table, "matures_after_days BETWEEN 0 AND 365 AND warns_days > 0"
    )
    op.create_check_constraint(
        "reporters_known",
        table,
        "cardinality(reporters) > 0 AND reporters <@"
        " ARRAY['self', 'base', 'retailer', 'partner', 'operator']",
    )
    op.create_check_constraint(
        "evidence_known", table, "evidence IN ('photo', 'document', 'serial', 'none')"
    )
    op.execute(EARLIER_RULES)
