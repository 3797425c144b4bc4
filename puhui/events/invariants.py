"""What events promise, as queries that find whatever breaks it."""

from puhui.db.invariant import Invariant, by_query
from puhui.register.invariants import by_entry

INVARIANTS: tuple[Invariant, ...] = (
    by_query(
        "E1",
        "an estimate is the document that its SHA-256 names, and its lines add up to its total",
        """
        SELECT estimate_id FROM events_estimate
         WHERE sha256 <> encode(sha256(convert_to(document, 'UTF8')), 'hex')
            OR total_kg <> CAST(CAST(document AS jsonb) ->> 'total_kg' AS numeric)
            OR need_kg <> CAST(CAST(document AS jsonb) ->> 'need_kg' AS bigint)
            OR total_kg <> (
                 SELECT coalesce(sum(CAST(line ->> 'kg' AS numeric)), 0)
                   FROM jsonb_array_elements(CAST(document AS jsonb) -> 'lines') AS line)
        """,
    ),
    by_query(
        "E2",
        "the versions of an event's estimate are numbered without a gap",
        """
        SELECT event_id FROM events_estimate
         GROUP BY event_id HAVING max(number) <> count(*) OR min(number) <> 1
        """,
    ),
    by_query(
        "E3",
        "a neutral event has retired what its actual emissions need, within a year of its end",
        """
        SELECT n.estimate_id
          FROM events_neutrality AS n JOIN events_estimate AS e USING (estimate_id)
         WHERE e.stage <> 'actual' OR n.event_id <> e.event_id
            OR n.need_kg <> e.need_kg OR n.retired_kg < e.total_kg
            OR n.retired_kg <> (SELECT coalesce(sum(quantity_kg), 0) FROM events_retirement AS r
                                 WHERE r.event_id = n.event_id AND r.retired_at <= n.declared_at)
            OR CAST(n.declared_at AT TIME ZONE 'Asia/Shanghai' AS date)
               > CAST(CAST(e.document AS jsonb) -> 'event' ->> 'ends_on' AS date)
                 + interval '1 year'
        """,
    ),
    by_query(
        "E4",
        "what counts as retired for an event are credits retired for that event and no other",
        """
        SELECT r.retirement_id
          FROM events_retirement AS r LEFT JOIN credits_retirement AS c USING (retirement_id)
         WHERE c.retirement_id IS NULL OR c.quantity_kg <> r.quantity_kg
            OR c.purpose_id <> r.event_id
        """,
    ),
    by_query(
        "E5",
        "a reduction plan is the document that its SHA-256 names, numbered without a gap",
        """
        SELECT plan_id FROM events_reduction_plan AS p
         WHERE sha256 <> encode(sha256(convert_to(document, 'UTF8')), 'hex')
            OR CAST(CAST(document AS jsonb) ->> 'number' AS bigint) <> number
            OR CAST(document AS jsonb) ->> 'event' <> CAST(event_id AS text)
            OR number > (SELECT count(*) FROM events_reduction_plan AS all_of
                          WHERE all_of.event_id = p.event_id)
        """,
    ),
    by_query(
        "E6",
        "a new forest is certified within six years of its event, or counts for nothing",
        """
        SELECT f.route_id
          FROM events_forest_route AS f JOIN events_event AS e USING (event_id)
         WHERE f.certified_on > e.ends_on + interval '6 years'
            OR f.planted_on > e.ends_on + interval '6 years'
            OR f.certified_on < f.planted_on
        """,
    ),
    by_query(
        "E7",
        "who confirms a statement confirms what is hashed, of a neutral event, in its own name",
        """
        SELECT c.confirmation_id
          FROM events_confirmation AS c JOIN events_event AS e USING (event_id)
          LEFT JOIN events_neutrality AS n USING (estimate_id)
         WHERE c.sha256 <> encode(sha256(convert_to(c.statement, 'UTF8')), 'hex')
            OR n.event_id IS DISTINCT FROM c.event_id
            OR CAST(c.statement AS jsonb) ->> 'kind' <> 'neutral'
            OR CAST(c.statement AS jsonb) -> 'event' ->> 'id' <> CAST(c.event_id AS text)
            OR (c.kind = 'self') <> (c.organisation_id = e.organisation_id)
        """,
    ),
    by_query(
        "E8",
        "the versions of what an expert assumes are numbered without a gap",
        """
        SELECT key FROM events_assumption
         GROUP BY key HAVING max(version) <> count(*) OR min(version) <> 1
        """,
    ),
    by_query(
        "E9",
        "an answer belongs to the event of the link by which it came",
        """
        SELECT a.answer_id
          FROM events_answer AS a LEFT JOIN events_enquiry AS q USING (enquiry_id)
         WHERE q.event_id IS DISTINCT FROM a.event_id
        """,
    ),
    by_query(
        "E10",
        "an estimate that rests on answers counts nobody twice",
        """
        SELECT estimate_id
          FROM events_estimate,
               LATERAL (SELECT CAST(document AS jsonb) AS told) AS d,
               LATERAL (SELECT told -> 'basis' AS basis) AS b
         WHERE basis IS NOT NULL
           AND (CAST(basis ->> 'attendees' AS bigint) <> CAST(told ->> 'attendees' AS bigint)
             OR CAST(basis ->> 'replaced' AS bigint) > CAST(basis ->> 'listed' AS bigint)
             OR CAST(told ->> 'listed' AS bigint) <> CAST(basis ->> 'listed' AS bigint)
                - CAST(basis ->> 'replaced' AS bigint) + CAST(basis ->> 'answered' AS bigint)
             OR CAST(told ->> 'listed' AS bigint) > CAST(told ->> 'attendees' AS bigint))
        """,
    ),
    by_query(
        "E11",
        "of an attendee list that has been read no file is kept",
        """
        SELECT list_id FROM events_waiting_list JOIN events_list USING (list_id)
         WHERE sealed IS NOT NULL
        """,
    ),
    by_entry(
        "T3-event",
        "every event declared neutral has exactly one entry in the register",
        "event_neutral",
        "SELECT CAST(estimate_id AS text) FROM events_neutrality",
    ),
)
