"""People, organisations, memberships, sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0002_identity"
down_revision = "0001_outbox"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    op.create_table(
        "identity_person",
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("phone_hash", sa.LargeBinary),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("birth_year", sa.BigInteger),
        sa.Column("guardian_id", sa.Uuid),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_identity_person"),
        sa.UniqueConstraint("phone_hash", name="uq_identity_person_phone_hash"),
        sa.ForeignKeyConstraint(
            ["guardian_id"], ["identity_person.person_id"], name="fk_identity_person_guardian_id"
        ),
        sa.CheckConstraint("birth_year BETWEEN 1900 AND 2100", name="birth_year_plausible"),
    )
    op.create_table(
        "identity_organisation",
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("uscc", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text),
        sa.Column("county_code", sa.Text),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", name="pk_identity_organisation"),
        sa.UniqueConstraint("uscc", name="uq_identity_organisation_uscc"),
    )
    op.create_table(
        "identity_member",
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "person_id", "role", name="pk_identity_member"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.organisation_id"],
            name="fk_identity_member_organisation_id",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.person_id"], name="fk_identity_member_person_id"
        ),
    )
    op.create_index("ix_identity_member_person_id", "identity_member", ["person_id"])
    op.create_table(
        "identity_session",
        sa.Column("session_id", sa.Uuid, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("session_id", name="pk_identity_session"),
        sa.UniqueConstraint("token_hash", name="uq_identity_session_token_hash"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.person_id"], name="fk_identity_session_person_id"
        ),
    )
    op.create_index("ix_identity_session_person_id", "identity_session", ["person_id"])
