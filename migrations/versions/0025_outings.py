"""Outings, places booked on them, and who came."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0025_outings"
down_revision = "0024_survival"
branch_labels = None
depends_on = None

# What is taken of an outing follows from its bookings here, whoever writes them; the CHECK on the
# outing then refuses what would overbook it.
GUARDS = """
CREATE FUNCTION rewards_count_places() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE rewards_outing SET taken = taken
    + CASE WHEN TG_OP <> 'DELETE' AND NEW.cancelled_at IS NULL THEN NEW.places ELSE 0 END
    - CASE WHEN TG_OP <> 'INSERT' AND OLD.cancelled_at IS NULL THEN OLD.places ELSE 0 END
  WHERE outing_id = CASE WHEN TG_OP = 'DELETE' THEN OLD.outing_id ELSE NEW.outing_id END;
  RETURN NULL;
END $$;
CREATE TRIGGER counts_places AFTER INSERT OR DELETE OR UPDATE OF cancelled_at, places
  ON rewards_booking FOR EACH ROW EXECUTE FUNCTION rewards_count_places();
CREATE TRIGGER booking_stays BEFORE UPDATE ON rewards_booking FOR EACH ROW
  WHEN (OLD.cancelled_at IS NOT NULL
        OR ROW(OLD.booking_id, OLD.outing_id, OLD.person_id, OLD.organisation_id, OLD.places,
               OLD.booked_at)
           IS DISTINCT FROM
           ROW(NEW.booking_id, NEW.outing_id, NEW.person_id, NEW.organisation_id, NEW.places,
               NEW.booked_at))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON rewards_base_capacity
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    op.create_table(
        "rewards_base_capacity",
        sa.Column("base_id", sa.Uuid, nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("people", sa.BigInteger, nullable=False),
        sa.Column("noted_by", sa.Uuid),
        sa.CheckConstraint("people BETWEEN 1 AND 5000", name="people_in_range"),
        sa.ForeignKeyConstraint(
            ["base_id"], ["rewards_base.base_id"], name="fk_rewards_base_capacity_base_id"
        ),
        sa.ForeignKeyConstraint(
            ["noted_by"], ["identity_person.person_id"], name="fk_rewards_base_capacity_noted_by"
        ),
        sa.PrimaryKeyConstraint("base_id", "noted_at", name="pk_rewards_base_capacity"),
    )
    op.create_table(
        "rewards_outing",
        sa.Column("outing_id", sa.Uuid, nullable=False),
        sa.Column("base_id", sa.Uuid, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("places", sa.BigInteger, nullable=False),
        sa.Column("taken", sa.BigInteger, nullable=False),
        sa.Column("opened_by", sa.Uuid, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("places BETWEEN 1 AND 5000", name="places_in_range"),
        sa.CheckConstraint("starts_at < ends_at", name="times_in_order"),
        sa.CheckConstraint("taken BETWEEN 0 AND places", name="never_overbooked"),
        sa.ForeignKeyConstraint(
            ["base_id"], ["rewards_base.base_id"], name="fk_rewards_outing_base_id"
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["identity_person.person_id"], name="fk_rewards_outing_opened_by"
        ),
        sa.PrimaryKeyConstraint("outing_id", name="pk_rewards_outing"),
    )
    op.create_index("ix_rewards_outing_base", "rewards_outing", ["base_id", "starts_at"])
    op.create_index("ix_rewards_outing_starts", "rewards_outing", ["starts_at", "outing_id"])
    op.create_table(
        "rewards_booking",
        sa.Column("booking_id", sa.Uuid, nullable=False),
        sa.Column("outing_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("organisation_id", sa.Uuid),
        sa.Column("places", sa.BigInteger, nullable=False),
        sa.Column("names", JSONB, nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True)),
        sa.Column("came", JSONB, nullable=False),
        sa.Column("came_at", sa.DateTime(timezone=True)),
        sa.Column("came_by", sa.Text),
        sa.Column("metres_away", sa.BigInteger),
        sa.CheckConstraint(
            "(came_at IS NULL) = (came_by IS NULL) AND came_by IN ('place', 'organiser')",
            name="came_somehow",
        ),
        sa.CheckConstraint("jsonb_typeof(came) = 'array'", name="came_listed"),
        sa.CheckConstraint("jsonb_typeof(names) = 'array'", name="names_listed"),
        sa.CheckConstraint("organisation_id IS NOT NULL OR places = 1", name="one_alone"),
        sa.CheckConstraint("places BETWEEN 1 AND 5000", name="places_in_range"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.organisation_id"],
            name="fk_rewards_booking_organisation_id",
        ),
        sa.ForeignKeyConstraint(
            ["outing_id"], ["rewards_outing.outing_id"], name="fk_rewards_booking_outing_id"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.person_id"], name="fk_rewards_booking_person_id"
        ),
        sa.PrimaryKeyConstraint("booking_id", name="pk_rewards_booking"),
    )
    op.create_index(
        "ix_rewards_booking_person", "rewards_booking", ["person_id", "booked_at", "booking_id"]
    )
    op.create_index(
        "uq_rewards_booking_group",
        "rewards_booking",
        ["outing_id", "organisation_id"],
        unique=True,
        postgresql_where=sa.text("organisation_id IS NOT NULL AND cancelled_at IS NULL"),
    )
    op.create_index(
        "uq_rewards_booking_person",
        "rewards_booking",
        ["outing_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("organisation_id IS NULL AND cancelled_at IS NULL"),
    )
    op.execute(GUARDS)
