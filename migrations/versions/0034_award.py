"""An award is one call, a night moves sets; claims are weighed by what is known beside them."""

import sqlalchemy as sa
from alembic import op

revision = "0034_award"
down_revision = "0033_rights"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)

CLAIM_CHECKS = {
    "state_known": "state IN ('accepted', 'held', 'released', 'refused', 'returned')",
    "held_for_known": "held_for IN ('rules', 'label', 'shop')",
    "held_for_something": "state <> 'held' OR held_for IS NOT NULL",
    "decision_dated": "(state IN ('released', 'refused')) <= (decided_at IS NOT NULL)"
    " AND (state IN ('accepted', 'held')) <= (decided_at IS NULL)",
    "decided_by_another": "decided_by <> person_id",
    "words_bounded": "words <> '' AND length(words) <= 500",
    "words_of_somebody": "(words IS NULL) = (decided_by IS NULL)",
    "appeal_whole": "(appeal_id IS NULL) = (appealed_at IS NULL)"
    " AND (appeal_id IS NULL) = (appeal_words IS NULL)",
    "appeal_words_bounded": "appeal_words <> '' AND length(appeal_words) <= 500",
    "appeal_verdict_known": "appeal_verdict IN ('upheld', 'rejected')",
    "appeal_decision_whole": "(appeal_verdict IS NULL) = (appeal_decided_by IS NULL)"
    " AND (appeal_verdict IS NULL) = (appeal_decided_at IS NULL)"
    " AND (appeal_verdict IS NULL) = (appeal_answer IS NULL)"
    " AND (appeal_verdict IS NULL OR appeal_id IS NOT NULL)",
    "appeal_answer_bounded": "appeal_answer <> '' AND length(appeal_answer) <= 500",
    "appeal_by_another": "appeal_decided_by <> person_id AND"
    " (decided_by IS NULL OR appeal_decided_by <> decided_by)",
}

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
     OR EXISTS (SELECT FROM rewards_reversal WHERE award_id = p_award)
     -- Whoever was erased is nobody to give to.
     OR EXISTS (SELECT FROM identity_person WHERE person_id = p_person AND erased_at IS NOT NULL)
  THEN
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


