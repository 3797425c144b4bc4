"""What grows: a night reads the accounts that it moves, a search the rows that may match."""

import sqlalchemy as sa
from alembic import op

revision = "0042_growth"
down_revision = "0041_signals"
branch_labels = None
depends_on = None

# As migration 0034 has it, but that an entry's account and transfer are looked up one by one.
# Joined, a step's twenty thousand entries made PostgreSQL read every account there is, which is
# cheaper for one step and dear for a hundred of them. OFFSET 0 keeps it from joining; and a plan
# that was made while the tables were small is kept, so it must not be one that reads them whole.
SUM_TO_ZERO = """
CREATE OR REPLACE FUNCTION ledger_sums_to_zero() RETURNS trigger
LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
  wrong record;
BEGIN
  SELECT f.transfer_id, a.unit INTO wrong
    FROM fresh f LEFT JOIN LATERAL (
         SELECT unit FROM ledger_account WHERE account_id = f.account_id OFFSET 0) AS a ON true
   GROUP BY f.transfer_id, a.unit HAVING sum(f.amount) <> 0 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'transfer % does not sum to zero in %', wrong.transfer_id, wrong.unit
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  SELECT f.transfer_id INTO wrong FROM fresh f
   WHERE NOT EXISTS (
         SELECT FROM ledger_transfer t WHERE t.transfer_id = f.transfer_id OFFSET 0) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'there is no transfer %', wrong.transfer_id
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
"""

# Changes balances of accounts that the caller has locked, each once. Its only plans are those
# that take the accounts by their numbers: an update cannot be told so in its own words.
SETTLE = """
CREATE FUNCTION ledger_settle(p_accounts bigint[], p_amounts bigint[]) RETURNS void
LANGUAGE plpgsql SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  UPDATE ledger_account a SET balance = balance + amount
    FROM unnest(p_accounts, p_amounts) AS t(account_id, amount)
   WHERE a.account_id = t.account_id AND bounded;
END $$;
"""

# As migration 0034 has it, but that every account is looked up by its name, and only those of
# this call. Names first, in their order; then the bounded accounts in name order, as
# `ledger_transfer` takes them; then entries and balances as sets. What is fresh is told by the
# insert itself, so nothing is looked up that was in hand. Planned anew in every call: a plan made
# for ten transfers would take hours over ten thousand.
TRANSFER_EACH = """
CREATE OR REPLACE FUNCTION ledger_transfer_each(
  p_reason text, p_occurred_at timestamptz,
  p_ids uuid[], p_sources text[], p_destinations text[], p_amounts bigint[]
) RETURNS bigint
LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan SET enable_seqscan = off AS $$
DECLARE
  wrong uuid;
  ids uuid[];
  sources text[];
  destinations text[];
  amounts bigint[];
  used text[];
  names text[];
  accounts bigint[];
  balances bigint[];
  moved bigint[];
  totals bigint[];
BEGIN
  WITH made AS (
    INSERT INTO ledger_transfer (transfer_id, reason, moves, occurred_at)
    SELECT id, p_reason, source || '>' || destination || '>' || amount, p_occurred_at
      FROM unnest(p_ids, p_sources, p_destinations, p_amounts) AS t(id, source, destination, amount)
     ORDER BY id
    ON CONFLICT (transfer_id) DO NOTHING RETURNING transfer_id, moves)
  SELECT array_agg(transfer_id), array_agg(split_part(moves, '>', 1)),
         array_agg(split_part(moves, '>', 2)), array_agg(split_part(moves, '>', 3)::bigint)
    INTO ids, sources, destinations, amounts FROM made;
  IF cardinality(ids) IS DISTINCT FROM cardinality(p_ids) THEN
    SELECT id INTO wrong
      FROM unnest(p_ids, p_sources, p_destinations, p_amounts)
             AS t(id, source, destination, amount),
           LATERAL (SELECT moves FROM ledger_transfer WHERE transfer_id = id OFFSET 0) AS known
     WHERE moves <> source || '>' || destination || '>' || amount LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'transfer % moved something else', wrong
        USING ERRCODE = 'unique_violation', CONSTRAINT = 'ledger_transfer_differs';
    END IF;
  END IF;
  IF ids IS NULL THEN
    RETURN 0;
  END IF;

  SELECT array_agg(name ORDER BY name COLLATE "C") INTO used
    FROM (SELECT DISTINCT unnest(sources || destinations) AS name) AS each_once;
  INSERT INTO ledger_account (owner, unit, purpose, bounded)
  SELECT n[1], n[2], n[3], n[3] <> 'issued'
    FROM unnest(used) AS name, string_to_array(name, '|') AS n
   WHERE NOT EXISTS (SELECT FROM ledger_account a
                      WHERE (a.owner, a.unit, a.purpose) = (n[1], n[2], n[3]) OFFSET 0)
  ON CONFLICT (owner, unit, purpose) DO NOTHING;
  -- The names come in order, and each is looked up and locked before the next.
  SELECT array_agg(name), array_agg(account_id), array_agg(balance)
    INTO names, accounts, balances
    FROM unnest(used) AS name, LATERAL (
         SELECT account_id, balance FROM ledger_account
          WHERE (owner, unit, purpose) =
                (split_part(name, '|', 1), split_part(name, '|', 2), split_part(name, '|', 3))
            AND bounded
            FOR UPDATE) AS held;

  WITH known AS (
    SELECT * FROM unnest(names, accounts, balances) AS t(name, account_id, balance)
    UNION ALL
    SELECT name, account_id, NULL
      FROM unnest(used) AS name, LATERAL (
           SELECT account_id FROM ledger_account
            WHERE (owner, unit, purpose) =
                  (split_part(name, '|', 1), split_part(name, '|', 2), split_part(name, '|', 3))
           OFFSET 0) AS issued
     WHERE name LIKE '%|issued'),
  sides AS (
    SELECT id, source AS name, -amount AS amount FROM unnest(ids, sources, amounts)
           AS t(id, source, amount)
    UNION ALL
    SELECT id, destination, amount FROM unnest(ids, destinations, amounts)
           AS t(id, destination, amount)),
  written AS (
    INSERT INTO ledger_entry (transfer_id, account_id, amount, balance_after)
    SELECT id, account_id, amount,
           balance + sum(amount) OVER (PARTITION BY account_id ORDER BY id, amount)
      FROM sides JOIN known USING (name)
     ORDER BY id, amount
    RETURNING account_id, amount)
  SELECT array_agg(account_id), array_agg(total) INTO moved, totals
    FROM (SELECT account_id, sum(amount)::bigint AS total FROM written GROUP BY account_id) AS s;
  PERFORM ledger_settle(moved, totals);
  RETURN cardinality(ids);
END $$;
"""

