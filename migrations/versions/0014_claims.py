"""A claim is one call; what was claimed can come back; what is worn out is taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0014_claims"
down_revision = "0013_capture_ticket"
branch_labels = None
depends_on = None

# For functions that publish in the transaction that called them; the caller rings the bell.
PUBLISH = """
CREATE FUNCTION outbox_publish(topic text, payload jsonb, at timestamptz) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO outbox_message (topic, payload, published_at, due_at) VALUES (topic, payload, at, at)
$$;
"""

# One try at a time for a person and for a token, known or not, so that five means five. Everybody
# locks a person first and then a token, so two tries cannot wait for each other. A try that waits
# here sees what the one before it has committed: each statement has a snapshot of its own.
# The PINs compared are keyed hashes: how long the comparison takes tells nobody anything.
CLAIM = """
CREATE FUNCTION footprint_claim(
  p_token bytea, p_pin bytea, p_person uuid, p_now timestamptz, p_window interval,
  p_most_wrong_of_token int, p_most_wrong_of_person int, p_most_claims int,
  OUT outcome text, OUT serial_id uuid, OUT product_id uuid, OUT claimed_at timestamptz,
  OUT free_at timestamptz)
LANGUAGE plpgsql AS $$
DECLARE
  since timestamptz := p_now - p_window;
  unit record;
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

  SELECT s.serial_id, s.pin_hash, s.state, s.claimant_id, s.claimed_at, f.product_id, l.code
    INTO unit
    FROM footprint_serial s
    JOIN footprint_batch b ON b.batch_id = s.batch_id
    JOIN footprint_label l ON l.label_id = b.label_id
    JOIN footprint_footprint f ON f.footprint_id = l.footprint_id
   WHERE s.token_hash = p_token FOR UPDATE OF s;
  IF NOT FOUND OR unit.pin_hash <> p_pin OR unit.state = 'void' THEN
    INSERT INTO footprint_wrong_pin (token_hash, person_id, at) VALUES (p_token, p_person, p_now);
    outcome := 'refused';
    RETURN;
  END IF;
  serial_id := unit.serial_id;
  product_id := unit.product_id;
  IF unit.state = 'claimed' THEN
    claimed_at := unit.claimed_at;
    outcome := CASE WHEN unit.claimant_id = p_person THEN 'claimed' ELSE 'already' END;
  ELSIF unit.state <> 'sold' THEN
    outcome := 'not_sold';
  ELSE
    UPDATE footprint_serial s SET state = 'claimed', claimed_at = p_now, claimant_id = p_person
     WHERE s.serial_id = unit.serial_id;
    PERFORM outbox_publish(
      'footprint.serial_claimed',
      jsonb_build_object(
        'serial_id', unit.serial_id, 'product_id', unit.product_id, 'person_id', p_person,
        'label_code', unit.code),
      p_now);
    claimed_at := p_now;
    outcome := 'claimed';
  END IF;
END $$;
"""

ONLY_FORWARD = """
CREATE OR REPLACE FUNCTION footprint_serial_only_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.serial_id, NEW.batch_id, NEW.number, NEW.token_hash, NEW.pin_hash)
     IS DISTINCT FROM (OLD.serial_id, OLD.batch_id, OLD.number, OLD.token_hash, OLD.pin_hash)
     OR NOT (OLD.state, NEW.state) IN (
       ('printed', 'shipped'), ('shipped', 'sold'), ('sold', 'claimed'),
       ('printed', 'void'), ('shipped', 'void'), ('sold', 'void'), ('claimed', 'void'))
     OR OLD.claimant_id IS NOT NULL
        AND (NEW.claimant_id, NEW.claimed_at) IS DISTINCT FROM (OLD.claimant_id, OLD.claimed_at)
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

CREATE FUNCTION footprint_take_back_of_claimed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM footprint_serial s
     WHERE s.serial_id = NEW.serial_id AND s.state = 'claimed' AND s.claimant_id = NEW.person_id)
  THEN
    RAISE EXCEPTION 'only what this person has claimed is taken back from them'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER of_claimed BEFORE INSERT ON footprint_take_back
  FOR EACH ROW EXECUTE FUNCTION footprint_take_back_of_claimed();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON footprint_take_back
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '30s'")
    op.create_table(
        "footprint_take_back",
        sa.Column("serial_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("serial_id", name="pk_footprint_take_back"),
        sa.ForeignKeyConstraint(
            ["serial_id"],
            ["footprint_serial.serial_id"],
            name="fk_footprint_take_back_serial_id",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.organisation_id"],
            name="fk_footprint_take_back_organisation_id",
        ),
    )
    op.drop_constraint(
        op.f("ck_footprint_serial_claimed_by_somebody"), "footprint_serial", type_="check"
    )
    op.create_check_constraint(
        op.f("ck_footprint_serial_claimed_by_somebody"),
        "footprint_serial",
        "(claimed_at IS NULL) = (claimant_id IS NULL)"
        " AND CASE state WHEN 'claimed' THEN claimed_at IS NOT NULL"
        " WHEN 'void' THEN true ELSE claimed_at IS NULL END",
    )
    op.execute(PUBLISH + CLAIM + ONLY_FORWARD)
