"""Assumptions of experts, reduction plans, new forests and confirmations of events."""

import sqlalchemy as sa
from alembic import op

revision = "0037_plan"
down_revision = "0034_award"
branch_labels = None
depends_on = None

APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def _refer(table: str, column: str, other: str, key: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{other}"
    return sa.ForeignKeyConstraint([column], [f"{other}.{key}"], name=name)


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _by_whom(table: str, person: str, instant: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column(person, sa.Uuid, nullable=False),
        sa.Column(instant, sa.DateTime(timezone=True), nullable=False),
        _refer(table, person, "identity_person", "person_id"),
    ]


def _version_of_event(table: str, identifier: str) -> list[sa.schema.SchemaItem]:
    """Return the columns of a version, numbered within its event."""
    return [
        sa.Column(identifier, sa.Uuid, nullable=False),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint(identifier, name=f"pk_{table}"),
        _refer(table, "event_id", "events_event", "event_id"),
        sa.UniqueConstraint("event_id", "number", name=f"uq_{table}_event_id_number"),
        sa.CheckConstraint("number > 0", name="number_counts"),
        *_by_whom(table, "made_by", "made_at"),
    ]


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    op.add_column("events_inventory", sa.Column("rooms_assumed", sa.Text))
    table = "events_assumption"
    op.create_table(
        table,
        sa.Column("assumption_id", sa.Uuid, nullable=False),
        *_text("key"),
        sa.Column("version", sa.BigInteger, nullable=False),
        *_text("activity"),
        sa.Column("multiplier", sa.Numeric, nullable=False),
        *_text("name_zh", "name_en", "basis"),
        *_by_whom(table, "entered_by", "entered_at"),
        sa.PrimaryKeyConstraint("assumption_id", name=f"pk_{table}"),
        sa.UniqueConstraint("key", "version", name=f"uq_{table}_key_version"),
        sa.CheckConstraint("version > 0", name="version_counts"),
        sa.CheckConstraint("multiplier > 0 AND multiplier <= 10", name="multiplier_plausible"),
        sa.CheckConstraint("basis <> ''", name="basis_told"),
    )
    op.create_table(
        "events_reduction_plan",
        *_version_of_event("events_reduction_plan", "plan_id"),
        *_text("document", "sha256"),
    )
    op.create_table(
        "events_forest_route",
        *_version_of_event("events_forest_route", "route_id"),
        *_text("place"),
        sa.Column("latitude", sa.Numeric, nullable=False),
        sa.Column("longitude", sa.Numeric, nullable=False),
        sa.Column("area_mu", sa.Numeric, nullable=False),
        *_text("species"),
        sa.Column("planted_on", sa.Date, nullable=False),
        *_text("plan", "monitoring", "methodology"),
        sa.Column("expected_kg", sa.BigInteger, nullable=False),
        sa.Column("monitored_on", sa.Date),
        sa.Column("certified_kg", sa.BigInteger),
        sa.Column("certified_on", sa.Date),
        *_text("certifier"),
        sa.CheckConstraint("area_mu > 0", name="area_positive"),
        sa.CheckConstraint("expected_kg > 0", name="expectation_positive"),
        sa.CheckConstraint("certified_kg > 0", name="certificate_positive"),
        sa.CheckConstraint(
            "(certified_kg IS NULL) = (certified_on IS NULL)"
            " AND (certified_kg IS NULL) = (certifier = '')",
            name="certificate_whole",
        ),
    )
    table = "events_confirmation"
    op.create_table(
        table,
        sa.Column("confirmation_id", sa.Uuid, nullable=False),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("estimate_id", sa.Uuid, nullable=False),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        *_text("kind", "statement", "sha256", "says_zh", "says_en"),
        *_by_whom(table, "confirmed_by", "confirmed_at"),
        sa.PrimaryKeyConstraint("confirmation_id", name=f"pk_{table}"),
        _refer(table, "event_id", "events_event", "event_id"),
        _refer(table, "estimate_id", "events_neutrality", "estimate_id"),
        _refer(table, "organisation_id", "identity_organisation", "organisation_id"),
        sa.UniqueConstraint(
            "estimate_id", "organisation_id", name=f"uq_{table}_estimate_id_organisation_id"
        ),
        sa.CheckConstraint("kind IN ('self', 'independent')", name="kind_known"),
    )
    op.create_index(f"ix_{table}_event_id", table, ["event_id"])
    for kept in (
        "events_assumption",
        "events_reduction_plan",
        "events_forest_route",
        "events_confirmation",
    ):
        op.execute(APPEND_ONLY.format(table=kept))
