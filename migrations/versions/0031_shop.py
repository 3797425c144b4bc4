"""The shop: offers with stock, redemptions with codes, refunds; causes and donations."""

import sqlalchemy as sa
from alembic import op

revision = "0031_shop"
down_revision = "0030_reversals"
branch_labels = None
depends_on = None

# Thresholds published before there was a shop.
EARLIER_THRESHOLDS = """
ALTER TABLE rewards_threshold DISABLE TRIGGER append_only;
UPDATE rewards_threshold SET values = jsonb_build_object(
  'shop.account_days', 14, 'shop.device_accounts', 5, 'shop.minor_month', 0,
  'shop.wrong_codes', 20, 'shop.wrong_codes_partner', 100, 'shop.delivered_days', 15,
  'shop.address_days', 7, 'shop.grace_days', 30) || values;
ALTER TABLE rewards_threshold ENABLE TRIGGER append_only;
"""

# What is taken of an offer follows from its redemptions here, whoever writes them; the CHECK on
# the offer then refuses what would oversell it.
GUARDS = """
CREATE FUNCTION rewards_count_taken() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  change bigint :=
    CASE WHEN TG_OP <> 'DELETE' AND NEW.state <> 'refunded' THEN 1 ELSE 0 END
    - CASE WHEN TG_OP <> 'INSERT' AND OLD.state <> 'refunded' THEN 1 ELSE 0 END;
BEGIN
  IF change <> 0 THEN
    UPDATE rewards_offer SET taken = taken + change
     WHERE offer_id = CASE WHEN TG_OP = 'DELETE' THEN OLD.offer_id ELSE NEW.offer_id END;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER counts_taken AFTER INSERT OR DELETE OR UPDATE OF state
  ON rewards_redemption FOR EACH ROW EXECUTE FUNCTION rewards_count_taken();

CREATE FUNCTION rewards_redemption_only_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF ROW(NEW.redemption_id, NEW.person_id, NEW.offer_id, NEW.organisation_id, NEW.version_id,
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
     OR NEW.state = 'sent' AND OLD.code_hash IS NOT NULL
  THEN
    RAISE EXCEPTION 'a redemption only goes forward, not from % to %', OLD.state, NEW.state
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER only_forward BEFORE UPDATE ON rewards_redemption
  FOR EACH ROW EXECUTE FUNCTION rewards_redemption_only_forward();
CREATE TRIGGER never_deleted BEFORE DELETE ON rewards_redemption
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER offer_stays BEFORE UPDATE ON rewards_offer FOR EACH ROW
  WHEN (ROW(OLD.offer_id, OLD.organisation_id, OLD.kind, OLD.opened_at)
        IS DISTINCT FROM ROW(NEW.offer_id, NEW.organisation_id, NEW.kind, NEW.opened_at)
        OR OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at)
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE ON rewards_offer
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER terms_stay BEFORE UPDATE ON rewards_offer_version FOR EACH ROW
  WHEN (OLD.state <> 'proposed'
        OR ROW(OLD.version_id, OLD.offer_id, OLD.number, OLD.name_zh, OLD.name_en, OLD.says_zh,
               OLD.says_en, OLD.points, OLD.delivery, OLD.county_code, OLD.offered_until,
               OLD.code_days, OLD.returns_unused, OLD.most_each, OLD.proposed_by, OLD.proposed_at)
           IS DISTINCT FROM
           ROW(NEW.version_id, NEW.offer_id, NEW.number, NEW.name_zh, NEW.name_en, NEW.says_zh,
               NEW.says_en, NEW.points, NEW.delivery, NEW.county_code, NEW.offered_until,
               NEW.code_days, NEW.returns_unused, NEW.most_each, NEW.proposed_by, NEW.proposed_at))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE ON rewards_offer_version
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER cause_stays BEFORE UPDATE ON rewards_cause FOR EACH ROW
  WHEN (OLD.ended_at IS NOT NULL
        OR ROW(OLD.cause_id, OLD.organisation_id, OLD.name_zh, OLD.name_en, OLD.says_zh,
               OLD.says_en, OLD.published_by, OLD.published_at)
           IS DISTINCT FROM
           ROW(NEW.cause_id, NEW.organisation_id, NEW.name_zh, NEW.name_en, NEW.says_zh,
               NEW.says_en, NEW.published_by, NEW.published_at))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE ON rewards_cause
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON rewards_donation
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

# One person's awards, reversals, redemptions and refunds follow one another (the lock's name is
# that of `awards.one_at_a_time`); the offer is held last and shortly, because everybody who wants
# the same thing waits for it. Whoever comes second with a name finds the first one's redemption.
REDEEM = """
CREATE FUNCTION rewards_redeem(
  p_redemption uuid, p_person uuid, p_offer uuid, p_version uuid,
  p_code_hash bytea, p_code_sealed bytea, p_address bytea,
  p_account_days bigint, p_minor boolean, p_now timestamptz,
  OUT outcome text)