# Every run of one, two or three characters of two texts, in lower case as `icontains` compares
# them. A text that holds a needle has all the needle's runs, so an index of runs leaves few rows
# to look at. Chinese has no spaces to find words by, and pg_trgm finds no letters in it under the
# collation C: hence our own. Not PARALLEL SAFE: to start other processes takes longer than to look.
GRAMS = """
CREATE FUNCTION credits_grams(p_text text, p_other text) RETURNS text[]
LANGUAGE sql IMMUTABLE AS $$
  SELECT array_agg(DISTINCT substr(words, place, length))
    FROM (VALUES (lower(p_text)), (lower(p_other))) AS t(words),
         generate_series(1, 3) AS length,
         generate_series(1, length(words) - length + 1) AS place
$$;

-- The longest runs of a needle, all of which a text that holds it has.
CREATE FUNCTION credits_grams_of(p_needle text) RETURNS text[]
LANGUAGE sql IMMUTABLE AS $$
  SELECT array_agg(DISTINCT substr(words, place, size))
    FROM (SELECT lower(p_needle) AS words, least(3, length(lower(p_needle))) AS size) AS t,
         generate_series(1, length(words) - size + 1) AS place
$$;
"""

# Nothing is put off into a list that every search would have to read through, and no statistics
# are gathered of what only ever is looked up.
SEARCHED = """
CREATE INDEX ix_credits_retirement_grams ON credits_retirement
  USING gin (credits_grams(title, title_en)) WITH (fastupdate = off);
ALTER INDEX ix_credits_retirement_grams ALTER COLUMN 1 SET STATISTICS 0;
CREATE INDEX ix_credits_beneficiary_grams ON credits_beneficiary
  USING gin (credits_grams(name, name_en)) WITH (fastupdate = off);
ALTER INDEX ix_credits_beneficiary_grams ALTER COLUMN 1 SET STATISTICS 0;
"""

# What has been retired for each kind of purpose and in each year. Each connection adds to a row of
# its own, so that no retirement waits for another; a sum over the shards is the sum.
TALLY = """
CREATE FUNCTION credits_tally_retirement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO credits_tally AS t (purpose_kind, year, shard, retirements, quantity_kg)
  VALUES (NEW.purpose_kind, date_part('year', NEW.retired_at AT TIME ZONE 'Asia/Shanghai'),
          pg_backend_pid() % 64, 1, NEW.quantity_kg)
  ON CONFLICT (purpose_kind, year, shard) DO UPDATE
     SET retirements = t.retirements + 1, quantity_kg = t.quantity_kg + excluded.quantity_kg;
  RETURN NULL;
END $$;
CREATE TRIGGER tallied AFTER INSERT ON credits_retirement
  FOR EACH ROW EXECUTE FUNCTION credits_tally_retirement();
"""

EARLIER_RETIREMENTS = """
INSERT INTO credits_tally (purpose_kind, year, shard, retirements, quantity_kg)
SELECT purpose_kind, date_part('year', retired_at AT TIME ZONE 'Asia/Shanghai'), 0, count(*),
       sum(quantity_kg)
  FROM credits_retirement GROUP BY 1, 2
"""


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    op.execute(SUM_TO_ZERO)
    op.execute(SETTLE)
    op.execute(TRANSFER_EACH)
    op.create_table(
        "credits_tally",
        sa.Column("purpose_kind", sa.Text, nullable=False),
        sa.Column("year", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("shard", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("retirements", sa.BigInteger, nullable=False),
        sa.Column("quantity_kg", sa.BigInteger, nullable=False),
        sa.CheckConstraint("retirements > 0 AND quantity_kg > 0", name="counts"),
        sa.PrimaryKeyConstraint("purpose_kind", "year", "shard", name="pk_credits_tally"),
        # Its rows change in place with every retirement.
        postgresql_with={"fillfactor": "50"},
    )
    # No retirement may come between what was before and what is tallied from now on.
    op.execute("LOCK TABLE credits_retirement IN SHARE ROW EXCLUSIVE MODE")
    op.execute(EARLIER_RETIREMENTS)
    op.execute(TALLY)
    op.execute(GRAMS)
    # A minute for some hundred thousand retirements; searches go on, new ones wait.
    op.execute("SET LOCAL statement_timeout = '10min'")
    op.execute(SEARCHED)