# Migration 0014's function, told three things more: with which device, how long a unit may lie in
# a shop that reports no sales, and by whom a unit is tried in vain. A try that is a person's first
# within the window is told to whoever wants to know how many there were. Nobody who tries learns
# more than before.
CLAIM = """
CREATE FUNCTION footprint_claim(
  p_token bytea, p_pin bytea, p_person uuid, p_device bytea, p_now timestamptz, p_window interval,
  p_most_wrong_of_token int, p_most_wrong_of_person int, p_most_claims int,
  p_without_shop interval,
  OUT outcome text, OUT serial_id uuid, OUT product_id uuid, OUT claimed_at timestamptz,
  OUT free_at timestamptz)
LANGUAGE plpgsql AS $$
DECLARE
  since timestamptz := p_now - p_window;
  unit record;
  tried_before boolean;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(p_person::text, 0));
  PERFORM pg_advisory_xact_lock(hashtextextended(encode(p_token, 'hex'), 0));
  SELECT max(full_until) INTO free_at FROM (
    SELECT min(w.at) + p_window AS full_until FROM footprint_wrong_pin w
     WHERE w.token_hash = p_token AND w.at > since HAVING count(*) >= p_most_wrong_of_token
    UNION ALL
    SELECT min(w.at) + p_window FROM footprint_wrong_pin w
     WHERE w.person_id = p_person AND w.at > since HAVING count(*) >= p_most_wrong_of_person
    UNION ALL
    SELECT min(s.claimed_at) + p_window FROM footprint_serial s
     WHERE s.claimant_id = p_person AND s.claimed_at > since HAVING count(*) >= p_most_claims
  ) AS limits;
  IF free_at IS NOT NULL THEN
    outcome := 'too_many';
    RETURN;
  END IF;

  SELECT s.serial_id, s.pin_hash, s.state, s.claimant_id, s.claimed_at, f.product_id, l.code,
         s.state = 'sold' OR s.state = 'shipped' AND b.shipped_at <= p_now - p_without_shop
           AS in_hand
    INTO unit
    FROM footprint_serial s
    JOIN footprint_batch b ON b.batch_id = s.batch_id
    JOIN footprint_label l ON l.label_id = b.label_id
    JOIN footprint_footprint f ON f.footprint_id = l.footprint_id
   WHERE s.token_hash = p_token FOR UPDATE OF s;
  IF NOT FOUND OR unit.pin_hash <> p_pin OR unit.state = 'void' THEN
    outcome := 'refused';
    tried_before := EXISTS (
      SELECT FROM footprint_wrong_pin w
       WHERE w.token_hash = p_token AND w.person_id = p_person AND w.at > since);
    INSERT INTO footprint_wrong_pin (token_hash, person_id, at) VALUES (p_token, p_person, p_now);
  ELSE
    serial_id := unit.serial_id;
    product_id := unit.product_id;
    IF unit.state = 'claimed' THEN
      claimed_at := unit.claimed_at;
      outcome := CASE WHEN unit.claimant_id = p_person THEN 'claimed' ELSE 'already' END;
    ELSIF NOT unit.in_hand THEN
      outcome := 'not_sold';
    ELSE
      UPDATE footprint_serial s SET state = 'claimed', claimed_at = p_now, claimant_id = p_person
       WHERE s.serial_id = unit.serial_id;
      IF p_device IS NOT NULL THEN
        INSERT INTO footprint_claim_device (serial_id, person_id, device, claimed_at)
        VALUES (unit.serial_id, p_person, p_device, p_now);
      END IF;
      PERFORM outbox_publish(
        'footprint.serial_claimed',
        jsonb_build_object(
          'serial_id', unit.serial_id, 'product_id', unit.product_id, 'person_id', p_person,
          'label_code', unit.code),
        p_now);
      claimed_at := p_now;
      outcome := 'claimed';
    END IF;
    IF outcome IN ('already', 'not_sold') THEN
      tried_before := EXISTS (
        SELECT FROM footprint_vain_try v
         WHERE v.token_hash = p_token AND v.person_id = p_person AND v.at > since);
      INSERT INTO footprint_vain_try (token_hash, person_id, at) VALUES (p_token, p_person, p_now)
      ON CONFLICT (token_hash, person_id) DO UPDATE SET at = EXCLUDED.at;
    END IF;
  END IF;
  IF NOT tried_before AND unit.state IN ('shipped', 'sold', 'claimed') THEN
    PERFORM outbox_publish(
      'footprint.serial_tried',
      jsonb_build_object('serial_id', unit.serial_id, 'person_id', p_person), p_now);
  END IF;
END $$;
"""

# A unit that was claimed although no shop has recorded its sale goes from shipped to claimed.
ONLY_FORWARD = """
CREATE OR REPLACE FUNCTION footprint_serial_only_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.serial_id, NEW.batch_id, NEW.number, NEW.token_hash, NEW.pin_hash)
     IS DISTINCT FROM (OLD.serial_id, OLD.batch_id, OLD.number, OLD.token_hash, OLD.pin_hash)
     OR NOT (OLD.state, NEW.state) IN (
       ('printed', 'shipped'), ('shipped', 'sold'), ('shipped', 'claimed'), ('sold', 'claimed'),
       ('printed', 'void'), ('shipped', 'void'), ('sold', 'void'), ('claimed', 'void'))
     OR OLD.claimant_id IS NOT NULL
        AND (NEW.claimant_id, NEW.claimed_at) IS DISTINCT FROM (OLD.claimant_id, OLD.claimed_at)
     OR NEW.state <> 'sold'
        AND (NEW.sold_at, NEW.sold_by) IS DISTINCT FROM (OLD.sold_at, OLD.sold_by)
  THEN
    RAISE EXCEPTION 'a serial only goes forward, not from % to %', OLD.state, NEW.state
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state = 'void' AND OLD.state = 'claimed'
     AND EXISTS (SELECT FROM footprint_take_back t WHERE t.serial_id = OLD.serial_id)
  THEN
    RAISE EXCEPTION 'what was taken back for recycling is not returned'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
"""

