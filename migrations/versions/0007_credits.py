"""Tables of credits: projects, batches, blocks of serials, holds, retirements, certificates."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import INT8RANGE, JSONB, ExcludeConstraint

revision = "0007_credits"
down_revision = "0006_evidence"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)

# A taken piece is first cut off the open block and then inserted, so that the exclusion
# constraint never sees the two overlap. The owner keeps the first numbers. A taker steps over
# blocks that others are cutting (SKIP LOCKED), and waits for one only while they have nothing of
# this batch: whoever holds a block never waits for another of the same batch, so that takers,
# who go from batch to batch in order, cannot deadlock. Who fell short that way asks again with
# p_wait and queues for the blocks in their order.
TAKE = """
CREATE FUNCTION credits_take(p_hold uuid, p_batch uuid, p_serials bigint, p_wait boolean)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  wanted bigint := p_serials;
  found_block record;
  cut bigint;
BEGIN
  -- Whoever encumbers the batch waits for us, or we see that it is encumbered.
  PERFORM FROM credits_batch WHERE batch_id = p_batch AND encumbrance = 'none' FOR SHARE;
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  WHILE wanted > 0 LOOP
    IF p_wait THEN
      SELECT block_id, serials INTO found_block FROM credits_block
       WHERE batch_id = p_batch AND state = 'available'
       ORDER BY block_id LIMIT 1 FOR UPDATE;
      IF NOT FOUND THEN
        EXIT WHEN NOT EXISTS (SELECT FROM credits_block
                               WHERE batch_id = p_batch AND state = 'available');
        CONTINUE;
      END IF;
    ELSE
      SELECT block_id, serials INTO found_block FROM credits_block
       WHERE batch_id = p_batch AND state = 'available'
       ORDER BY block_id LIMIT 1 FOR UPDATE SKIP LOCKED;
      IF NOT FOUND THEN
        EXIT WHEN wanted < p_serials;
        SELECT block_id, serials INTO found_block FROM credits_block
         WHERE batch_id = p_batch AND state = 'available'
         ORDER BY block_id LIMIT 1 FOR UPDATE;
        IF NOT FOUND THEN
          -- What we queued for may be gone when we are served; another may be open.
          EXIT WHEN NOT EXISTS (SELECT FROM credits_block
                                 WHERE batch_id = p_batch AND state = 'available');
          CONTINUE;
        END IF;
      END IF;
    END IF;
    cut := least(wanted, upper(found_block.serials) - lower(found_block.serials));
    IF cut = upper(found_block.serials) - lower(found_block.serials) THEN
      UPDATE credits_block SET state = 'held', hold_id = p_hold
       WHERE block_id = found_block.block_id;
    ELSE
      UPDATE credits_block
         SET serials = int8range(lower(serials), upper(serials) - cut)
       WHERE block_id = found_block.block_id;
      INSERT INTO credits_block (batch_id, serials, state, hold_id)
      VALUES (p_batch,
              int8range(upper(found_block.serials) - cut, upper(found_block.serials)),
              'held', p_hold);
    END IF;
    wanted := wanted - cut;
  END LOOP;
  RETURN p_serials - wanted;
END $$;
"""

# Retired and cancelled are the end. A block never grows and never changes its batch, so that
# no serial can appear that was not issued.
FINAL = """
CREATE FUNCTION credits_block_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'serials do not disappear' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.state IN ('retired', 'cancelled') THEN
    RAISE EXCEPTION '% is final', OLD.state USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (OLD.state, NEW.state) NOT IN (
       ('available', 'available'), ('available', 'held'), ('available', 'cancelled'),
       ('held', 'available'), ('held', 'retired')) THEN
    RAISE EXCEPTION 'a block does not go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.batch_id <> OLD.batch_id OR NOT NEW.serials <@ OLD.serials
     OR (NEW.serials <> OLD.serials AND OLD.state <> 'available') THEN
    RAISE EXCEPTION 'a block keeps its serials' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON credits_block
  FOR EACH ROW EXECUTE FUNCTION credits_block_guard();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON credits_block
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION credits_batch_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.batch_id, NEW.project_id, NEW.kind, NEW.granularity_kg, NEW.registry_name,
      NEW.serial_block, NEW.serial_text, NEW.serials, NEW.quantity_kg,
      NEW.period_starts, NEW.period_ends)
     IS DISTINCT FROM
     (OLD.batch_id, OLD.project_id, OLD.kind, OLD.granularity_kg, OLD.registry_name,
      OLD.serial_block, OLD.serial_text, OLD.serials, OLD.quantity_kg,
      OLD.period_starts, OLD.period_ends) THEN
    RAISE EXCEPTION 'what was issued does not change'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON credits_batch
  FOR EACH ROW EXECUTE FUNCTION credits_batch_guard();

