"""An award is one call, a night moves sets; claims are weighed by what is known beside them."""

from alembic import op

revision = "0034_award"
down_revision = "0030_reversals"
branch_labels = None
depends_on = None

# What one statement writes of a transfer sums to zero. So does the whole of it, however many
# statements that were; and a night's entries are looked at as the set that they are, not one by
# one at the commit. That each belongs to a transfer is seen to here as well: a foreign key would
# look for every entry's transfer alone, and a transfer, once written, never leaves.
SUM_TO_ZERO = """
DROP TRIGGER sums_to_zero ON ledger_entry;
CREATE OR REPLACE FUNCTION ledger_sums_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wrong record;
BEGIN
  SELECT f.transfer_id, a.unit INTO wrong
    FROM fresh f LEFT JOIN ledger_account a USING (account_id)
   GROUP BY f.transfer_id, a.unit HAVING sum(f.amount) <> 0 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'transfer % does not sum to zero in %', wrong.transfer_id, wrong.unit
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  SELECT f.transfer_id INTO wrong FROM fresh f
   WHERE NOT EXISTS (SELECT FROM ledger_transfer t WHERE t.transfer_id = f.transfer_id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'there is no transfer %', wrong.transfer_id
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER sums_to_zero AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_sums_to_zero();
"""

# As migration 0003 has it, but that all sides are written by one statement: half a transfer is
# nowhere to be seen, not even inside its own transaction.
TRANSFER = """
CREATE OR REPLACE FUNCTION ledger_transfer(
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
  accounts bigint[] := '{}';
  amounts bigint[] := '{}';
  afters bigint[] := '{}';
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
    accounts := array_append(accounts, at_account);
    amounts := array_append(amounts, side.amount);
    afters := array_append(afters, after);
  END LOOP;
  INSERT INTO ledger_entry (transfer_id, account_id, amount, balance_after)
  SELECT p_id, * FROM unnest(accounts, amounts, afters);
  RETURN 'moved';
END $$;
"""

# Many transfers of one move each. Names first, in their order; then the bounded accounts in name
# order, as `ledger_transfer` takes them; then entries and balances as sets. What is fresh is told
# by the insert itself, so nothing is looked up that was in hand. Planned anew in every call: a
# plan made for ten transfers would take hours over ten thousand.
TRANSFER_EACH = """
CREATE OR REPLACE FUNCTION ledger_transfer_each(
  p_reason text, p_occurred_at timestamptz,
  p_ids uuid[], p_sources text[], p_destinations text[], p_amounts bigint[]
) RETURNS bigint LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  wrong uuid;
  ids uuid[];
  sources text[];
  destinations text[];
  amounts bigint[];
  names text[];
  accounts bigint[];
  balances bigint[];
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
           AS t(id, source, destination, amount)
      JOIN ledger_transfer ON transfer_id = id
     WHERE moves <> source || '>' || destination || '>' || amount LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'transfer % moved something else', wrong
        USING ERRCODE = 'unique_violation', CONSTRAINT = 'ledger_transfer_differs';
    END IF;
  END IF;
  IF ids IS NULL THEN
    RETURN 0;
  END IF;

  INSERT INTO ledger_account (owner, unit, purpose, bounded)
  SELECT n[1], n[2], n[3], n[3] <> 'issued'
    FROM (SELECT DISTINCT name FROM unnest(sources || destinations) AS name) AS used,
         string_to_array(name, '|') AS n
   WHERE NOT EXISTS (SELECT FROM ledger_account a
                      WHERE (a.owner, a.unit, a.purpose) = (n[1], n[2], n[3]))
  ON CONFLICT (owner, unit, purpose) DO NOTHING;
  SELECT array_agg(name), array_agg(account_id), array_agg(balance)
    INTO names, accounts, balances
    FROM (SELECT name, account_id, balance
            FROM (SELECT DISTINCT name FROM unnest(sources || destinations) AS name) AS used
            JOIN ledger_account ON (owner, unit, purpose) =
                 (split_part(name, '|', 1), split_part(name, '|', 2), split_part(name, '|', 3))
           WHERE bounded
           ORDER BY name COLLATE "C" FOR UPDATE OF ledger_account) AS held;

  WITH known AS (
    SELECT * FROM unnest(names, accounts, balances) AS t(name, account_id, balance)
    UNION ALL
    SELECT name, account_id, NULL
      FROM (SELECT DISTINCT name FROM unnest(sources || destinations) AS name
             WHERE name LIKE '%|issued') AS used
      JOIN ledger_account ON (owner, unit, purpose) =
           (split_part(name, '|', 1), split_part(name, '|', 2), split_part(name, '|', 3))),
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
  UPDATE ledger_account a SET balance = balance + total
    FROM (SELECT account_id, sum(amount)::bigint AS total FROM written GROUP BY account_id) AS s
   WHERE a.account_id = s.account_id AND bounded;
  RETURN cardinality(ids);
END $$;
"""

