"""What rewards promise, as queries that find whatever breaks it."""

from puhui.db.invariant import Invariant, by_query
from puhui.rewards.claim_promises import CLAIMS
from puhui.rewards.duty_promises import DUTY
from puhui.rewards.outing_promises import OUTINGS
from puhui.rewards.points_promises import POINTS
from puhui.rewards.shop_promises import SHOP
from puhui.rewards.survival_promises import SURVIVAL
from puhui.rewards.together_promises import TOGETHER

INVARIANTS: tuple[Invariant, ...] = (
    *CLAIMS,
    *DUTY,
    *POINTS,
    *OUTINGS,
    *SHOP,
    *SURVIVAL,
    *TOGETHER,
    by_query(
        "L6",
        "points are issued for one cause each: every issue has its award, every award its issue",
        """
        WITH issued AS (
          SELECT e.transfer_id FROM ledger_entry e JOIN ledger_account a USING (account_id)
          WHERE (a.owner, a.unit, a.purpose) = ('puhui', 'point', 'issued') AND e.amount < 0),
        received AS (
          SELECT e.transfer_id, a.owner, e.amount
          FROM ledger_entry e JOIN ledger_account a USING (account_id)
          WHERE a.unit = 'point' AND a.purpose IN ('wallet', 'pending') AND e.amount > 0),
        awarded AS (SELECT award_id, person_id, points FROM rewards_award WHERE points > 0)
        SELECT coalesce(w.award_id, i.transfer_id)
        FROM issued i FULL JOIN awarded w ON w.award_id = i.transfer_id
        LEFT JOIN received r ON r.transfer_id = w.award_id
        LEFT JOIN rewards_lot l ON l.lot_id = w.award_id
        WHERE i.transfer_id IS NULL OR w.award_id IS NULL
           OR r.owner IS DISTINCT FROM 'person:' || w.person_id
           OR r.amount IS DISTINCT FROM w.points
           OR (l.person_id, l.points) IS DISTINCT FROM (w.person_id, w.points)
        """,
    ),
    by_query(
        "L7",
        "an award follows the rule that was in force on the day of the deed",
        """
        SELECT w.award_id FROM rewards_award w
        LEFT JOIN rewards_rule r ON (r.key, r.version) = (w.rule_key, w.rule_version)
        WHERE r.key IS NULL OR w.full_points <> w.quantity * r.points_per_unit
           OR w.deed_on < r.valid_from OR w.deed_on > r.valid_until
           OR EXISTS (
             SELECT FROM rewards_rule later
             WHERE later.key = r.key AND later.valid_from > r.valid_from
               AND later.valid_from <= w.deed_on
               AND (later.valid_until IS NULL OR w.deed_on <= later.valid_until))
        """,
    ),
    by_query(
        "R1",
        "a planting is decided by rules or reviews: refused by one, approved by enough",
        """
        SELECT p.planting_id FROM rewards_planting p
        LEFT JOIN rewards_appeal a ON a.planting_id = p.planting_id AND a.verdict = 'upheld'
        LEFT JOIN LATERAL (
          SELECT count(*) FILTER (WHERE verdict = 'approve') AS approvals,
                 count(*) FILTER (WHERE verdict = 'refuse'
                                  AND (a.decided_at IS NULL OR reviewed_at > a.decided_at))
                   AS refusals,
                 max((inputs ->> 'approvals_needed')::int) AS needed
          FROM rewards_review r WHERE r.planting_id = p.planting_id) v ON true
        LEFT JOIN rewards_decision d
          ON (d.subject_kind, d.subject_id) = ('planting', p.planting_id)
        WHERE CASE p.state
          WHEN 'refused' THEN v.refusals = 0
            AND (d.outcome IS DISTINCT FROM 'refuse' OR a.appeal_id IS NOT NULL)
          WHEN 'approved' THEN v.refusals > 0
            OR (v.needed IS NULL OR v.approvals < v.needed)
               AND (d.outcome IS NULL OR d.outcome NOT IN ('accept', 'sample'))
          ELSE v.refusals > 0 OR v.approvals >= v.needed
            OR d.outcome IN ('accept', 'sample')
            OR d.outcome = 'refuse' AND a.appeal_id IS NULL
          END
        """,
    ),
    by_query(
        "R2",
        "nobody reviews their own planting",
        """
        SELECT p.planting_id FROM rewards_planting p JOIN rewards_review v USING (planting_id)
        WHERE v.verifier_id = p.person_id
        """,
    ),
    by_query(
        "R3",
        "points for planting go to the planter of an approved planting, tree by tree",
        """
        SELECT w.award_id FROM rewards_award w
        LEFT JOIN rewards_planting p ON p.planting_id = w.cause_id AND p.state = 'approved'
        WHERE w.cause_kind = 'planting'
          AND ((p.person_id, p.trees, p.planted_on)
               IS DISTINCT FROM (w.person_id, w.quantity, w.deed_on))
        """,
    ),
    by_query(
        "R4",
        "nobody earns more for a day, for a year or in all than the rule allows",
        """
        SELECT w.person_id || ' ' || w.rule_key || ' ' || w.deed_on
        FROM rewards_award w
        JOIN rewards_rule r ON (r.key, r.version) = (w.rule_key, w.rule_version)
        GROUP BY w.person_id, w.rule_key, w.deed_on
        HAVING sum(w.points) > max(r.most_per_day)
        UNION ALL
        SELECT w.person_id || ' ' || w.rule_key || ' ' || date_part('year', w.deed_on)
        FROM rewards_award w
        JOIN rewards_rule r ON (r.key, r.version) = (w.rule_key, w.rule_version)
        GROUP BY w.person_id, w.rule_key, date_part('year', w.deed_on)
        HAVING sum(w.points) > max(r.most_per_year)
        UNION ALL
        SELECT w.person_id || ' ' || w.rule_key
        FROM rewards_award w
        JOIN rewards_rule r ON (r.key, r.version) = (w.rule_key, w.rule_version)
        GROUP BY w.person_id, w.rule_key HAVING sum(w.points) > max(r.most_in_all)
        """,
    ),
    by_query(
        "R5",
        "a planting rests on photographs of its planter, which rest under no other",
        """
        SELECT p.planting_id FROM rewards_planting p
        LEFT JOIN rewards_planting_photo f USING (planting_id)
        LEFT JOIN evidence_photo e USING (photo_id)
        WHERE f.planting_id IS NULL OR e.person_id IS DISTINCT FROM p.person_id
           OR e.original_sha256 IS DISTINCT FROM f.original_sha256
           OR f.live IS DISTINCT FROM (p.state <> 'refused')
        UNION ALL
        SELECT min(planting_id::text)::uuid FROM rewards_planting_photo
        WHERE live GROUP BY original_sha256 HAVING count(*) > 1
        """,
    ),
    by_query(
        "R6",
        "what was published, judged and paid cannot change: its guards are switched on",
        """
        SELECT wanted.relation || ' ' || wanted.name
        FROM (VALUES ('rewards_rule', 'append_only'), ('rewards_review', 'append_only'),
                     ('rewards_award', 'append_only'), ('rewards_planting', 'never_deleted'),
                     ('rewards_planting', 'claim_stays'), ('evidence_photo', 'hashes_stay'),
                     ('rewards_decision', 'append_only'), ('rewards_threshold', 'append_only'),
                     ('rewards_base_place', 'append_only'), ('rewards_draw', 'seed_kept'),
                     ('rewards_draw', 'seed_stays'), ('evidence_ticket', 'spent_once'))
             AS wanted(relation, name)
        LEFT JOIN pg_trigger t
          ON t.tgrelid = wanted.relation::regclass AND t.tgname = wanted.name
        WHERE t.tgenabled IS DISTINCT FROM 'O'
        """,
    ),
    by_query(
        "R7",
        "a decision of the rules follows from its signals: their scores, the gravest of them",
        """
        SELECT d.subject_id FROM rewards_decision d
        CROSS JOIN LATERAL (
          SELECT coalesce(sum((s ->> 'score')::int), 0) AS score,
                 count(*) FILTER (WHERE s ->> 'effect' = 'refuse') AS impossible,
                 count(*) FILTER (WHERE s ->> 'effect' = 'hold') AS held,
                 count(*) FILTER (WHERE s ->> 'effect' = 'review') AS seen
          FROM jsonb_array_elements(d.signals) AS s) AS w
        JOIN rewards_threshold t ON t.version = d.thresholds
        WHERE d.score <> w.score OR d.outcome <> CASE
          WHEN w.impossible > 0 THEN 'refuse'
          WHEN w.held > 0 OR w.score >= (t.values ->> 'score.hold')::int THEN 'hold'
          WHEN w.seen > 0 THEN 'review'
          WHEN w.score < (t.values ->> 'score.sample')::int THEN 'accept'
          WHEN (d.inputs ->> 'drawn')::boolean THEN 'review'
          ELSE 'sample' END
        """,
    ),
    by_query(
        "R8",
        "nobody judges an appeal against, or an audit of, what they decided or planted themselves",
        """
        SELECT p.planting_id FROM rewards_planting p
        JOIN (SELECT planting_id, decided_by, decided_at FROM rewards_appeal
              UNION ALL SELECT planting_id, decided_by, decided_at FROM rewards_audit) AS second
          USING (planting_id)
        LEFT JOIN rewards_review v
          ON v.planting_id = p.planting_id AND v.verifier_id = second.decided_by
         AND v.reviewed_at < second.decided_at
        WHERE second.decided_by = p.person_id OR v.verifier_id IS NOT NULL
        """,
    ),
)
