"""Teams, and what follows from verified records: rankings, and counts by city."""

import sqlalchemy as sa
from alembic import op

revision = "0032_together"
down_revision = "0036_projects"
branch_labels = None
depends_on = None

# What somebody has done with their own hands, as it stands: what was bought, donated for or put
# right by hand is not in it; trees that were never planted, and plantings that an audit doubts,
# are no longer. Team totals, badges, rankings and counts by city all read this one view.
DEEDS = """
CREATE VIEW rewards_deed AS
SELECT w.award_id, w.person_id, w.cause_kind AS kind, w.cause_id, w.deed_on, p.base_id, p.species,
       w.quantity - missing.trees AS quantity,
       w.points - missing.points AS points
FROM rewards_award w
LEFT JOIN rewards_planting p ON w.cause_kind = 'planting' AND p.planting_id = w.cause_id
LEFT JOIN rewards_survey s ON w.cause_kind = 'survival' AND s.survey_id = w.cause_id
CROSS JOIN LATERAL (
  SELECT coalesce(sum(dead.trees), 0)::bigint AS trees,
         coalesce(sum(w.points * dead.trees / w.quantity), 0)::bigint AS points
  FROM (SELECT (y.deaths ->> 'never_planted')::bigint AS trees FROM rewards_survey y
        WHERE y.planting_id = p.planting_id AND y.state = 'confirmed'
          AND y.deaths ? 'never_planted') AS dead) AS missing
WHERE w.cause_kind IN ('planting', 'tending', 'volunteering', 'recycling', 'survival')
  AND w.quantity > missing.trees
  AND NOT EXISTS (SELECT FROM rewards_audit a
                  WHERE a.planting_id = coalesce(p.planting_id, s.planting_id)
                    AND a.verdict = 'doubted')
  AND NOT EXISTS (SELECT FROM rewards_reversal v
                  WHERE v.award_id = w.award_id AND v.reason <> 'never_planted');
"""

GUARDS = """
CREATE TRIGGER never_deleted BEFORE DELETE ON rewards_team
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE ON rewards_membership
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER team_stays BEFORE UPDATE ON rewards_team FOR EACH ROW
  WHEN (OLD.closed_at IS NOT NULL
        OR ROW(OLD.team_id, OLD.kind, OLD.organisation_id, OLD.made_by, OLD.made_at)
           IS DISTINCT FROM
           ROW(NEW.team_id, NEW.kind, NEW.organisation_id, NEW.made_by, NEW.made_at))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER membership_stays BEFORE UPDATE ON rewards_membership FOR EACH ROW
  WHEN (OLD.ended_at IS NOT NULL
        OR OLD.joined_at IS NOT NULL AND ROW(OLD.joined_at, OLD.counts_from)
           IS DISTINCT FROM ROW(NEW.joined_at, NEW.counts_from)
        OR ROW(OLD.membership_id, OLD.team_id, OLD.kind, OLD.person_id, OLD.asked_by, OLD.asked_at)
           IS DISTINCT FROM
           ROW(NEW.membership_id, NEW.team_id, NEW.kind, NEW.person_id, NEW.asked_by, NEW.asked_at))
  EXECUTE FUNCTION refuse_change();
"""

# A rank is a sum over the scores above it, of which there are a few thousand however many people
# there are. The steps follow the standings, whoever writes those; one at a time, so that two
# writers who take the same two steps in opposite order cannot meet.
STEPS = """
CREATE FUNCTION rewards_one_standing_at_a_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('rewards.standing', 0));
  RETURN NULL;
END $$;
CREATE FUNCTION rewards_step_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO rewards_standing_step AS s (board, period, score, subjects)
  SELECT board, period, score, count(*) FROM added GROUP BY board, period, score
  ON CONFLICT (board, period, score) DO UPDATE SET subjects = s.subjects + excluded.subjects;
  RETURN NULL;
END $$;
CREATE FUNCTION rewards_step_down() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  WITH less AS (SELECT board, period, score, count(*) AS subjects FROM taken
                GROUP BY board, period, score),
  gone AS (DELETE FROM rewards_standing_step s USING less
           WHERE (s.board, s.period, s.score) = (less.board, less.period, less.score)
             AND s.subjects = less.subjects)
  UPDATE rewards_standing_step s SET subjects = s.subjects - less.subjects FROM less
  WHERE (s.board, s.period, s.score) = (less.board, less.period, less.score)
    AND s.subjects <> less.subjects;
  RETURN NULL;
END $$;
CREATE TRIGGER one_at_a_time BEFORE INSERT OR DELETE ON rewards_standing
  FOR EACH STATEMENT EXECUTE FUNCTION rewards_one_standing_at_a_time();
CREATE TRIGGER steps_up AFTER INSERT ON rewards_standing REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION rewards_step_up();
CREATE TRIGGER steps_down AFTER DELETE ON rewards_standing REFERENCING OLD TABLE AS taken
  FOR EACH STATEMENT EXECUTE FUNCTION rewards_step_down();
CREATE TRIGGER never_changed BEFORE UPDATE ON rewards_standing
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Whoever withdraws their consent stands in no ranking from the same commit on.
CREATE FUNCTION rewards_leave_ranking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- A statement of its own: the DELETE must see what was written by whoever held the lock before.
  PERFORM pg_advisory_xact_lock(hashtextextended('rewards.standing', 0));
  DELETE FROM rewards_standing t USING identity_consent c
  WHERE c.consent_id = NEW.consent_id AND c.purpose = 'ranking'
    AND t.board = 'people' AND t.subject = c.person_id::text;
  RETURN NULL;
END $$;
CREATE TRIGGER leave_ranking AFTER INSERT ON identity_withdrawal
  FOR EACH ROW EXECUTE FUNCTION rewards_leave_ranking();
"""


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    _teams()
    _standings()
    op.execute(DEEDS)
    op.execute(GUARDS)
    op.execute(STEPS)