# Decided once; appealed once; what it is about stays. A unit that was returned is done with.
CLAIM_GUARDS = """
CREATE TRIGGER never_deleted BEFORE DELETE ON rewards_claim
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON rewards_claim
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER claim_stays BEFORE UPDATE ON rewards_claim FOR EACH ROW
  WHEN (ROW(OLD.serial_id, OLD.award_id, OLD.person_id, OLD.product_id, OLD.shop_id,
            OLD.label_code, OLD.claimed_at)
        IS DISTINCT FROM
        ROW(NEW.serial_id, NEW.award_id, NEW.person_id, NEW.product_id, NEW.shop_id,
            NEW.label_code, NEW.claimed_at)
        OR OLD.state <> NEW.state AND NOT (
          NEW.state = 'returned' OR OLD.state = 'accepted' AND NEW.state = 'held'
          OR OLD.state = 'held' AND NEW.state IN ('released', 'refused')
          OR OLD.state = 'refused' AND NEW.state = 'released')
        OR OLD.decided_at IS NOT NULL
           AND ROW(OLD.decided_at, OLD.decided_by, OLD.words)
               IS DISTINCT FROM ROW(NEW.decided_at, NEW.decided_by, NEW.words)
        OR OLD.appeal_id IS NOT NULL
           AND ROW(OLD.appeal_id, OLD.appealed_at, OLD.appeal_words)
               IS DISTINCT FROM ROW(NEW.appeal_id, NEW.appealed_at, NEW.appeal_words)
        OR OLD.appeal_decided_at IS NOT NULL
           AND ROW(OLD.appeal_decided_at, OLD.appeal_decided_by, OLD.appeal_verdict,
                   OLD.appeal_answer)
               IS DISTINCT FROM ROW(NEW.appeal_decided_at, NEW.appeal_decided_by,
                                    NEW.appeal_verdict, NEW.appeal_answer))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE ON rewards_shop_freeze
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER lifted_once BEFORE UPDATE ON rewards_shop_freeze FOR EACH ROW
  WHEN (ROW(OLD.freeze_id, OLD.organisation_id, OLD.frozen_at)
        IS DISTINCT FROM ROW(NEW.freeze_id, NEW.organisation_id, NEW.frozen_at)
        OR OLD.lifted_at IS NOT NULL)
  EXECUTE FUNCTION refuse_change();
"""

# Thresholds that were published before claims were weighed get the numbers that come with the
# product: no decision of a purchase can have been made by them yet.
EARLIER_THRESHOLDS = """
ALTER TABLE rewards_threshold DISABLE TRIGGER append_only;
UPDATE rewards_threshold SET values = '{"F2.person_tries": 20, "F3.days": 3, "F6.refuse_day": 50,
  "F9.closed_from": 23, "F9.closed_until": 6, "F9.closed_claims": 3,
  "F9.cleared_days": 30}' || values;
ALTER TABLE rewards_threshold ENABLE TRIGGER append_only;
"""


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '30s'")
    op.execute(SUM_TO_ZERO)
    op.drop_constraint("fk_ledger_entry_transfer_id", "ledger_entry", type_="foreignkey")
    op.execute(TRANSFER)
    op.execute(TRANSFER_EACH)
    op.execute(AWARD)
    _beside_claims()
    op.execute(CLAIM)
    op.execute(ONLY_FORWARD)
    _claims()
    op.execute(CLAIM_GUARDS)
    op.execute(EARLIER_THRESHOLDS)