CREATE FUNCTION credits_hold_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state NOT IN ('held', 'paid') THEN
    RAISE EXCEPTION 'a hold that is % has ended', OLD.state
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
       ('held', 'paid'), ('held', 'released'), ('held', 'expired'), ('paid', 'retired')) THEN
    RAISE EXCEPTION 'a hold does not go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (NEW.hold_id, NEW.organisation_id, NEW.purpose, NEW.need_kg, NEW.total_kg, NEW.total_fen)
     IS DISTINCT FROM
     (OLD.hold_id, OLD.organisation_id, OLD.purpose, OLD.need_kg, OLD.total_kg, OLD.total_fen)
  THEN
    RAISE EXCEPTION 'a hold keeps its price' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON credits_hold
  FOR EACH ROW EXECUTE FUNCTION credits_hold_guard();
"""

APPEND_ONLY = "\n".join(
    f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION refuse_change();"
    f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
    for table in (
        "credits_hold_line",
        "credits_payment",
        "credits_retirement",
        "credits_certificate",
        "credits_seal",
        "credits_erratum",
    )
)


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["identity_person.person_id"], name=f"fk_{table}_{column}"
    )


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.create_table(
        "credits_project",
        sa.Column("project_id", sa.Uuid, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("county_code", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("place_en", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("beneficiaries", sa.Text, nullable=False),
        sa.Column("beneficiaries_en", sa.Text, nullable=False),
        sa.Column("households", sa.BigInteger),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("project_id", name="pk_credits_project"),
        sa.UniqueConstraint("code", name="uq_credits_project_code"),
    )
    op.create_table(
        "credits_batch",
        sa.Column("batch_id", sa.Uuid, nullable=False),
        sa.Column("project_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("granularity_kg", sa.BigInteger, nullable=False),
        sa.Column("registry_name", sa.Text, nullable=False),
        sa.Column("serial_block", sa.Text, nullable=False),
        sa.Column("serial_text", sa.Text, nullable=False),
        sa.Column("serials", INT8RANGE, nullable=False),
        sa.Column("quantity_kg", sa.BigInteger, nullable=False),
        sa.Column("period_starts", sa.Date, nullable=False),
        sa.Column("period_ends", sa.Date, nullable=False),
        sa.Column("price_fen_per_t", sa.BigInteger, nullable=False),
        sa.Column("seller", sa.Text, nullable=False),
        sa.Column("encumbrance", sa.Text, nullable=False, server_default=sa.text("'none'")),
        sa.Column("encumbrance_note", sa.Text, nullable=False, server_default=sa.text("''")),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("imported_by", sa.Uuid, nullable=False),
        sa.Column("imported_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("batch_id", name="pk_credits_batch"),
        _to("credits_batch", "project_id", "credits_project.project_id"),
        _person("credits_batch", "imported_by"),
        sa.CheckConstraint(
            "kind IN ('ffcer', 'ccer', 'vcs', 'forest_ticket', 'single_tree', 'one_yuan')",
            name="kind_known",
        ),
        sa.CheckConstraint(
            "granularity_kg = CASE kind WHEN 'ffcer' THEN 1000 WHEN 'ccer' THEN 1000"
            " WHEN 'vcs' THEN 1000 WHEN 'forest_ticket' THEN 1 WHEN 'single_tree' THEN 1"
            " WHEN 'one_yuan' THEN 10 END",
            name="granularity_of_kind",
        ),
        sa.CheckConstraint(
            "NOT isempty(serials) AND NOT lower_inf(serials) AND NOT upper_inf(serials)",
            name="serials_bounded",
        ),
        sa.CheckConstraint(
            "quantity_kg = (upper(serials) - lower(serials)) * granularity_kg",
            name="quantity_counts_serials",
        ),
        sa.CheckConstraint("price_fen_per_t > 0", name="price_positive"),
        sa.CheckConstraint("period_ends >= period_starts", name="period_forward"),
        sa.CheckConstraint(
            "encumbrance IN ('none', 'pledged', 'disputed', 'used')", name="encumbrance_known"
        ),
        ExcludeConstraint(
            ("registry_name", "="),
            ("serial_block", "="),
            ("serials", "&&"),
            name="ex_credits_batch_serials",
        ),
        ExcludeConstraint(
            ("project_id", "="),
            ("kind", "<>"),
            (sa.text("daterange(period_starts, period_ends, '[]')"), "&&"),
            name="ex_credits_batch_one_kind_per_period",
        ),
    )
    op.create_index("ix_credits_batch_project_id", "credits_batch", ["project_id"])
    op.create_table(
        "credits_hold",
        sa.Column("hold_id", sa.Uuid, nullable=False),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("made_by", sa.Uuid, nullable=False),
        sa.Column("purpose", JSONB, nullable=False),
        sa.Column("purpose_id", sa.Uuid, nullable=False),
        sa.Column("wishes", JSONB, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("need_kg", sa.BigInteger, nullable=False),
        sa.Column("total_kg", sa.BigInteger, nullable=False),
        sa.Column("total_fen", sa.BigInteger, nullable=False),
        sa.Column("greedy_fen", sa.BigInteger, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.PrimaryKeyConstraint("hold_id", name="pk_credits_hold"),
        sa.UniqueConstraint("reference", name="uq_credits_hold_reference"),
        _to("credits_hold", "organisation_id", "identity_organisation.organisation_id"),
        _person("credits_hold", "made_by"),
        sa.CheckConstraint(
            "state IN ('held', 'paid', 'retired', 'released', 'expired')", name="state_known"
        ),
        sa.CheckConstraint("total_kg >= need_kg AND need_kg > 0", name="need_covered"),
        sa.CheckConstraint("total_fen > 0", name="price_positive"),
        sa.CheckConstraint("expires_at > made_at", name="expires_later"),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (state IN ('held', 'paid'))", name="ended_exactly_if_over"
        ),
    )
    op.create_index("ix_credits_hold_organisation_id", "credits_hold", ["organisation_id"])
    op.create_index("ix_credits_hold_purpose_id", "credits_hold", ["purpose_id"])
    op.create_index(
        "ix_credits_hold_expires_at",
        "credits_hold",
        ["expires_at"],
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_table(
        "credits_hold_line",
        sa.Column("hold_id", sa.Uuid, nullable=False),
        sa.Column("batch_id", sa.Uuid, nullable=False),
        sa.Column("place", sa.BigInteger, nullable=False),
        sa.Column("quantity_kg", sa.BigInteger, nullable=False),
        sa.Column("price_fen_per_t", sa.BigInteger, nullable=False),
        sa.Column("cost_fen", sa.BigInteger, nullable=False),
        sa.Column("why", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("hold_id", "batch_id", name="pk_credits_hold_line"),
        _to("credits_hold_line", "hold_id", "credits_hold.hold_id"),
        _to("credits_hold_line", "batch_id", "credits_batch.batch_id"),
        sa.CheckConstraint("quantity_kg > 0 AND cost_fen >= 0", name="amounts_positive"),
    )
    op.create_index("ix_credits_hold_line_batch_id", "credits_hold_line", ["batch_id"])
    op.create_table(
        "credits_payment",
        sa.Column("hold_id", sa.Uuid, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("paid_on", sa.Date, nullable=False),
        sa.Column("confirmed_by", sa.Uuid, nullable=False),
        sa.Column("confirmed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("hold_id", name="pk_credits_payment"),
        sa.UniqueConstraint("reference", name="uq_credits_payment_reference"),
        _to("credits_payment", "hold_id", "credits_hold.hold_id"),
        _person("credits_payment", "confirmed_by"),
        sa.CheckConstraint("amount_fen > 0", name="amount_positive"),
    )
    op.create_table(
        "credits_retirement",
        sa.Column("retirement_id", sa.Uuid, nullable=False),
        sa.Column("hold_id", sa.Uuid, nullable=False),
        sa.Column("purpose_kind", sa.Text, nullable=False),
        sa.Column("purpose_id", sa.Uuid, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("title_en", sa.Text, nullable=False),
        sa.Column("quantity_kg", sa.BigInteger, nullable=False),
        sa.Column("required_kg", sa.BigInteger, nullable=False),
        sa.Column("retired_at", INSTANT, nullable=False),
        sa.Column("register_entry_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("retirement_id", name="pk_credits_retirement"),
        sa.UniqueConstraint("hold_id", name="uq_credits_retirement_hold_id"),
        sa.UniqueConstraint("register_entry_id", name="uq_credits_retirement_register_entry_id"),
        _to("credits_retirement", "hold_id", "credits_hold.hold_id"),
        sa.CheckConstraint(
            "quantity_kg >= required_kg AND required_kg > 0", name="requirement_covered"
        ),
    )
    op.create_index("ix_credits_retirement_purpose_id", "credits_retirement", ["purpose_id"])
    op.create_index(
        "ix_credits_retirement_retired_at", "credits_retirement", ["retired_at", "retirement_id"]
    )
    op.create_table(
        "credits_beneficiary",
        sa.Column("hold_id", sa.Uuid, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("hold_id", name="pk_credits_beneficiary"),
        _to("credits_beneficiary", "hold_id", "credits_hold.hold_id"),
    )
    op.create_table(
        "credits_certificate",
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("retirement_id", sa.Uuid, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_credits_certificate"),
        sa.UniqueConstraint("retirement_id", name="uq_credits_certificate_retirement_id"),
        _to("credits_certificate", "retirement_id", "credits_retirement.retirement_id"),
    )
    op.create_table(
        "credits_seal",
        sa.Column("retirement_id", sa.Uuid, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.Column("sealed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("retirement_id", name="pk_credits_seal"),
        _to("credits_seal", "retirement_id", "credits_retirement.retirement_id"),
        sa.CheckConstraint("length(signature) = 64", name="signature_ed25519"),
    )
    op.create_table(
        "credits_erratum",
        sa.Column("erratum_id", sa.Uuid, nullable=False),
        sa.Column("retirement_id", sa.Uuid, nullable=False),
        sa.Column("says_zh", sa.Text, nullable=False),
        sa.Column("says_en", sa.Text, nullable=False),
        sa.Column("recorded_by", sa.Uuid, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("erratum_id", name="pk_credits_erratum"),
        _to("credits_erratum", "retirement_id", "credits_retirement.retirement_id"),
        _person("credits_erratum", "recorded_by"),
    )
    op.create_index("ix_credits_erratum_retirement_id", "credits_erratum", ["retirement_id"])
    op.create_table(
        "credits_block",
        sa.Column("block_id", sa.BigInteger, sa.Identity(always=True)),
        sa.Column("batch_id", sa.Uuid, nullable=False),
        sa.Column("serials", INT8RANGE, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("hold_id", sa.Uuid),
        sa.Column("retirement_id", sa.Uuid),
        sa.PrimaryKeyConstraint("block_id", name="pk_credits_block"),
        _to("credits_block", "batch_id", "credits_batch.batch_id"),
        _to("credits_block", "hold_id", "credits_hold.hold_id"),
        _to("credits_block", "retirement_id", "credits_retirement.retirement_id"),
        sa.CheckConstraint(
            "state IN ('available', 'held', 'retired', 'cancelled')", name="state_known"
        ),
        sa.CheckConstraint(
            "NOT isempty(serials) AND NOT lower_inf(serials) AND NOT upper_inf(serials)",
            name="serials_bounded",
        ),
        sa.CheckConstraint(
            "(hold_id IS NOT NULL) = (state IN ('held', 'retired'))", name="hold_exactly_if_taken"
        ),
        sa.CheckConstraint(
            "(retirement_id IS NOT NULL) = (state = 'retired')",
            name="retirement_exactly_if_retired",
        ),
        ExcludeConstraint(("batch_id", "="), ("serials", "&&"), name="ex_credits_block_serials"),
    )
    op.create_index(
        "ix_credits_block_open",
        "credits_block",
        ["batch_id"],
        postgresql_where=sa.text("state = 'available'"),
    )
    op.create_index(
        "ix_credits_block_hold_id",
        "credits_block",
        ["hold_id"],
        postgresql_where=sa.text("hold_id IS NOT NULL"),
    )
    op.create_index(
        "ix_credits_block_retirement_id",
        "credits_block",
        ["retirement_id"],
        postgresql_where=sa.text("retirement_id IS NOT NULL"),
    )
    op.execute(TAKE)
    op.execute(FINAL)
    op.execute(APPEND_ONLY)
