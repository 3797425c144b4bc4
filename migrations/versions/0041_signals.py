"""Where a unit was first scanned, for whom its secrets left, and the window of wrong codes."""

import sqlalchemy as sa
from alembic import op

revision = "0041_signals"
down_revision = "0039_personal"
branch_labels = None
depends_on = None

# As migration 0034 has it, but wrong codes of one label are counted within a window of their own.
# Without one it counts as before: the last version's ten arguments are still a call.
CLAIM = """
DROP FUNCTION footprint_claim(
  bytea, bytea, uuid, bytea, timestamptz, interval, int, int, int, interval);
CREATE FUNCTION footprint_claim(
  p_token bytea, p_pin bytea, p_person uuid, p_device bytea, p_now timestamptz, p_window interval,
  p_most_wrong_of_token int, p_most_wrong_of_person int, p_most_claims int,
  p_without_shop interval, p_window_of_token interval DEFAULT NULL,
  OUT outcome text, OUT serial_id uuid, OUT product_id uuid, OUT claimed_at timestamptz,
  OUT free_at timestamptz)
LANGUAGE plpgsql AS $$
DECLARE
  since timestamptz := p_now - p_window;
  of_token interval := coalesce(p_window_of_token, p_window);
  unit record;
  tried_before boolean;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(p_person::text, 0));
  PERFORM pg_advisory_xact_lock(hashtextextended(encode(p_token, 'hex'), 0));
  SELECT max(full_until) INTO free_at FROM (
    SELECT min(w.at) + of_token AS full_until FROM footprint_wrong_pin w
     WHERE w.token_hash = p_token AND w.at > p_now - of_token
    HAVING count(*) >= p_most_wrong_of_token
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

# As migration 0019 has it, and for whom the secrets left stays as well.
ONLY_ONCE = """
CREATE OR REPLACE FUNCTION footprint_batch_only_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.batch_id, NEW.label_id, NEW.count, NEW.printed_at, NEW.printed_by)
     IS DISTINCT FROM (OLD.batch_id, OLD.label_id, OLD.count, OLD.printed_at, OLD.printed_by)
     OR NEW.made < OLD.made
     OR NEW.sealed_seed IS NOT NULL AND NEW.sealed_seed IS DISTINCT FROM OLD.sealed_seed
     OR OLD.left_at IS NOT NULL
        AND (NEW.left_at, NEW.left_by, NEW.left_as, NEW.left_for)
            IS DISTINCT FROM (OLD.left_at, OLD.left_by, OLD.left_as, OLD.left_for)
     OR OLD.shipped_at IS NOT NULL AND NEW.shipped_at IS DISTINCT FROM OLD.shipped_at
     OR OLD.voided_at IS NOT NULL AND NEW.voided_at IS DISTINCT FROM OLD.voided_at
  THEN
    RAISE EXCEPTION 'a batch is printed once and only goes forward'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
"""

# Thresholds that were published before get the numbers that come with the product. The window was
# 24 hours in code until now, and no distance was judged: no decision would come out otherwise.
EARLIER_THRESHOLDS = """
ALTER TABLE rewards_threshold DISABLE TRIGGER append_only;
UPDATE rewards_threshold SET values = '{"F2.hours": 24, "F8.km": 200}' || values;
ALTER TABLE rewards_threshold ENABLE TRIGGER append_only;
"""


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '30s'")
    op.execute(CLAIM)
    op.add_column("footprint_scan", sa.Column("city", sa.Text))
    op.create_check_constraint(
        op.f("ck_footprint_scan_city_of_six_digits"), "footprint_scan", "city ~ '^[0-9]{6}$'"
    )
    op.create_index(
        "ix_footprint_scan_placed",
        "footprint_scan",
        ["serial_id"],
        postgresql_where=sa.text("city IS NOT NULL"),
    )
    op.add_column("footprint_batch", sa.Column("left_for", sa.LargeBinary))
    op.create_check_constraint(
        op.f("ck_footprint_batch_left_for_whole"),
        "footprint_batch",
        "left_for IS NULL OR octet_length(left_for) = 32 AND left_at IS NOT NULL",
    )
    op.execute(ONLY_ONCE)
    op.execute(EARLIER_THRESHOLDS)