# The rule of the day, what was earned before, the award, its lot and its transfer. A person's
# awards follow one another; each statement sees what the one before has committed; others' awards
# go on beside them. What it computes is what `puhui.rewards.points.earn` and `lot.term` say: a law
# holds the two together.
AWARD = """
CREATE FUNCTION rewards_award(
  p_award uuid, p_kind text, p_cause uuid, p_person uuid, p_quantity bigint, p_day date,
  p_about jsonb, p_given_on date, p_now timestamptz, p_waits boolean
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  first date := make_date(date_part('year', p_day)::int, 1, 1);
  last date := make_date(date_part('year', p_day)::int, 12, 31);
  r record;
  e record;
  whole bigint;
  day_left bigint;
  year_left bigint;
  all_left bigint;
  given bigint;
  cap text;
  pending boolean;
  last_day date;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('rewards.award ' || p_person, 0));
  SELECT * INTO r FROM rewards_rule
   WHERE key = p_kind AND valid_from <= p_day AND (valid_until IS NULL OR p_day <= valid_until)
   ORDER BY valid_from DESC LIMIT 1;
  IF NOT FOUND THEN
    RETURN 'no_rule';
  END IF;
  IF EXISTS (SELECT FROM rewards_award WHERE award_id = p_award)
     OR EXISTS (SELECT FROM rewards_reversal WHERE award_id = p_award) THEN
    RETURN 'settled';
  END IF;
  -- Only a rule with a limit in all needs to look further back than the year.
  SELECT coalesce(sum(points) FILTER (WHERE deed_on = p_day), 0)::bigint AS that_day,
         coalesce(sum(points) FILTER (WHERE deed_on BETWEEN first AND last), 0)::bigint
           AS that_year,
         CASE WHEN r.most_in_all IS NULL THEN 0 ELSE coalesce(sum(points), 0) END::bigint AS in_all
    INTO e FROM rewards_award
   WHERE person_id = p_person AND rule_key = p_kind
     AND deed_on BETWEEN CASE WHEN r.most_in_all IS NULL THEN first ELSE '-infinity' END
                     AND CASE WHEN r.most_in_all IS NULL THEN last ELSE 'infinity' END;

  whole := p_quantity * r.points_per_unit;
  -- NULL where there is no limit: `least` passes over it, and nothing equals it.
  day_left := CASE WHEN r.most_per_day < e.that_day THEN 0 ELSE r.most_per_day - e.that_day END;
  year_left := CASE WHEN r.most_per_year < e.that_year THEN 0
                    ELSE r.most_per_year - e.that_year END;
  all_left := CASE WHEN r.most_in_all < e.in_all THEN 0 ELSE r.most_in_all - e.in_all END;
  given := least(whole, day_left, year_left, all_left);
  -- When several limits bind alike, the longest is named.
  cap := CASE given WHEN whole THEN NULL WHEN all_left THEN 'all' WHEN year_left THEN 'year'
                    ELSE 'day' END;
  INSERT INTO rewards_award
         (award_id, person_id, cause_kind, cause_id, rule_key, rule_version, deed_on, quantity,
          points, full_points, earlier_that_day, earlier_that_year, earlier_in_all, capped_by,
          about, awarded_at)
  VALUES (p_award, p_person, p_kind, p_cause, r.key, r.version, p_day, p_quantity,
          given, whole, e.that_day, e.that_year, e.in_all, cap, p_about, p_now);
  IF given = 0 THEN
    RETURN 'nothing';
  END IF;

  pending := p_waits OR r.matures_after_days > 0;
  last_day := (p_given_on + make_interval(years => r.lasts_years::int))::date;
  INSERT INTO rewards_lot
         (lot_id, person_id, points, reversed, state, matures_on, warns_on, expires_on)
  VALUES (p_award, p_person, given, 0, CASE WHEN pending THEN 'pending' ELSE 'matured' END,
          p_given_on + r.matures_after_days::int, last_day - r.warns_days::int, last_day);
  RETURN ledger_transfer(
    p_award, p_kind, p_now, ARRAY['puhui|point|issued'],
    ARRAY['person:' || p_person || '|point|' || CASE WHEN pending THEN 'pending' ELSE 'wallet' END],
    ARRAY[given]);
END $$;
"""


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    op.execute(SUM_TO_ZERO)
    op.drop_constraint("fk_ledger_entry_transfer_id", "ledger_entry", type_="foreignkey")
    op.execute(TRANSFER)
    op.execute(TRANSFER_EACH)
    op.execute(AWARD)
