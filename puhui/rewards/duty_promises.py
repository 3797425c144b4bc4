"""What the book of duty trees promises, as queries that find whatever breaks it."""

from puhui.db.invariant import Invariant, by_query
from puhui.register.invariants import by_entry

DUTY: tuple[Invariant, ...] = (
    by_query(
        "D1",
        "duty trees have one cause each: an approved planting, a confirmed record, a survey",
        """
        SELECT e.entry_id FROM rewards_duty_entry e
        LEFT JOIN rewards_planting p
          ON e.cause_kind = 'planting' AND p.planting_id = e.cause_id AND p.state = 'approved'
        LEFT JOIN rewards_duty d
          ON e.cause_kind = 'duty' AND d.duty_id = e.cause_id AND d.state = 'confirmed'
        LEFT JOIN rewards_duty_parameter r ON r.parameter_id = e.parameter_id
        WHERE CASE e.cause_kind
          WHEN 'planting' THEN (p.person_id, p.trees, p.planted_on)
            IS DISTINCT FROM (e.person_id, e.trees, e.done_on)
          WHEN 'duty' THEN (d.person_id, d.done_on, d.category, d.province,
                            floor(d.quantity / r.per_tree))
            IS DISTINCT FROM (e.person_id, e.done_on, e.category, e.province, e.trees::numeric)
            OR (r.province, r.category, r.unit) IS DISTINCT FROM (d.province, d.category, d.unit)
          ELSE false END
        UNION ALL
        SELECT d.duty_id FROM rewards_duty d
        LEFT JOIN rewards_duty_entry e ON (e.cause_kind, e.cause_id) = ('duty', d.duty_id)
        WHERE (d.state = 'confirmed') <> (e.entry_id IS NOT NULL)
        """,
    ),
    by_query(
        "D2",
        "a duty certificate says what its year counted when it was issued",
        """
        SELECT c.certificate_id FROM rewards_duty_certificate c
        LEFT JOIN LATERAL (
          SELECT sum(e.trees) AS trees FROM rewards_duty_entry e
          WHERE (e.person_id, e.year) = (c.person_id, c.year) AND e.line <= c.up_to_line
        ) counted ON true
        WHERE counted.trees IS DISTINCT FROM c.trees
           OR (c.trees > 5) IS DISTINCT FROM (c.tier = 'honour_certificate')
        """,
    ),
    by_query(
        "D3",
        "what was counted for the duty cannot change: its guards are switched on",
        """
        SELECT wanted.relation || ' ' || wanted.name
        FROM (VALUES ('rewards_duty_parameter', 'append_only'),
                     ('rewards_duty_entry', 'append_only'), ('rewards_duty', 'claim_stays'),
                     ('rewards_duty', 'never_deleted'),
                     ('rewards_duty_certificate', 'never_deleted'),
                     ('rewards_duty_certificate', 'only_forgotten'))
             AS wanted(relation, name)
        LEFT JOIN pg_trigger t
          ON t.tgrelid = wanted.relation::regclass AND t.tgname = wanted.name
        WHERE t.tgenabled IS DISTINCT FROM 'O'
        """,
    ),
    by_entry(
        "D4",
        "every duty certificate stands in the public register",
        "duty_certificate",
        "SELECT code FROM rewards_duty_certificate",
    ),
    by_entry(
        "D5",
        "every province's parameter stands in the public register",
        "duty_parameter_published",
        "SELECT parameter_id::text FROM rewards_duty_parameter",
    ),
)
