"""What the later life of trees promises, as queries that find whatever breaks it."""

from puhui.db.invariant import Invariant, by_query

SURVIVAL: tuple[Invariant, ...] = (
    by_query(
        "S1",
        "trees die once: each confirmed survey begins with the living of the one before",
        """
        SELECT s.survey_id FROM (
          SELECT survey_id, planting_id, alive_before, alive, deaths,
                 lag(alive) OVER (PARTITION BY planting_id ORDER BY surveyed_on, alive_before DESC,
                                                                    decided_at, alive DESC) AS last
          FROM rewards_survey WHERE state = 'confirmed') s
        JOIN rewards_planting p USING (planting_id)
        WHERE p.state <> 'approved' OR s.alive_before <> coalesce(s.last, p.trees)
           OR s.alive_before - s.alive <> coalesce(
                (SELECT sum(value::bigint) FROM jsonb_each_text(s.deaths)), 0)
        """,
    ),
    by_query(
        "S2",
        "nothing is estimated before a survival check, nor for more trees than lived then",
        """
        SELECT e.estimate_id FROM rewards_estimate e
        LEFT JOIN rewards_survey s USING (survey_id)
        WHERE s.state IS DISTINCT FROM 'confirmed' OR s.alive <> e.alive
           OR s.planting_id <> e.planting_id
           OR NOT EXISTS (
             SELECT FROM rewards_survey c
             WHERE c.planting_id = e.planting_id AND c.state = 'confirmed'
               AND c.stage IN ('year_1', 'year_3', 'year_5') AND c.surveyed_on <= s.surveyed_on)
        """,
    ),
    by_query(
        "S3",
        "nobody confirms a survey of their own planting",
        """
        SELECT s.survey_id FROM rewards_survey s JOIN rewards_planting p USING (planting_id)
        WHERE s.decided_by = p.person_id
        """,
    ),
    by_query(
        "S4",
        "points for survival go to the planter of a survival check, living tree by living tree",
        """
        SELECT w.award_id FROM rewards_award w
        LEFT JOIN rewards_survey s ON s.survey_id = w.cause_id AND s.state = 'confirmed'
          AND s.stage IN ('year_1', 'year_3', 'year_5')
        LEFT JOIN rewards_planting p USING (planting_id)
        WHERE w.cause_kind = 'survival'
          AND (p.person_id, s.alive, s.surveyed_on)
              IS DISTINCT FROM (w.person_id, w.quantity, w.deed_on)
        """,
    ),
    by_query(
        "S5",
        "what was surveyed and estimated cannot change: its guards are switched on",
        """
        SELECT wanted.relation || ' ' || wanted.name
        FROM (VALUES ('rewards_survey', 'never_deleted'), ('rewards_survey', 'report_stays'),
                     ('rewards_estimate', 'append_only'))
             AS wanted(relation, name)
        LEFT JOIN pg_trigger t
          ON t.tgrelid = wanted.relation::regclass AND t.tgname = wanted.name
        WHERE t.tgenabled IS DISTINCT FROM 'O'
        """,
    ),
    by_query(
        "S6",
        "a planting counts no more duty trees than it planted, nor fewer than live after a year",
        """
        SELECT p.planting_id FROM rewards_planting p
        JOIN rewards_duty_entry e ON (e.cause_kind, e.cause_id) = ('planting', p.planting_id)
        LEFT JOIN LATERAL (
          SELECT coalesce(sum(c.trees), 0) AS change
          FROM rewards_survey s
          JOIN rewards_duty_entry c ON (c.cause_kind, c.cause_id) = ('survival', s.survey_id)
          WHERE s.planting_id = p.planting_id) d ON true
        LEFT JOIN LATERAL (
          SELECT min(s.alive) AS alive FROM rewards_survey s
          WHERE s.planting_id = p.planting_id AND s.state = 'confirmed') a ON true
        WHERE e.trees + d.change > p.trees OR e.trees + d.change < coalesce(a.alive, p.trees)
        """,
    ),
)
