"""What teams and rankings promise, as queries that find whatever breaks it."""

from puhui.db.invariant import Invariant, by_query

TOGETHER: tuple[Invariant, ...] = (
    by_query(
        "G1",
        "a team that is open is led by one of its members",
        """
        SELECT t.team_id FROM rewards_team t
        WHERE t.closed_at IS NULL AND NOT EXISTS (
          SELECT FROM rewards_membership m
          WHERE m.team_id = t.team_id AND m.person_id = t.lead_id
            AND m.joined_at IS NOT NULL AND m.ended_at IS NULL)
        """,
    ),
    by_query(
        "G2",
        "nobody stands in a ranking who has not agreed, and no team whose lead has not",
        """
        SELECT s.board || ' ' || s.subject FROM rewards_standing s
        WHERE s.board = 'people' AND NOT EXISTS (
          SELECT FROM identity_consent c LEFT JOIN identity_withdrawal w USING (consent_id)
          WHERE c.person_id::text = s.subject AND c.purpose = 'ranking'
            AND w.consent_id IS NULL)
        UNION ALL
        SELECT s.board || ' ' || s.subject FROM rewards_standing s
        LEFT JOIN rewards_team t ON t.team_id::text = s.subject
        WHERE s.board = 'teams' AND (t.ranked AND t.closed_at IS NULL) IS NOT TRUE
        """,
    ),
    by_query(
        "G3",
        "the steps that ranks are counted from are the standings, counted",
        """
        SELECT board || ' ' || period || ' ' || score
        FROM (SELECT board, period, score, count(*) AS subjects FROM rewards_standing
              GROUP BY board, period, score) AS n
        FULL JOIN rewards_standing_step s USING (board, period, score)
        WHERE n.subjects IS DISTINCT FROM s.subjects
        """,
    ),
    by_query(
        "G4",
        "once every message is dealt with, who is ranked stands by their verified deeds",
        """
        SELECT s.subject || ' ' || s.period FROM rewards_standing s
        LEFT JOIN LATERAL (
          SELECT sum(d.points) AS points FROM rewards_deed d
          WHERE d.person_id = s.subject::uuid
            AND s.period IN ('all', to_char(d.deed_on, 'YYYY'), to_char(d.deed_on, 'YYYY-MM')))
          AS d ON true
        WHERE s.board = 'people' AND s.score IS DISTINCT FROM d.points
          AND NOT EXISTS (SELECT FROM outbox_message m
                          WHERE m.done_at IS NULL AND m.topic LIKE 'rewards.%')
        """,
    ),
    by_query(
        "G5",
        "memberships and standings keep their guards: they are switched on",
        """
        SELECT wanted.relation || ' ' || wanted.name
        FROM (VALUES ('rewards_team', 'never_deleted'), ('rewards_team', 'team_stays'),
                     ('rewards_membership', 'never_deleted'),
                     ('rewards_membership', 'membership_stays'),
                     ('rewards_standing', 'steps_up'), ('rewards_standing', 'steps_down'),
                     ('rewards_standing', 'one_at_a_time'), ('rewards_standing', 'never_changed'),
                     ('identity_withdrawal', 'leave_ranking')) AS wanted(relation, name)
        LEFT JOIN pg_trigger t
          ON t.tgrelid = wanted.relation::regclass AND t.tgname = wanted.name
        WHERE t.tgenabled IS DISTINCT FROM 'O'
        """,
    ),
)
