"""People, codes, sessions, organisations, memberships, consents, partners' machines."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0002_identity"
down_revision = "0001_outbox"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)

APPEND_ONLY = """
CREATE FUNCTION identity_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

KEEP = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION identity_refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION identity_refuse_change();
"""


def _refers(table: str, *columns: str, to: str) -> sa.ForeignKeyConstraint:
    """A foreign key to columns of the same names, or to the key of `identity_person`."""
    targets = columns if to != "identity_person" else ("person_id",)
    return sa.ForeignKeyConstraint(
        list(columns),
        [f"{to}.{column}" for column in targets],
        name=f"fk_{table}_{'_'.join(columns)}",
    )


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    op.create_table(
        "identity_person",
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False, server_default=sa.text("'person'")),
        sa.Column("phone_hash", sa.LargeBinary),
        sa.Column("phone_sealed", sa.LargeBinary),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("birth_year", sa.BigInteger),
        sa.Column("guardian_id", sa.Uuid),
        sa.Column("language", sa.Text),
        sa.Column("disabled_at", INSTANT),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_identity_person"),
        sa.UniqueConstraint("phone_hash", name="uq_identity_person_phone_hash"),
        _refers("identity_person", "guardian_id", to="identity_person"),
        sa.CheckConstraint("birth_year BETWEEN 1900 AND 2100", name="birth_year_plausible"),
        sa.CheckConstraint("kind IN ('person', 'machine')", name="kind_known"),
        sa.CheckConstraint("language IN ('zh', 'en')", name="language_known"),
        sa.CheckConstraint(
            "(phone_hash IS NULL) = (phone_sealed IS NULL)", name="phone_found_and_sealed"
        ),
        sa.CheckConstraint("kind = 'person' OR phone_hash IS NULL", name="machines_have_no_phone"),
        sa.CheckConstraint("guardian_id <> person_id", name="nobody_guards_themselves"),
        sa.CheckConstraint("length(display_name) BETWEEN 1 AND 60", name="display_name_length"),
    )
    op.create_index("ix_identity_person_guardian_id", "identity_person", ["guardian_id"])
    op.create_table(
        "identity_password",
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_identity_password"),
        _refers("identity_password", "person_id", to="identity_person"),
    )
    op.create_table(
        "identity_code",
        sa.Column("code_id", sa.Uuid, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("phone_hash", sa.LargeBinary, nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary, nullable=False),
        sa.Column("code_hash", sa.LargeBinary, nullable=False),
        sa.Column("code_sealed", sa.LargeBinary),
        sa.Column("tries", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.Column("ticket_hash", sa.LargeBinary),
        sa.Column("ticket_until", INSTANT),
        sa.Column("person_id", sa.Uuid),
        sa.PrimaryKeyConstraint("code_id", name="pk_identity_code"),
        sa.UniqueConstraint("ticket_hash", name="uq_identity_code_ticket_hash"),
        _refers("identity_code", "person_id", to="identity_person"),
        sa.CheckConstraint("purpose IN ('sign_in')", name="purpose_known"),
        sa.CheckConstraint("tries BETWEEN 0 AND 5", name="tries_bounded"),
        sa.CheckConstraint("(ticket_hash IS NULL) = (ticket_until IS NULL)", name="ticket_whole"),
    )
    # One live code for a number and purpose: the database keeps it, whoever asks at once.
    op.create_index(
        "uq_identity_code_live",
        "identity_code",
        ["phone_hash", "purpose"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_identity_code_asked_at", "identity_code", ["asked_at"])
    op.create_table(
        "identity_attempt",
        sa.Column("attempt_id", sa.BigInteger, sa.Identity(always=True)),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.LargeBinary, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("attempt_id", name="pk_identity_attempt"),
    )
    op.create_index("ix_identity_attempt_counted", "identity_attempt", ["kind", "subject", "at"])
    op.create_index("ix_identity_attempt_at", "identity_attempt", ["at"])
    op.create_table(
        "identity_session",
        sa.Column("session_id", sa.Uuid, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("device", sa.Text, nullable=False, server_default=sa.text("''")),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        sa.Column("idle_s", sa.BigInteger, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.PrimaryKeyConstraint("session_id", name="pk_identity_session"),
        sa.UniqueConstraint("token_hash", name="uq_identity_session_token_hash"),
        _refers("identity_session", "person_id", to="identity_person"),
        sa.CheckConstraint("idle_s > 0", name="idle_positive"),
        # Touched once a minute: room on the page keeps the update off the indexes.
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index("ix_identity_session_person_id", "identity_session", ["person_id"])
    op.create_table(
        "identity_organisation",
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("uscc", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text),
        sa.Column("county_code", sa.Text),
        sa.Column("applied_by", sa.Uuid),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", name="pk_identity_organisation"),
        sa.UniqueConstraint("uscc", name="uq_identity_organisation_uscc"),
        _refers("identity_organisation", "applied_by", to="identity_person"),
        sa.CheckConstraint("length(uscc) = 18", name="uscc_length"),
        sa.CheckConstraint("county_code ~ '^[0-9]{6}$'", name="county_code_form"),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 120", name="name_length"),
    )
    op.create_table(
        "identity_organisation_role",
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("approved_at", INSTANT),
        sa.PrimaryKeyConstraint("organisation_id", "role", name="pk_identity_organisation_role"),
        _refers("identity_organisation_role", "organisation_id", to="identity_organisation"),
        sa.CheckConstraint(
            "role IN ('manufacturer', 'retailer', 'organiser', 'verifier', 'operator',"
            " 'auditor', 'administrator')",
            name="role_known",
        ),
    )
    op.create_table(
        "identity_decision",
        sa.Column("decision_id", sa.Uuid, nullable=False),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("roles", ARRAY(sa.Text), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Uuid),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("decision_id", name="pk_identity_decision"),
        _refers("identity_decision", "organisation_id", to="identity_organisation"),
        _refers("identity_decision", "decided_by", to="identity_person"),
    )
    op.create_index(
        "ix_identity_decision_organisation_id", "identity_decision", ["organisation_id"]
    )
    op.create_table(
        "identity_member",
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "person_id", "role", name="pk_identity_member"),
        # Nobody can hold a role that the organisation has not even been considered for.
        _refers("identity_member", "organisation_id", "role", to="identity_organisation_role"),
        _refers("identity_member", "person_id", to="identity_person"),
    )
    op.create_index("ix_identity_member_person_id", "identity_member", ["person_id"])
    op.create_table(
        "identity_member_change",
        sa.Column("change_id", sa.BigInteger, sa.Identity(always=True)),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("change", sa.Text, nullable=False),
        sa.Column("changed_by", sa.Uuid),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("change_id", name="pk_identity_member_change"),
        _refers("identity_member_change", "organisation_id", to="identity_organisation"),
        _refers("identity_member_change", "person_id", to="identity_person"),
        _refers("identity_member_change", "changed_by", to="identity_person"),
        sa.CheckConstraint("change IN ('given', 'taken')", name="change_known"),
    )
    op.create_index(
        "ix_identity_member_change_organisation_id", "identity_member_change", ["organisation_id"]
    )
    op.create_table(
        "identity_invitation",
        sa.Column("invitation_id", sa.Uuid, nullable=False),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("phone_hash", sa.LargeBinary, nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary, nullable=False),
        sa.Column("invited_by", sa.Uuid, nullable=False),
        sa.Column("invited_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("answered_at", INSTANT),
        sa.PrimaryKeyConstraint("invitation_id", name="pk_identity_invitation"),
        _refers("identity_invitation", "organisation_id", "role", to="identity_organisation_role"),
        _refers("identity_invitation", "invited_by", to="identity_person"),
        sa.CheckConstraint("answer IN ('accepted', 'declined', 'withdrawn')", name="answer_known"),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answer_whole"),
    )
    op.create_index("ix_identity_invitation_phone_hash", "identity_invitation", ["phone_hash"])
    op.create_index(
        "ix_identity_invitation_organisation_id", "identity_invitation", ["organisation_id"]
    )
    op.create_table(
        "identity_consent",
        sa.Column("consent_id", sa.BigInteger, sa.Identity(always=True)),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("text_hash", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("given_by", sa.Uuid, nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("consent_id", name="pk_identity_consent"),
        _refers("identity_consent", "person_id", to="identity_person"),
        _refers("identity_consent", "given_by", to="identity_person"),
        sa.CheckConstraint("length(text_hash) = 64", name="text_hash_length"),
        sa.CheckConstraint("channel IN ('page', 'api', 'console')", name="channel_known"),
    )
    op.create_index(
        "ix_identity_consent_person_purpose", "identity_consent", ["person_id", "purpose"]
    )
    op.create_table(
        "identity_withdrawal",
        sa.Column("consent_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("withdrawn_by", sa.Uuid, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("consent_id", name="pk_identity_withdrawal"),
        _refers("identity_withdrawal", "consent_id", to="identity_consent"),
        _refers("identity_withdrawal", "withdrawn_by", to="identity_person"),
    )
    op.create_table(
        "identity_api_client",
        sa.Column("client_id", sa.Uuid, nullable=False),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("prefix", sa.Text, nullable=False),
        sa.Column("secret_hash", sa.LargeBinary, nullable=False),
        sa.Column("permissions", ARRAY(sa.Text), nullable=False),
        sa.Column("made_by", sa.Uuid, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("last_used_at", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.PrimaryKeyConstraint("client_id", name="pk_identity_api_client"),
        sa.UniqueConstraint("person_id", name="uq_identity_api_client_person_id"),
        sa.UniqueConstraint("prefix", name="uq_identity_api_client_prefix"),
        _refers("identity_api_client", "organisation_id", to="identity_organisation"),
        _refers("identity_api_client", "person_id", to="identity_person"),
        _refers("identity_api_client", "made_by", to="identity_person"),
        sa.CheckConstraint("cardinality(permissions) > 0", name="may_something"),
    )
    op.create_index(
        "ix_identity_api_client_organisation_id", "identity_api_client", ["organisation_id"]
    )
    op.execute(APPEND_ONLY)
    for table in (
        "identity_decision",
        "identity_member_change",
        "identity_consent",
        "identity_withdrawal",
    ):
        op.execute(KEEP.format(table=table))
