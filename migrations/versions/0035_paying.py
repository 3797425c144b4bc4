"""Money received, orders with the payment gateway, refunds, invoices, sellers, sales, payouts."""

import sqlalchemy as sa
from alembic import op

revision = "0035_paying"
down_revision = "0037_plan"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)

# A payment is the use of money for a hold, so the money is written with it; and money that went
# back, or pays for something else, pays for nothing more. Whoever decides about money locks its
# receipt first.
OF_PAYMENT = """
CREATE FUNCTION credits_payment_receipt() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  money record;
BEGIN
  INSERT INTO credits_receipt (receipt_id, road, reference, amount_fen, currency, paid_on,
                               hold_id, received_at)
  VALUES (gen_random_uuid(), NEW.road, NEW.reference, NEW.amount_fen, 'CNY', NEW.paid_on,
          NEW.hold_id, NEW.confirmed_at)
  ON CONFLICT (road, reference) DO NOTHING;
  SELECT * INTO STRICT money FROM credits_receipt
   WHERE road = NEW.road AND reference = NEW.reference FOR UPDATE;
  IF (money.amount_fen, money.currency) <> (NEW.amount_fen, 'CNY')
     OR EXISTS (SELECT FROM credits_refund
                 WHERE receipt_id = money.receipt_id AND state <> 'withdrawn') THEN
    RAISE EXCEPTION 'this money does not pay for this'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'credits_receipt_spent';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER receipt AFTER INSERT ON credits_payment
  FOR EACH ROW EXECUTE FUNCTION credits_payment_receipt();

CREATE FUNCTION credits_refund_guard() RETURNS trigger LANGUAGE plpgsql AS $$
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
  IF (NEW.refund_id, NEW.receipt_id, NEW.reason, NEW.asked_by, NEW.asked_at)
     IS DISTINCT FROM (OLD.refund_id, OLD.receipt_id, OLD.reason, OLD.asked_by, OLD.asked_at)
     OR (OLD.state, NEW.state) NOT IN (
       ('asked', 'sending'), ('asked', 'sent'), ('asked', 'withdrawn'), ('asked', 'asked'),
       ('sending', 'sent'), ('sending', 'asked')) THEN
    RAISE EXCEPTION 'a refund does not go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON credits_refund
  FOR EACH ROW EXECUTE FUNCTION credits_refund_guard();
"""

ORDERS = """
CREATE FUNCTION credits_pay_order_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.order_id, NEW.hold_id, NEW.amount_fen, NEW.made_by, NEW.made_at, NEW.expires_at)
     IS DISTINCT FROM
     (OLD.order_id, OLD.hold_id, OLD.amount_fen, OLD.made_by, OLD.made_at, OLD.expires_at)
     -- Money may still come for an order that was closed or refused; paid is the end.
     OR NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
       ('asked', 'open'), ('asked', 'paid'), ('asked', 'closed'), ('asked', 'refused'),
       ('open', 'paid'), ('open', 'closed'), ('closed', 'paid'), ('refused', 'paid')) THEN
    RAISE EXCEPTION 'an order does not go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON credits_pay_order
  FOR EACH ROW EXECUTE FUNCTION credits_pay_order_guard();
"""

# The parts are the lines of the hold, whose costs add up to its price; the fee is rounded down,
# in the seller's favour.
SALES = """
CREATE FUNCTION credits_retirement_sale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO credits_sale
  SELECT l.hold_id, l.batch_id, b.seller, l.quantity_kg, l.price_fen_per_t, l.cost_fen,
         div(CAST(l.cost_fen AS numeric) * coalesce(s.fee_bp, 0), 10000), NEW.retired_at
    FROM credits_hold_line AS l JOIN credits_batch AS b USING (batch_id)
    LEFT JOIN credits_seller AS s ON s.name = b.seller
   WHERE l.hold_id = NEW.hold_id;
  RETURN NULL;
END $$;
CREATE TRIGGER sale AFTER INSERT ON credits_retirement
  FOR EACH ROW EXECUTE FUNCTION credits_retirement_sale();
"""