def _teams() -> None:
    op.create_table(
        "rewards_team",
        sa.Column("team_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("county_code", sa.Text, nullable=False),
        sa.Column("organisation_id", sa.Uuid),
        sa.Column("lead_id", sa.Uuid, nullable=False),
        sa.Column("asks_first", sa.Boolean, nullable=False),
        sa.Column("ranked", sa.Boolean, nullable=False),
        sa.Column("made_by", sa.Uuid, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("kind IN ('village', 'school', 'company')", name="kind_known"),
        sa.CheckConstraint("length(name) BETWEEN 2 AND 30", name="name_length"),
        sa.CheckConstraint("county_code ~ '^[0-9]{6}$'", name="county_code_six_digits"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["identity_organisation.organisation_id"],
            name="fk_rewards_team_organisation_id",
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["identity_person.person_id"], name="fk_rewards_team_lead_id"
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["identity_person.person_id"], name="fk_rewards_team_made_by"
        ),
        sa.PrimaryKeyConstraint("team_id", name="pk_rewards_team"),
        sa.UniqueConstraint("team_id", "kind", name="uq_rewards_team_team_id_kind"),
    )
    op.create_table(
        "rewards_team_invitation",
        sa.Column("invitation_id", sa.Uuid, nullable=False),
        sa.Column("team_id", sa.Uuid, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("made_by", sa.Uuid, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("code ~ '^[0-9A-HJKMNP-TV-Z]{10}$'", name="code_form"),
        sa.CheckConstraint("ended_at >= made_at", name="ends_later"),
        sa.ForeignKeyConstraint(
            ["team_id"], ["rewards_team.team_id"], name="fk_rewards_team_invitation_team_id"
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["identity_person.person_id"], name="fk_rewards_team_invitation_made_by"
        ),
        sa.PrimaryKeyConstraint("invitation_id", name="pk_rewards_team_invitation"),
        sa.UniqueConstraint("code", name="uq_rewards_team_invitation_code"),
    )
    op.create_index(
        "uq_rewards_team_invitation_live",
        "rewards_team_invitation",
        ["team_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "rewards_membership",
        sa.Column("membership_id", sa.Uuid, nullable=False),
        sa.Column("team_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("asked_by", sa.Uuid, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True)),
        sa.Column("counts_from", sa.Date),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_how", sa.Text),
        sa.Column("counts_until", sa.Date),
        sa.CheckConstraint(
            "(joined_at IS NULL) = (counts_from IS NULL)", name="counts_once_joined"
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_how IS NULL)", name="ended_somehow"),
        sa.CheckConstraint("ended_how IN ('self', 'lead', 'declined')", name="end_known"),
        sa.CheckConstraint(
            "ended_how <> 'declined' OR joined_at IS NULL", name="declined_unjoined"
        ),
        sa.CheckConstraint(
            "joined_at >= asked_at AND ended_at >= asked_at AND counts_until >= counts_from",
            name="in_order",
        ),
        sa.CheckConstraint(
            "(counts_until IS NULL) = (joined_at IS NULL OR ended_at IS NULL)",
            name="counts_until_left",
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "kind"],
            ["rewards_team.team_id", "rewards_team.kind"],
            name="fk_rewards_membership_team",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["identity_person.person_id"], name="fk_rewards_membership_person_id"
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["identity_person.person_id"], name="fk_rewards_membership_asked_by"
        ),
        sa.PrimaryKeyConstraint("membership_id", name="pk_rewards_membership"),
    )
    op.create_index(
        "uq_rewards_membership_live",
        "rewards_membership",
        ["person_id", "kind"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_rewards_membership_team", "rewards_membership", ["team_id", "asked_at", "membership_id"]
    )


def _standings() -> None:
    op.create_table(
        "rewards_standing",
        sa.Column("board", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("score", sa.BigInteger, nullable=False),
        sa.Column("people", sa.BigInteger, nullable=False),
        sa.CheckConstraint("board IN ('people', 'teams', 'counties')", name="board_known"),
        sa.CheckConstraint("score > 0 AND people > 0", name="counts"),
        sa.CheckConstraint("board = 'people' OR people >= 5", name="nobody_singled_out"),
        sa.PrimaryKeyConstraint("board", "subject", "period", name="pk_rewards_standing"),
    )
    op.create_index(
        "ix_rewards_standing_order",
        "rewards_standing",
        ["board", "period", sa.text("score DESC"), "subject"],
    )
    op.create_table(
        "rewards_standing_step",
        sa.Column("board", sa.Text, nullable=False),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("score", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("subjects", sa.BigInteger, nullable=False),
        sa.CheckConstraint("subjects > 0", name="counts"),
        sa.PrimaryKeyConstraint("board", "period", "score", name="pk_rewards_standing_step"),
    )
    op.create_table(
        "rewards_city_year",
        sa.Column("city", sa.Text, nullable=False),
        sa.Column("year", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("plantings", sa.BigInteger, nullable=False),
        sa.Column("trees", sa.BigInteger, nullable=False),
        sa.Column("planted", sa.BigInteger, nullable=False),
        sa.Column("alive", sa.BigInteger, nullable=False),
        sa.Column("points", sa.BigInteger, nullable=False),
        sa.Column("people", sa.BigInteger, nullable=False),
        sa.Column("checked_people", sa.BigInteger, nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("city", "year", name="pk_rewards_city_year"),
    )