def _beside_claims() -> None:
    op.create_table(
        "footprint_scan",
        sa.Column("serial_id", sa.Uuid, nullable=False),
        sa.Column("first_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("serial_id", name="pk_footprint_scan"),
        sa.ForeignKeyConstraint(
            ["serial_id"], ["footprint_serial.serial_id"], name="fk_footprint_scan_serial_id"
        ),
    )
    op.create_table(
        "footprint_claim_device",
        sa.Column("serial_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("device", sa.LargeBinary, nullable=False),
        sa.Column("claimed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("serial_id", name="pk_footprint_claim_device"),
        sa.ForeignKeyConstraint(
            ["serial_id"],
            ["footprint_serial.serial_id"],
            name="fk_footprint_claim_device_serial_id",
        ),
        sa.CheckConstraint("octet_length(device) = 32", name="device_whole"),
    )
    op.create_index(
        "ix_footprint_claim_device_device", "footprint_claim_device", ["device", "claimed_at"]
    )
    op.create_table(
        "footprint_vain_try",
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", "person_id", name="pk_footprint_vain_try"),
    )
    op.create_index(
        "ix_footprint_serial_shop",
        "footprint_serial",
        ["sold_by", "sold_at"],
        postgresql_where=sa.text("sold_by IS NOT NULL"),
    )
    op.drop_constraint(op.f("ck_footprint_serial_sale_dated"), "footprint_serial", type_="check")
    op.create_check_constraint(
        op.f("ck_footprint_serial_sale_dated"),
        "footprint_serial",
        "(sold_at IS NULL) = (sold_by IS NULL) AND (state = 'sold') <= (sold_at IS NOT NULL)",
    )


def _claims() -> None:
    op.drop_constraint(op.f("ck_rewards_decision_subject_known"), "rewards_decision", type_="check")
    op.create_check_constraint(
        op.f("ck_rewards_decision_subject_known"),
        "rewards_decision",
        "subject_kind IN ('planting', 'purchase', 'label', 'shop')",
    )
    op.create_table(
        "rewards_claim",
        sa.Column("serial_id", sa.Uuid, nullable=False),
        sa.Column("award_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("shop_id", sa.Uuid),
        sa.Column("label_code", sa.Text, nullable=False),
        sa.Column("claimed_at", INSTANT, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("held_for", sa.Text),
        sa.Column("decided_at", INSTANT),
        sa.Column("decided_by", sa.Uuid),
        sa.Column("words", sa.Text),
        sa.Column("appeal_id", sa.Uuid),
        sa.Column("appealed_at", INSTANT),
        sa.Column("appeal_words", sa.Text),
        sa.Column("appeal_decided_at", INSTANT),
        sa.Column("appeal_decided_by", sa.Uuid),
        sa.Column("appeal_verdict", sa.Text),
        sa.Column("appeal_answer", sa.Text),
        sa.PrimaryKeyConstraint("serial_id", name="pk_rewards_claim"),
        sa.UniqueConstraint("award_id", name="uq_rewards_claim_award_id"),
        sa.UniqueConstraint("appeal_id", name="uq_rewards_claim_appeal_id"),
        *(
            sa.ForeignKeyConstraint(
                [column], ["identity_person.person_id"], name=f"fk_rewards_claim_{column}"
            )
            for column in ("person_id", "decided_by", "appeal_decided_by")
        ),
        *(sa.CheckConstraint(rule, name=name) for name, rule in CLAIM_CHECKS.items()),
    )
    op.create_index(
        "ix_rewards_claim_held",
        "rewards_claim",
        ["award_id"],
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_index(
        "ix_rewards_claim_appealed",
        "rewards_claim",
        ["appealed_at"],
        postgresql_where=sa.text("appealed_at IS NOT NULL AND appeal_decided_at IS NULL"),
    )
    op.create_index("ix_rewards_claim_person", "rewards_claim", ["person_id", "claimed_at"])
    op.create_index("ix_rewards_claim_shop", "rewards_claim", ["shop_id", "claimed_at"])
    op.create_table(
        "rewards_shop_freeze",
        sa.Column("freeze_id", sa.Uuid, nullable=False),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("frozen_at", INSTANT, nullable=False),
        sa.Column("lifted_at", INSTANT),
        sa.Column("lifted_by", sa.Uuid),
        sa.Column("words", sa.Text),
        sa.PrimaryKeyConstraint("freeze_id", name="pk_rewards_shop_freeze"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.organisation_id"],
            name="fk_rewards_shop_freeze_organisation_id",
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by"], ["identity_person.person_id"], name="fk_rewards_shop_freeze_lifted_by"
        ),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by IS NULL) AND (lifted_at IS NULL) = (words IS NULL)",
            name="lifting_whole",
        ),
        sa.CheckConstraint("words <> '' AND length(words) <= 500", name="words_bounded"),
    )
    op.create_index(
        "uq_rewards_shop_freeze_open",
        "rewards_shop_freeze",
        ["organisation_id"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
