"""Questions, appeals and the monthly audit of plantings."""

import sqlalchemy as sa
from alembic import op

revision = "0026_second_look"
down_revision = "0025_outings"
branch_labels = None
depends_on = None

# A refusal is final but for an appeal, which opens the planting again.
GUARDS = """
DROP TRIGGER claim_stays ON rewards_planting;
CREATE TRIGGER claim_stays BEFORE UPDATE ON rewards_planting FOR EACH ROW
  WHEN (OLD.state = 'approved' AND NEW.state <> OLD.state
        OR OLD.state = 'refused' AND NEW.state NOT IN ('refused', 'logged')
        OR ROW(OLD.planting_id, OLD.person_id, OLD.base_id, OLD.species, OLD.trees,
               OLD.planted_on, OLD.logged_at)
           IS DISTINCT FROM
           ROW(NEW.planting_id, NEW.person_id, NEW.base_id, NEW.species, NEW.trees,
               NEW.planted_on, NEW.logged_at))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER answered_once BEFORE UPDATE ON rewards_question FOR EACH ROW
  WHEN (OLD.answered_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decided_once BEFORE UPDATE ON rewards_appeal FOR EACH ROW
  WHEN (OLD.verdict IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE ON rewards_appeal
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decided_once BEFORE UPDATE ON rewards_audit FOR EACH ROW
  WHEN (OLD.verdict IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE ON rewards_audit
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    op.create_table(
        "rewards_question",
        sa.Column("question_id", sa.Uuid, nullable=False),
        sa.Column("planting_id", sa.Uuid, nullable=False),
        sa.Column("asked_by", sa.Uuid, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("question_id", name="pk_rewards_question"),
        sa.ForeignKeyConstraint(
            ["planting_id"],
            ["rewards_planting.planting_id"],
            name="fk_rewards_question_planting_id",
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["identity_person.person_id"], name="fk_rewards_question_asked_by"
        ),
        sa.CheckConstraint("words <> '' AND length(words) <= 500", name="words_bounded"),
        sa.CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name="answer_whole"),
        sa.CheckConstraint("length(answer) <= 500", name="answer_bounded"),
    )
    op.create_index(
        "uq_rewards_question_open",
        "rewards_question",
        ["planting_id"],
        unique=True,
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_index("ix_rewards_question_planting", "rewards_question", ["planting_id", "asked_at"])
    op.create_table(
        "rewards_appeal",
        sa.Column("appeal_id", sa.Uuid, nullable=False),
        sa.Column("planting_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.Text),
        sa.Column("answer", sa.Text),
        sa.Column("decided_by", sa.Uuid),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("appeal_id", name="pk_rewards_appeal"),
        sa.UniqueConstraint("planting_id", name="uq_rewards_appeal_planting_id"),
        sa.ForeignKeyConstraint(
            ["planting_id"], ["rewards_planting.planting_id"], name="fk_rewards_appeal_planting_id"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.person_id"], name="fk_rewards_appeal_person_id"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["identity_person.person_id"], name="fk_rewards_appeal_decided_by"
        ),
        sa.CheckConstraint("words <> '' AND length(words) <= 500", name="words_bounded"),
        sa.CheckConstraint("verdict IN ('upheld', 'rejected')", name="verdict_known"),
        sa.CheckConstraint(
            "(verdict IS NULL) = (decided_by IS NULL)"
            " AND (verdict IS NULL) = (decided_at IS NULL)"
            " AND (verdict IS NULL) = (answer IS NULL)",
            name="decision_whole",
        ),
        sa.CheckConstraint("answer <> '' AND length(answer) <= 500", name="answer_bounded"),
        sa.CheckConstraint("decided_by <> person_id", name="decided_by_another"),
    )
    op.create_index(
        "ix_rewards_appeal_waiting",
        "rewards_appeal",
        ["filed_at"],
        postgresql_where=sa.text("verdict IS NULL"),
    )
    op.create_table(
        "rewards_audit",
        sa.Column("planting_id", sa.Uuid, nullable=False),
        sa.Column("month", sa.Date, nullable=False),
        sa.Column("base_id", sa.Uuid, nullable=False),
        sa.Column("verdict", sa.Text),
        sa.Column("words", sa.Text),
        sa.Column("decided_by", sa.Uuid),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("planting_id", name="pk_rewards_audit"),
        sa.ForeignKeyConstraint(
            ["planting_id"], ["rewards_planting.planting_id"], name="fk_rewards_audit_planting_id"
        ),
        sa.ForeignKeyConstraint(["month"], ["rewards_draw.month"], name="fk_rewards_audit_month"),
        sa.ForeignKeyConstraint(
            ["base_id"], ["rewards_base.base_id"], name="fk_rewards_audit_base_id"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["identity_person.person_id"], name="fk_rewards_audit_decided_by"
        ),
        sa.CheckConstraint("verdict IN ('confirmed', 'doubted')", name="verdict_known"),
        sa.CheckConstraint(
            "(verdict IS NULL) = (decided_by IS NULL)"
            " AND (verdict IS NULL) = (decided_at IS NULL)"
            " AND (verdict IS NULL) = (words IS NULL)",
            name="decision_whole",
        ),
        sa.CheckConstraint("length(words) <= 500", name="words_bounded"),
        sa.CheckConstraint("verdict <> 'doubted' OR words <> ''", name="doubt_has_words"),
    )
    op.create_index(
        "ix_rewards_audit_waiting",
        "rewards_audit",
        ["month"],
        postgresql_where=sa.text("verdict IS NULL"),
    )
    op.create_index("ix_rewards_audit_base", "rewards_audit", ["base_id", "month"])
    op.add_column("rewards_planting_photo", sa.Column("question_id", sa.Uuid))
    op.create_foreign_key(
        "fk_rewards_planting_photo_question_id",
        "rewards_planting_photo",
        "rewards_question",
        ["question_id"],
        ["question_id"],
    )
    op.execute(
        "ALTER TABLE rewards_planting_photo"
        " DROP CONSTRAINT ck_rewards_planting_photo_position_in_range,"
        " ADD CONSTRAINT ck_rewards_planting_photo_position_in_range"
        " CHECK (position BETWEEN 1 AND 25)"
    )
    op.execute(GUARDS)