LANGUAGE plpgsql AS $$
DECLARE
  today date := (p_now AT TIME ZONE 'Asia/Shanghai')::date;
  known record;
  terms record;
  offer record;
  limits jsonb;
  held bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('rewards.award ' || p_person, 0));
  SELECT person_id, offer_id, version_id INTO known
    FROM rewards_redemption WHERE redemption_id = p_redemption;
  IF FOUND THEN
    outcome := CASE WHEN ROW(known.person_id, known.offer_id, known.version_id)
                       = ROW(p_person, p_offer, p_version) THEN 'repeated' ELSE 'differs' END;
    RETURN;
  END IF;

  SELECT v.points, v.delivery, v.offered_until, v.code_days, v.most_each INTO terms
    FROM rewards_offer_version v
   WHERE v.version_id = p_version AND v.offer_id = p_offer AND v.state = 'published';
  IF NOT FOUND THEN
    outcome := 'no_offer';
    RETURN;
  END IF;
  IF (terms.delivery = 'sent') <> (p_address IS NOT NULL) THEN
    outcome := CASE WHEN p_address IS NULL THEN 'address_missing' ELSE 'address_unwanted' END;
    RETURN;
  END IF;
  IF p_minor AND terms.delivery = 'sent' THEN
    outcome := 'nothing_sent_to_minors';
    RETURN;
  END IF;

  SELECT t.values INTO limits FROM rewards_threshold t WHERE t.valid_from <= today
   ORDER BY t.valid_from DESC LIMIT 1;
  IF NOT FOUND THEN
    outcome := 'no_thresholds';
    RETURN;
  END IF;
  IF p_account_days < (limits->>'shop.account_days')::bigint THEN
    outcome := 'account_too_young';
    RETURN;
  END IF;
  IF (SELECT count(DISTINCT u.person_id) FROM rewards_device_use u
       WHERE u.logged_at > p_now - INTERVAL '30 days'
         AND u.device IN (SELECT mine.device FROM rewards_device_use mine
                           WHERE mine.person_id = p_person
                             AND mine.logged_at > p_now - INTERVAL '30 days'))
     > (limits->>'shop.device_accounts')::bigint THEN
    outcome := 'too_many_on_device';
    RETURN;
  END IF;
  IF p_minor AND (limits->>'shop.minor_month')::bigint > 0 THEN
    IF terms.points + coalesce((
         SELECT sum(r.points) FROM rewards_redemption r
          WHERE r.person_id = p_person AND r.state <> 'refunded'
            AND r.redeemed_at >= date_trunc('month', today::timestamp) AT TIME ZONE 'Asia/Shanghai'
       ), 0) > (limits->>'shop.minor_month')::bigint THEN
      outcome := 'month_is_full';
      RETURN;
    END IF;
  END IF;
  -- Counted only where it matters: a person's redemptions may be many.
  IF terms.most_each IS NOT NULL THEN
    IF terms.most_each <= (SELECT count(*) FROM rewards_redemption r
                            WHERE r.offer_id = p_offer AND r.person_id = p_person
                              AND r.state <> 'refunded') THEN
      outcome := 'enough_redeemed';
      RETURN;
    END IF;
  END IF;

  SELECT balance INTO held FROM ledger_account
   WHERE owner = 'person:' || p_person AND unit = 'point' AND purpose = 'wallet';
  IF coalesce(held, 0) < terms.points THEN
    outcome := 'insufficient';
    RETURN;
  END IF;

  SELECT organisation_id, stock - taken AS remaining, published_id, withdrawn_at INTO offer
    FROM rewards_offer WHERE offer_id = p_offer FOR UPDATE;
  IF offer.withdrawn_at IS NOT NULL OR today > terms.offered_until THEN
    outcome := 'over';
    RETURN;
  END IF;
  IF offer.published_id IS DISTINCT FROM p_version THEN
    outcome := 'changed';
    RETURN;
  END IF;
  IF offer.remaining < 1 THEN
    outcome := 'sold_out';
    RETURN;
  END IF;
  INSERT INTO rewards_redemption
         (redemption_id, person_id, offer_id, organisation_id, version_id, points, state,
          code_hash, code_sealed, address_sealed, redeemed_at, expires_at)
  VALUES (p_redemption, p_person, p_offer, offer.organisation_id, p_version, terms.points, 'issued',
          CASE WHEN terms.delivery <> 'sent' THEN p_code_hash END,
          CASE WHEN terms.delivery <> 'sent' THEN p_code_sealed END,
          p_address, p_now,
          -- It holds until the end of its last day in China.
          ((today + terms.code_days::int + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'))
  ON CONFLICT (redemption_id) DO NOTHING;
  IF NOT FOUND THEN
    outcome := 'differs';
    RETURN;
  END IF;
  IF ledger_transfer(
       p_redemption, 'redeemed', p_now,
       ARRAY['person:' || p_person || '|point|wallet'],
       ARRAY['partner:' || offer.organisation_id || '|point|redeemed'],
       ARRAY[terms.points]) <> 'moved' THEN
    RAISE EXCEPTION 'a transfer called % is in the ledger already', p_redemption
      USING ERRCODE = 'unique_violation', CONSTRAINT = 'ledger_transfer_differs';
  END IF;
  outcome := 'redeemed';
END $$;
"""


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    _offers()
    _redemptions()
    _causes()
    # Who redeems is looked up by person: on which devices, and who else is on those.
    op.create_index(
        "ix_rewards_device_use_person", "rewards_device_use", ["person_id", "logged_at"]
    )
    op.execute(EARLIER_THRESHOLDS)
    op.execute(GUARDS)
    op.execute(REDEEM)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], name=f"fk_{table}_{column}")


def _offers() -> None:
    table = "rewards_offer"
    op.create_table(
        table,
        sa.Column("offer_id", sa.Uuid, nullable=False),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("stock", sa.BigInteger, nullable=False),
        sa.Column("taken", sa.BigInteger, nullable=False),
        sa.Column("published_id", sa.Uuid),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("offer_id", name=f"pk_{table}"),
        _refers(table, "organisation_id", "identity_organisation.organisation_id"),
        sa.CheckConstraint(
            "kind IN ('bamboo', 'daily', 'nature', 'travel', 'other')", name="kind_known"
        ),
        sa.CheckConstraint("stock BETWEEN 0 AND 1000000", name="stock_in_range"),
        sa.CheckConstraint("taken BETWEEN 0 AND stock", name="never_oversold"),
        # `taken` changes in place: room on the page keeps the update off the indexes.
        postgresql_with={"fillfactor": "70"},
    )
    op.create_index(f"ix_{table}_organisation", table, ["organisation_id", "opened_at"])
    op.create_index(
        f"ix_{table}_published",
        table,
        ["opened_at", "offer_id"],
        postgresql_where=sa.text("published_id IS NOT NULL AND withdrawn_at IS NULL"),
    )
    table = "rewards_offer_version"
    op.create_table(
        table,
        sa.Column("version_id", sa.Uuid, nullable=False),
        sa.Column("offer_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("name_zh", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("says_zh", sa.Text, nullable=False),
        sa.Column("says_en", sa.Text, nullable=False),
        sa.Column("points", sa.BigInteger, nullable=False),
        sa.Column("delivery", sa.Text, nullable=False),
        sa.Column("county_code", sa.Text),
        sa.Column("offered_until", sa.Date, nullable=False),
        sa.Column("code_days", sa.BigInteger, nullable=False),
        sa.Column("returns_unused", sa.Boolean, nullable=False),
        sa.Column("most_each", sa.BigInteger),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("proposed_by", sa.Uuid, nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("version_id", name=f"pk_{table}"),
        sa.UniqueConstraint("offer_id", "number", name=f"uq_{table}_offer_id_number"),
        _refers(table, "offer_id", "rewards_offer.offer_id"),
        _refers(table, "proposed_by", "identity_person.person_id"),
        _refers(table, "decided_by", "identity_person.person_id"),
        sa.CheckConstraint("points BETWEEN 1 AND 1000000", name="points_in_range"),
        sa.CheckConstraint("delivery IN ('pickup', 'sent', 'service')", name="delivery_known"),
        sa.CheckConstraint("county_code ~ '^[0-9]{6}$'", name="county_form"),
        sa.CheckConstraint(
            "delivery = 'sent' OR county_code IS NOT NULL", name="fetched_somewhere"
        ),
        sa.CheckConstraint("code_days BETWEEN 1 AND 365", name="code_days_in_range"),
        sa.CheckConstraint("delivery <> 'sent' OR returns_unused", name="unsent_comes_back"),
        sa.CheckConstraint("most_each > 0", name="most_each_positive"),
        sa.CheckConstraint("state IN ('proposed', 'published', 'refused')", name="state_known"),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)"
            " AND (decided_at IS NULL) = (decided_by IS NULL)",
            name="decided_when_final",
        ),
        sa.CheckConstraint("(state = 'refused') = (reason IS NOT NULL)", name="refusal_has_reason"),
    )
    op.create_index(
        f"ix_{table}_waiting",
        table,
        ["proposed_at", "version_id"],
        postgresql_where=sa.text("state = 'proposed'"),
    )


def _redemptions() -> None:
    table = "rewards_redemption"
    op.create_table(
        table,
        sa.Column("redemption_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("offer_id", sa.Uuid, nullable=False),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("version_id", sa.Uuid, nullable=False),
        sa.Column("points", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("code_hash", sa.LargeBinary),
        sa.Column("code_sealed", sa.LargeBinary),
        sa.Column("address_sealed", sa.LargeBinary),
        sa.Column("redeemed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True)),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("tracking", sa.Text),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_by", sa.Uuid),
        sa.Column("refund_id", sa.Uuid),
        sa.Column("refund_ground", sa.Text),
        sa.Column("refund_reason", sa.Text),
        sa.Column("withheld", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.PrimaryKeyConstraint("redemption_id", name=f"pk_{table}"),
        sa.UniqueConstraint("code_hash", name=f"uq_{table}_code_hash"),
        sa.UniqueConstraint("refund_id", name=f"uq_{table}_refund_id"),
        _refers(table, "person_id", "identity_person.person_id"),
        _refers(table, "offer_id", "rewards_offer.offer_id"),
        _refers(table, "organisation_id", "identity_organisation.organisation_id"),
        _refers(table, "version_id", "rewards_offer_version.version_id"),
        sa.CheckConstraint("points > 0", name="points_positive"),
        sa.CheckConstraint(
            "state IN ('issued', 'sent', 'handed_over', 'delivered', 'refunded', 'lapsed')",
            name="state_known",
        ),
        sa.CheckConstraint("octet_length(code_hash) = 32", name="code_whole"),
        sa.CheckConstraint(
            "(code_hash IS NULL) = (code_sealed IS NULL)", name="code_found_and_sealed"
        ),
        sa.CheckConstraint("address_sealed IS NULL OR code_hash IS NULL", name="code_or_address"),
        sa.CheckConstraint(
            "(state IN ('sent', 'delivered')) <= (sent_at IS NOT NULL)", name="sent_sometime"
        ),
        sa.CheckConstraint(
            "(state IN ('issued', 'sent')) = (ended_at IS NULL)", name="ended_when_final"
        ),
        sa.CheckConstraint(
            "(state = 'refunded') = (refund_id IS NOT NULL)"
            " AND (refund_id IS NULL) = (refund_ground IS NULL)",
            name="refunded_somehow",
        ),
        sa.CheckConstraint(
            "refund_ground IN ('partner', 'operator', 'unused', 'unsent')", name="ground_known"
        ),
        sa.CheckConstraint(
            "(refund_ground IN ('partner', 'operator')) = (refund_reason IS NOT NULL)",
            name="refund_has_reason",
        ),
        sa.CheckConstraint("withheld BETWEEN 0 AND points", name="withheld_in_range"),
        sa.CheckConstraint("withheld = 0 OR state = 'refunded'", name="withheld_from_refund"),
    )
    for name, columns in (
        ("person", ["person_id", "redeemed_at", "redemption_id"]),
        ("partner", ["organisation_id", "redeemed_at", "redemption_id"]),
        ("offer", ["offer_id", "person_id"]),
    ):
        op.create_index(f"ix_{table}_{name}", table, columns)
    for name, column, where in (
        ("open", "expires_at", "state = 'issued' AND called_at IS NULL"),
        ("sent", "sent_at", "state = 'sent'"),
        ("address", "ended_at", "address_sealed IS NOT NULL"),
    ):
        op.create_index(f"ix_{table}_{name}", table, [column], postgresql_where=sa.text(where))
    table = "rewards_wrong_code"
    op.create_table(
        table,
        sa.Column("wrong_id", sa.BigInteger, sa.Identity(always=True)),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("wrong_id", name=f"pk_{table}"),
        _refers(table, "person_id", "identity_person.person_id"),
        _refers(table, "organisation_id", "identity_organisation.organisation_id"),
    )
    op.create_index(f"ix_{table}_person", table, ["person_id", "at"])
    op.create_index(f"ix_{table}_partner", table, ["organisation_id", "at"])
    op.create_index(f"ix_{table}_at", table, ["at"])


def _causes() -> None:
    table = "rewards_cause"
    op.create_table(
        table,
        sa.Column("cause_id", sa.Uuid, nullable=False),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("name_zh", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("says_zh", sa.Text, nullable=False),
        sa.Column("says_en", sa.Text, nullable=False),
        sa.Column("published_by", sa.Uuid),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("cause_id", name=f"pk_{table}"),
        _refers(table, "organisation_id", "identity_organisation.organisation_id"),
        _refers(table, "published_by", "identity_person.person_id"),
    )
    table = "rewards_donation"
    op.create_table(
        table,
        sa.Column("donation_id", sa.Uuid, nullable=False),
        sa.Column("cause_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("points", sa.BigInteger, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("donated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("donation_id", name=f"pk_{table}"),
        sa.UniqueConstraint("code", name=f"uq_{table}_code"),
        _refers(table, "cause_id", "rewards_cause.cause_id"),
        _refers(table, "person_id", "identity_person.person_id"),
        sa.CheckConstraint("points > 0", name="points_positive"),
        sa.CheckConstraint("code ~ '^[0-9A-HJKMNP-TV-Z]{12}$'", name="code_form"),
    )
    op.create_index(f"ix_{table}_person", table, ["person_id", "donated_at", "donation_id"])
    op.create_index(f"ix_{table}_cause", table, ["cause_id"])