# A hold with its lines and serials, and a retirement with its certificate, blocks and hold, each in
# one round trip. A hold that falls short leaves nothing behind: the block with the exception is a
# savepoint. Batches are taken in order, as credits_take wants it.
AT_ONCE = """
CREATE FUNCTION credits_hold_at_once(
  p_hold uuid, p_organisation uuid, p_made_by uuid, p_purpose jsonb, p_purpose_id uuid,
  p_wishes jsonb, p_need_kg bigint, p_total_kg bigint, p_total_fen bigint, p_greedy_fen bigint,
  p_reference text, p_made_at timestamptz, p_expires_at timestamptz, p_batches uuid[],
  p_kilograms bigint[], p_serials bigint[], p_prices bigint[], p_costs bigint[], p_whys jsonb,
  p_wait boolean)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  line record;
BEGIN
  INSERT INTO credits_hold (hold_id, organisation_id, made_by, purpose, purpose_id, wishes, state,
                            need_kg, total_kg, total_fen, greedy_fen, reference, made_at,
                            expires_at)
  VALUES (p_hold, p_organisation, p_made_by, p_purpose, p_purpose_id, p_wishes, 'held', p_need_kg,
          p_total_kg, p_total_fen, p_greedy_fen, p_reference, p_made_at, p_expires_at);
  INSERT INTO credits_hold_line (hold_id, batch_id, place, quantity_kg, price_fen_per_t, cost_fen,
                                 why)
  SELECT p_hold, batch, place - 1, kg, price, cost, p_whys -> CAST(place - 1 AS integer)
    FROM unnest(p_batches, p_kilograms, p_prices, p_costs)
         WITH ORDINALITY AS told(batch, kg, price, cost, place);
  FOR line IN SELECT * FROM unnest(p_batches, p_serials) AS told(batch, serials) ORDER BY batch LOOP
    IF credits_take(p_hold, line.batch, line.serials, p_wait) <> line.serials THEN
      RAISE EXCEPTION 'short' USING ERRCODE = 'PH001';
    END IF;
  END LOOP;
  RETURN true;
EXCEPTION WHEN SQLSTATE 'PH001' THEN
  RETURN false;
END $$;

CREATE FUNCTION credits_retire_at_once(
  p_retirement uuid, p_hold uuid, p_kind text, p_purpose_id uuid, p_title text, p_title_en text,
  p_quantity_kg bigint, p_required_kg bigint, p_now timestamptz, p_entry uuid, p_code text,
  p_document text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO credits_retirement (retirement_id, hold_id, purpose_kind, purpose_id, title, title_en,
                                  quantity_kg, required_kg, retired_at, register_entry_id)
  VALUES (p_retirement, p_hold, p_kind, p_purpose_id, p_title, p_title_en, p_quantity_kg,
          p_required_kg, p_now, p_entry);
  INSERT INTO credits_certificate (code, retirement_id, document)
  VALUES (p_code, p_retirement, p_document);
  UPDATE credits_block SET state = 'retired', retirement_id = p_retirement WHERE hold_id = p_hold;
  UPDATE credits_hold SET state = 'retired', ended_at = p_now WHERE hold_id = p_hold;
END $$;
"""

# What a buyer asked for stays as it was; only the personal part may be forgotten.
INVOICES = """
CREATE FUNCTION credits_invoice_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.invoice_id, NEW.hold_id, NEW.type, NEW.title, NEW.tax_number, NEW.amount_fen,
      NEW.asked_by, NEW.asked_at)
     IS DISTINCT FROM
     (OLD.invoice_id, OLD.hold_id, OLD.type, OLD.title, OLD.tax_number, OLD.amount_fen,
      OLD.asked_by, OLD.asked_at)
     OR NEW.state <> OLD.state AND OLD.state <> 'requested' THEN
    RAISE EXCEPTION 'an invoice request is decided once'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON credits_invoice
  FOR EACH ROW EXECUTE FUNCTION credits_invoice_guard();
"""

APPEND_ONLY = "\n".join(
    f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION refuse_change();"
    f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
    for table in ("credits_receipt", "credits_sale", "credits_payout")
)

# What was paid and retired before this table existed.
EARLIER = """
INSERT INTO credits_receipt (receipt_id, road, reference, amount_fen, currency, paid_on, hold_id,
                             received_at)
SELECT gen_random_uuid(), 'bank', reference, amount_fen, 'CNY', paid_on, hold_id, confirmed_at
  FROM credits_payment;
INSERT INTO credits_sale
SELECT l.hold_id, l.batch_id, b.seller, l.quantity_kg, l.price_fen_per_t, l.cost_fen, 0,
       r.retired_at
  FROM credits_retirement AS r
  JOIN credits_hold_line AS l USING (hold_id) JOIN credits_batch AS b USING (batch_id);
"""


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["identity_person.person_id"], name=f"fk_{table}_{column}"
    )


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")


