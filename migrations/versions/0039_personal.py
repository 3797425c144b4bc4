"""Erasure reaches the shop, teams, claims and invoices: their guards have the one door too."""

from alembic import op

revision = "0039_personal"
down_revision = "0038_gather"
branch_labels = None
depends_on = None

# As migration 0033 has it, with what came after it. `rights_lets` is for guards that say more than
# that nothing may change: they ask it first.
DOOR = """
CREATE OR REPLACE FUNCTION rights_erasable(p_table text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_table
    WHEN 'evidence_photo' THEN ARRAY['stored_sha256', 'latitude', 'longitude', 'taken_at']
    WHEN 'evidence_document' THEN ARRAY['name']
    WHEN 'rewards_review' THEN ARRAY['words']
    WHEN 'rewards_question' THEN ARRAY['words', 'answer']
    WHEN 'rewards_appeal' THEN ARRAY['words', 'answer']
    WHEN 'rewards_audit' THEN ARRAY['words']
    WHEN 'rewards_survey' THEN ARRAY['words', 'reason']
    WHEN 'rewards_duty' THEN ARRAY['words', 'reason']
    WHEN 'rewards_report' THEN ARRAY['words', 'document']
    WHEN 'rewards_adjustment' THEN ARRAY['ground', 'document']
    WHEN 'rewards_booking' THEN ARRAY['metres_away']
    WHEN 'rewards_redemption' THEN ARRAY['address_sealed', 'tracking', 'refund_reason']
    WHEN 'rewards_team' THEN ARRAY['name']
    WHEN 'rewards_claim' THEN ARRAY['words', 'appeal_words', 'appeal_answer']
    WHEN 'credits_refund' THEN ARRAY['reason']
    WHEN 'credits_invoice' THEN ARRAY['title', 'tax_number', 'sealed', 'reason']
  END
$$;

CREATE FUNCTION rights_lets(p_table text, p_old jsonb, p_new jsonb) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
  erasable text[] := rights_erasable(p_table);
BEGIN
  -- What never changes is asked before who is being erased: most updates end here.
  RETURN erasable IS NOT NULL AND p_old - erasable = p_new - erasable AND rights_erasing();
END $$;

CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND TG_LEVEL = 'ROW' THEN
    IF rights_lets(TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW)) THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

# The guards of migrations 0031 and 0035, which now ask only once their own rule has refused.
GUARDS = """
CREATE OR REPLACE FUNCTION rewards_redemption_only_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (ROW(NEW.redemption_id, NEW.person_id, NEW.offer_id, NEW.organisation_id, NEW.version_id,
          NEW.points, NEW.code_hash, NEW.code_sealed, NEW.redeemed_at, NEW.expires_at)
      IS DISTINCT FROM
      ROW(OLD.redemption_id, OLD.person_id, OLD.offer_id, OLD.organisation_id, OLD.version_id,
          OLD.points, OLD.code_hash, OLD.code_sealed, OLD.redeemed_at, OLD.expires_at)
      OR NEW.address_sealed IS NOT NULL AND NEW.address_sealed IS DISTINCT FROM OLD.address_sealed
      OR NEW.state = OLD.state
         AND ROW(NEW.sent_at, NEW.tracking, NEW.ended_at, NEW.ended_by, NEW.refund_id,
                 NEW.refund_ground, NEW.refund_reason, NEW.withheld)
             IS DISTINCT FROM
             ROW(OLD.sent_at, OLD.tracking, OLD.ended_at, OLD.ended_by, OLD.refund_id,
                 OLD.refund_ground, OLD.refund_reason, OLD.withheld)
      OR NEW.state <> OLD.state AND NOT (OLD.state, NEW.state) IN (
        ('issued', 'handed_over'), ('issued', 'sent'), ('issued', 'refunded'),
        ('issued', 'lapsed'), ('sent', 'delivered'), ('sent', 'refunded'))
      OR NEW.state = 'handed_over' AND OLD.code_hash IS NULL
      OR NEW.state = 'sent' AND OLD.code_hash IS NOT NULL)
     AND NOT rights_lets(TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW))
  THEN
    RAISE EXCEPTION 'a redemption only goes forward, not from % to %', OLD.state, NEW.state
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION credits_refund_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'what became of money is not forgotten'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    PERFORM FROM credits_receipt WHERE receipt_id = NEW.receipt_id FOR UPDATE;
    IF EXISTS (SELECT FROM credits_receipt AS r JOIN credits_payment AS p
                        ON p.road = r.road AND p.reference = r.reference
                WHERE r.receipt_id = NEW.receipt_id) THEN
      RAISE EXCEPTION 'this money has paid for something'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'credits_receipt_spent';
    END IF;
    RETURN NEW;
  END IF;
  IF ((NEW.refund_id, NEW.receipt_id, NEW.reason, NEW.asked_by, NEW.asked_at)
      IS DISTINCT FROM (OLD.refund_id, OLD.receipt_id, OLD.reason, OLD.asked_by, OLD.asked_at)
      OR (OLD.state, NEW.state) NOT IN (
        ('asked', 'sending'), ('asked', 'sent'), ('asked', 'withdrawn'), ('asked', 'asked'),
        ('sending', 'sent'), ('sending', 'asked')))
     AND NOT rights_lets(TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW))
  THEN
    RAISE EXCEPTION 'a refund does not go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION credits_invoice_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF ((NEW.invoice_id, NEW.hold_id, NEW.type, NEW.title, NEW.tax_number, NEW.amount_fen,
       NEW.asked_by, NEW.asked_at)
      IS DISTINCT FROM
      (OLD.invoice_id, OLD.hold_id, OLD.type, OLD.title, OLD.tax_number, OLD.amount_fen,
       OLD.asked_by, OLD.asked_at)
      OR NEW.state <> OLD.state AND OLD.state <> 'requested')
     AND NOT rights_lets(TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW))
  THEN
    RAISE EXCEPTION 'an invoice request is decided once'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
"""


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '30s'")
    op.drop_constraint(op.f("ck_rewards_redemption_ground_known"), "rewards_redemption")
    op.create_check_constraint(
        op.f("ck_rewards_redemption_ground_known"),
        "rewards_redemption",
        "refund_ground IN ('partner', 'operator', 'unused', 'unsent', 'erased')",
    )
    op.execute(DOOR)
    op.execute(GUARDS)
