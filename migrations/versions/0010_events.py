"""Events, inventories, attendee lists, estimates, offers, retirements, neutrality."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010_events"
down_revision = "0009_footprint"
branch_labels = None
depends_on = None

# An estimate stays as it was made. Its annex, which says where people came from, may be deleted
# when its time is over; nothing may take its place.
NEVER_CHANGED = """
CREATE FUNCTION events_keep_estimate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.annex IS NULL
     AND to_jsonb(NEW) - 'annex' = to_jsonb(OLD) - 'annex' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'an estimate is never changed'
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON events_estimate
  FOR EACH ROW EXECUTE FUNCTION events_keep_estimate();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON events_estimate
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON events_retirement
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON events_retirement
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON events_neutrality
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON events_neutrality
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def _instant(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _person(name: str, table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column(name, sa.Uuid, nullable=False),
        sa.ForeignKeyConstraint([name], ["identity_person.person_id"], name=f"fk_{table}_{name}"),
    ]


def _event(table: str, *, primary: bool = False) -> list[sa.schema.SchemaItem]:
    found: list[sa.schema.SchemaItem] = [
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events_event.event_id"], name=f"fk_{table}_event_id"
        ),
    ]
    return [*found, sa.PrimaryKeyConstraint("event_id", name=f"pk_{table}")] if primary else found


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    op.create_table(
        "events_event",
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("title_zh", sa.Text, nullable=False),
        sa.Column("title_en", sa.Text, nullable=False),
        sa.Column("venue_city", sa.Text, nullable=False),
        sa.Column("venue_county", sa.Text, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("attendees", sa.BigInteger, nullable=False),
        sa.Column("boundary", JSONB, nullable=False),
        sa.Column("is_public", sa.Boolean, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        *_person("created_by", "events_event"),
        _instant("created_at"),
        _instant("changed_at"),
        sa.PrimaryKeyConstraint("event_id", name="pk_events_event"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.organisation_id"],
            name="fk_events_event_organisation_id",
        ),
        sa.CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        sa.CheckConstraint("attendees BETWEEN 1 AND 1000000", name="attendees_plausible"),
        sa.CheckConstraint("version > 0", name="version_counts"),
    )
    op.create_index("ix_events_event_organisation_id", "events_event", ["organisation_id"])
    op.create_index(
        "ix_events_event_public", "events_event", ["is_public", "starts_on", "event_id"]
    )
    op.create_table(
        "events_inventory",
        *_event("events_inventory", primary=True),
        sa.Column("people_per_room", sa.Numeric),
        sa.Column("entries", JSONB, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        _instant("changed_at"),
        sa.CheckConstraint("people_per_room BETWEEN 1 AND 20", name="room_plausible"),
        sa.CheckConstraint("version > 0", name="version_counts"),
    )
    op.create_table(
        "events_list",
        sa.Column("list_id", sa.Uuid, nullable=False),
        *_event("events_list"),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("merged", sa.BigInteger, nullable=False),
        sa.Column("groups", JSONB, nullable=False),
        sa.Column("questions", JSONB, nullable=False),
        sa.Column("columns", JSONB, nullable=False),
        *_person("uploaded_by", "events_list"),
        _instant("uploaded_at"),
        sa.PrimaryKeyConstraint("list_id", name="pk_events_list"),
    )
    op.create_index("ix_events_list_event", "events_list", ["event_id", "uploaded_at"])
    op.create_table(
        "events_estimate",
        sa.Column("estimate_id", sa.Uuid, nullable=False),
        *_event("events_estimate"),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("list_id", sa.Uuid),
        sa.Column("total_kg", sa.Numeric, nullable=False),
        sa.Column("co2_kg", sa.Numeric, nullable=False),
        sa.Column("co2e_kg", sa.Numeric, nullable=False),
        sa.Column("need_kg", sa.BigInteger, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("annex", sa.Text),
        *_person("made_by", "events_estimate"),
        _instant("made_at"),
        sa.PrimaryKeyConstraint("estimate_id", name="pk_events_estimate"),
        sa.UniqueConstraint("event_id", "number", name="uq_events_estimate_event_id_number"),
        sa.ForeignKeyConstraint(
            ["list_id"], ["events_list.list_id"], name="fk_events_estimate_list_id"
        ),
        sa.CheckConstraint("stage IN ('plan', 'actual')", name="stage_known"),
        sa.CheckConstraint("number > 0", name="number_counts"),
        sa.CheckConstraint("total_kg >= 0", name="total_not_negative"),
        sa.CheckConstraint("total_kg = co2_kg + co2e_kg", name="parts_add_up"),
        sa.CheckConstraint("need_kg = ceil(total_kg)", name="need_is_rounded_up"),
    )
    op.create_table(
        "events_offer",
        sa.Column("offer_id", sa.Uuid, nullable=False),
        *_event("events_offer"),
        sa.Column("estimate_id", sa.Uuid, nullable=False),
        sa.Column("need_kg", sa.BigInteger, nullable=False),
        *_person("requested_by", "events_offer"),
        _instant("requested_at"),
        sa.PrimaryKeyConstraint("offer_id", name="pk_events_offer"),
        sa.ForeignKeyConstraint(
            ["estimate_id"], ["events_estimate.estimate_id"], name="fk_events_offer_estimate_id"
        ),
        sa.CheckConstraint("need_kg > 0", name="need_positive"),
    )
    op.create_index("ix_events_offer_event_id", "events_offer", ["event_id"])
    op.create_table(
        "events_retirement",
        sa.Column("retirement_id", sa.Uuid, nullable=False),
        *_event("events_retirement"),
        sa.Column("offer_id", sa.Uuid, nullable=False),
        sa.Column("quantity_kg", sa.BigInteger, nullable=False),
        _instant("retired_at"),
        sa.PrimaryKeyConstraint("retirement_id", name="pk_events_retirement"),
        sa.UniqueConstraint("offer_id", name="uq_events_retirement_offer_id"),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["events_offer.offer_id"], name="fk_events_retirement_offer_id"
        ),
        sa.CheckConstraint("quantity_kg > 0", name="quantity_positive"),
    )
    op.create_index("ix_events_retirement_event_id", "events_retirement", ["event_id"])
    op.create_table(
        "events_neutrality",
        sa.Column("estimate_id", sa.Uuid, nullable=False),
        *_event("events_neutrality"),
        sa.Column("need_kg", sa.BigInteger, nullable=False),
        sa.Column("retired_kg", sa.BigInteger, nullable=False),
        _instant("declared_at"),
        sa.Column("register_entry_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("estimate_id", name="pk_events_neutrality"),
        sa.ForeignKeyConstraint(
            ["estimate_id"],
            ["events_estimate.estimate_id"],
            name="fk_events_neutrality_estimate_id",
        ),
        sa.CheckConstraint("retired_kg >= need_kg", name="covered"),
    )
    op.create_index("ix_events_neutrality_event_id", "events_neutrality", ["event_id"])
    op.execute(NEVER_CHANGED)