def _receipts() -> None:
    op.add_column(
        "credits_payment",
        sa.Column("road", sa.Text, nullable=False, server_default=sa.text("'bank'")),
    )
    op.alter_column("credits_payment", "confirmed_by", nullable=True)
    # A gateway's number may be a bank's as well.
    op.create_unique_constraint(
        "uq_credits_payment_road_reference", "credits_payment", ["road", "reference"]
    )
    op.drop_constraint("uq_credits_payment_reference", "credits_payment")
    op.create_check_constraint(
        op.f("ck_credits_payment_confirmed_by_someone"),
        "credits_payment",
        "road = 'gateway' OR confirmed_by IS NOT NULL",
    )
    op.create_table(
        "credits_receipt",
        sa.Column("receipt_id", sa.Uuid, nullable=False),
        sa.Column("road", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("paid_on", sa.Date, nullable=False),
        sa.Column("hold_id", sa.Uuid),
        sa.Column("odd", sa.Text),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("receipt_id", name="pk_credits_receipt"),
        sa.UniqueConstraint("road", "reference", name="uq_credits_receipt_road_reference"),
        _to("credits_receipt", "hold_id", "credits_hold.hold_id"),
        sa.CheckConstraint("road IN ('bank', 'gateway')", name="road_known"),
        sa.CheckConstraint("amount_fen > 0", name="amount_positive"),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_iso_4217"),
        sa.CheckConstraint(
            "odd IS NULL OR odd IN ('unknown_hold', 'wrong_currency', 'paid_already', 'hold_over',"
            " 'wrong_amount')",
            name="odd_known",
        ),
    )
    op.create_index("ix_credits_receipt_hold_id", "credits_receipt", ["hold_id"])
    op.create_index(
        "ix_credits_receipt_odd",
        "credits_receipt",
        ["received_at"],
        postgresql_where=sa.text("odd IS NOT NULL"),
    )
    op.create_table(
        "credits_refund",
        sa.Column("refund_id", sa.Uuid, nullable=False),
        sa.Column("receipt_id", sa.Uuid, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("asked_by", sa.Uuid, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("decided_by", sa.Uuid),
        sa.Column("decided_at", INSTANT),
        sa.Column("reference", sa.Text),
        sa.Column("fault", sa.Text),
        sa.PrimaryKeyConstraint("refund_id", name="pk_credits_refund"),
        sa.UniqueConstraint("reference", name="uq_credits_refund_reference"),
        _to("credits_refund", "receipt_id", "credits_receipt.receipt_id"),
        _person("credits_refund", "asked_by"),
        _person("credits_refund", "decided_by"),
        sa.CheckConstraint(
            "state IN ('asked', 'sending', 'sent', 'set_aside', 'withdrawn')", name="state_known"
        ),
        sa.CheckConstraint(
            "(state = 'sent') = (reference IS NOT NULL)", name="reference_once_sent"
        ),
        sa.CheckConstraint("(decided_at IS NULL) = (state = 'asked')", name="decided_unless_asked"),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)", name="decided_by_someone"
        ),
    )
    op.create_index(
        "uq_credits_refund_live",
        "credits_refund",
        ["receipt_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )


def _orders() -> None:
    op.create_table(
        "credits_pay_order",
        sa.Column("order_id", sa.Uuid, nullable=False),
        sa.Column("hold_id", sa.Uuid, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("qr_text", sa.Text),
        sa.Column("h5_url", sa.Text),
        sa.Column("made_by", sa.Uuid, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("check_at", INSTANT, nullable=False),
        sa.Column("fault", sa.Text),
        sa.PrimaryKeyConstraint("order_id", name="pk_credits_pay_order"),
        _to("credits_pay_order", "hold_id", "credits_hold.hold_id"),
        _person("credits_pay_order", "made_by"),
        sa.CheckConstraint(
            "state IN ('asked', 'open', 'paid', 'closed', 'refused')", name="state_known"
        ),
        sa.CheckConstraint("amount_fen > 0", name="amount_positive"),
        sa.CheckConstraint("expires_at > made_at", name="expires_later"),
        sa.CheckConstraint("state <> 'open' OR qr_text IS NOT NULL", name="open_can_be_paid"),
    )
    live = sa.text("state IN ('asked', 'open')")
    op.create_index("ix_credits_pay_order_hold_id", "credits_pay_order", ["hold_id"])
    op.create_index(
        "uq_credits_pay_order_live",
        "credits_pay_order",
        ["hold_id"],
        unique=True,
        postgresql_where=live,
    )
    op.create_index(
        "ix_credits_pay_order_check_at", "credits_pay_order", ["check_at"], postgresql_where=live
    )
    op.create_table(
        "credits_gateway_nonce",
        sa.Column("nonce", sa.Text, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("nonce", name="pk_credits_gateway_nonce"),
    )
    op.create_index("ix_credits_gateway_nonce_seen_at", "credits_gateway_nonce", ["seen_at"])


def _invoices() -> None:
    op.create_table(
        "credits_invoice",
        sa.Column("invoice_id", sa.Uuid, nullable=False),
        sa.Column("hold_id", sa.Uuid, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("tax_number", sa.Text),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("asked_by", sa.Uuid, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("decided_by", sa.Uuid),
        sa.Column("decided_at", INSTANT),
        sa.Column("number", sa.Text),
        sa.Column("issued_on", sa.Date),
        sa.Column("document_id", sa.Uuid),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("invoice_id", name="pk_credits_invoice"),
        sa.UniqueConstraint("number", name="uq_credits_invoice_number"),
        _to("credits_invoice", "hold_id", "credits_hold.hold_id"),
        _person("credits_invoice", "asked_by"),
        _person("credits_invoice", "decided_by"),
        _to("credits_invoice", "document_id", "evidence_document.document_id"),
        sa.CheckConstraint("state IN ('requested', 'issued', 'rejected')", name="state_known"),
        sa.CheckConstraint("type IN ('general', 'special')", name="type_known"),
        sa.CheckConstraint("amount_fen > 0", name="amount_positive"),
        sa.CheckConstraint(
            "(title IS NULL) = (tax_number IS NULL)", name="number_of_organisations"
        ),
        sa.CheckConstraint("type = 'general' OR tax_number IS NOT NULL", name="special_has_number"),
        sa.CheckConstraint(
            "(state = 'issued') = (number IS NOT NULL AND issued_on IS NOT NULL)",
            name="number_once_issued",
        ),
        sa.CheckConstraint(
            "(state = 'rejected') = (reason IS NOT NULL)", name="reason_if_rejected"
        ),
        sa.CheckConstraint(
            "(state = 'requested') = (decided_at IS NULL)"
            " AND (decided_at IS NULL) = (decided_by IS NULL)",
            name="decided_unless_requested",
        ),
        sa.CheckConstraint(
            "sealed IS NOT NULL OR decided_at IS NOT NULL", name="reachable_till_then"
        ),
    )
    op.create_index(
        "uq_credits_invoice_live",
        "credits_invoice",
        ["hold_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'rejected'"),
    )
    op.create_index(
        "ix_credits_invoice_forget",
        "credits_invoice",
        ["decided_at"],
        postgresql_where=sa.text("sealed IS NOT NULL"),
    )


def _sellers() -> None:
    op.create_table(
        "credits_seller",
        sa.Column("seller_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("organisation_id", sa.Uuid),
        sa.Column("fee_bp", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.PrimaryKeyConstraint("seller_id", name="pk_credits_seller"),
        sa.UniqueConstraint("name", name="uq_credits_seller_name"),
        _to("credits_seller", "organisation_id", "identity_organisation.organisation_id"),
        sa.CheckConstraint("name <> ''", name="named"),
        sa.CheckConstraint("fee_bp BETWEEN 0 AND 10000", name="fee_in_range"),
    )
    op.create_index("ix_credits_seller_organisation_id", "credits_seller", ["organisation_id"])
    op.create_table(
        "credits_sale",
        sa.Column("hold_id", sa.Uuid, nullable=False),
        sa.Column("batch_id", sa.Uuid, nullable=False),
        sa.Column("seller", sa.Text, nullable=False),
        sa.Column("quantity_kg", sa.BigInteger, nullable=False),
        sa.Column("price_fen_per_t", sa.BigInteger, nullable=False),
        sa.Column("gross_fen", sa.BigInteger, nullable=False),
        sa.Column("fee_fen", sa.BigInteger, nullable=False),
        sa.Column("sold_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("hold_id", "batch_id", name="pk_credits_sale"),
        _to("credits_sale", "hold_id", "credits_hold.hold_id"),
        _to("credits_sale", "batch_id", "credits_batch.batch_id"),
        sa.CheckConstraint("quantity_kg > 0", name="quantity_positive"),
        sa.CheckConstraint("fee_fen BETWEEN 0 AND gross_fen", name="fee_within_price"),
    )
    op.create_index("ix_credits_sale_seller", "credits_sale", ["seller", "sold_at"])
    op.create_table(
        "credits_payout",
        sa.Column("payout_id", sa.Uuid, nullable=False),
        sa.Column("seller", sa.Text, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("paid_on", sa.Date, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("cancels", sa.Uuid),
        sa.Column("recorded_by", sa.Uuid, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("payout_id", name="pk_credits_payout"),
        sa.UniqueConstraint("reference", name="uq_credits_payout_reference"),
        sa.UniqueConstraint("cancels", name="uq_credits_payout_cancels"),
        _to("credits_payout", "cancels", "credits_payout.payout_id"),
        _person("credits_payout", "recorded_by"),
        sa.CheckConstraint(
            "(amount_fen < 0) = (cancels IS NOT NULL)", name="negative_if_cancelling"
        ),
        sa.CheckConstraint("amount_fen <> 0", name="amount_something"),
    )
    op.create_index("ix_credits_payout_seller", "credits_payout", ["seller", "recorded_at"])


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '60s'")
    _receipts()
    _orders()
    _invoices()
    _sellers()
    op.execute(EARLIER)
    for statements in (OF_PAYMENT, ORDERS, SALES, AT_ONCE, INVOICES, APPEND_ONLY):
        op.execute(statements)
