"""What points promise on their way, as queries that find whatever breaks it."""

from puhui.db.invariant import Invariant, by_query

POINTS: tuple[Invariant, ...] = (
    by_query(
        "W1",
        "what a person waits for is in lots that wait, what they have in lots that have matured",
        """
        SELECT l.owner
        FROM (SELECT 'person:' || person_id AS owner,
                     coalesce(sum(points - reversed) FILTER (WHERE state = 'pending'), 0)
                       AS pending,
                     coalesce(sum(points - reversed) FILTER (WHERE state = 'matured'), 0)
                       AS matured
              FROM rewards_lot GROUP BY person_id) AS l
        LEFT JOIN (SELECT owner, coalesce(sum(balance) FILTER (WHERE purpose = 'pending'), 0)
                            AS pending,
                          coalesce(sum(balance) FILTER (WHERE purpose = 'wallet'), 0) AS wallet
                   FROM ledger_account WHERE unit = 'point' GROUP BY owner) AS a USING (owner)
        WHERE coalesce(a.pending, 0) <> l.pending OR coalesce(a.wallet, 0) > l.matured
        """,
    ),
    by_query(
        "W2",
        "points mature on their day, not before, and only once",
        """
        SELECT l.lot_id FROM rewards_lot l
        LEFT JOIN ledger_transfer given ON given.transfer_id = l.lot_id
        LEFT JOIN ledger_transfer m ON m.reason = 'matured'
          AND m.transfer_id = overlay(l.lot_id::text PLACING '8' FROM 15 FOR 1)::uuid
        WHERE l.state IN ('matured', 'ended')
          AND l.matures_on
              > (coalesce(m.occurred_at, given.occurred_at) AT TIME ZONE 'Asia/Shanghai')::date
           OR l.state = 'pending' AND m.transfer_id IS NOT NULL
        """,
    ),
    by_query(
        "W3",
        "points expire after their last day, ten years at most after they were given",
        """
        SELECT l.lot_id FROM rewards_lot l
        JOIN ledger_transfer given ON given.transfer_id = l.lot_id
        LEFT JOIN ledger_transfer gone
          ON gone.transfer_id = md5(l.ended_by::text || l.person_id::text)::uuid
        WHERE l.expires_on
              > (given.occurred_at AT TIME ZONE 'Asia/Shanghai')::date + INTERVAL '10 years'
           OR l.expires_on >= (gone.occurred_at AT TIME ZONE 'Asia/Shanghai')::date
        """,
    ),
    by_query(
        "W4",
        "a reversal takes what it says, from the person whose award it was, and no more than that",
        """
        SELECT v.reversal_id FROM rewards_reversal v
        LEFT JOIN rewards_award w USING (award_id)
        LEFT JOIN (SELECT e.transfer_id, a.owner, e.amount
                   FROM ledger_entry e JOIN ledger_account a USING (account_id)
                   WHERE a.owner LIKE 'person:%') AS moved ON moved.transfer_id = v.reversal_id
        WHERE (v.taken > 0) <> (moved.transfer_id IS NOT NULL)
           OR moved.amount <> -v.taken OR moved.owner <> 'person:' || v.person_id
           OR w.person_id <> v.person_id OR v.points > coalesce(w.points, 0)
        UNION ALL
        SELECT l.lot_id FROM rewards_lot l
        LEFT JOIN (SELECT award_id, sum(points) AS points FROM rewards_reversal GROUP BY award_id)
          AS v ON v.award_id = l.lot_id
        WHERE l.reversed <> coalesce(v.points, 0)
        """,
    ),
    by_query(
        "W5",
        "points move by hand only when two operators agree, within the rule's limits",
        """
        SELECT adjustment_id FROM rewards_adjustment j
        LEFT JOIN rewards_award w ON w.cause_kind = 'adjustment' AND w.cause_id = j.adjustment_id
        LEFT JOIN ledger_transfer t ON t.transfer_id = j.adjustment_id
        WHERE j.decided_by = j.proposed_by OR j.person_id IN (j.proposed_by, j.decided_by)
           OR (w.award_id IS NOT NULL) <> (j.state = 'approved' AND j.points > 0)
           OR w.points <> j.moved OR w.person_id <> j.person_id
           OR (t.transfer_id IS NOT NULL) <> (j.state = 'approved' AND j.moved < 0)
        UNION ALL
        SELECT w.award_id FROM rewards_award w
        LEFT JOIN rewards_adjustment j ON j.adjustment_id = w.cause_id
        WHERE w.cause_kind = 'adjustment' AND j.adjustment_id IS NULL
        UNION ALL
        SELECT t.transfer_id FROM ledger_transfer t
        LEFT JOIN rewards_award w ON w.award_id = t.transfer_id
        LEFT JOIN rewards_adjustment j ON j.adjustment_id = t.transfer_id
        WHERE t.reason = 'adjustment' AND w.award_id IS NULL AND j.adjustment_id IS NULL
        """,
    ),
    by_query(
        "W6",
        "points for a report go to the person of an approved report, as far as it says",
        """
        SELECT w.award_id FROM rewards_award w
        LEFT JOIN rewards_report r ON r.report_id = w.cause_id AND r.state = 'approved'
        WHERE w.cause_kind IN ('tending', 'adoption', 'donation', 'volunteering')
          AND (r.person_id, r.behaviour, r.quantity, r.done_on)
              IS DISTINCT FROM (w.person_id, w.cause_kind, w.quantity, w.deed_on)
        UNION ALL
        SELECT report_id FROM rewards_report
        WHERE decided_by IN (person_id, reported_by)
           OR reporter = 'self' AND state <> 'logged' AND decided_by IS NULL
        """,
    ),
    by_query(
        "W7",
        "what was given, taken back and reported cannot change: its guards are switched on",
        """
        SELECT wanted.relation || ' ' || wanted.name
        FROM (VALUES ('rewards_lot', 'lot_stays'), ('rewards_lot', 'never_deleted'),
                     ('rewards_reversal', 'append_only'), ('rewards_report', 'report_stays'),
                     ('rewards_report', 'never_deleted'),
                     ('rewards_adjustment', 'proposal_stays'),
                     ('rewards_adjustment', 'never_deleted'))
             AS wanted(relation, name)
        LEFT JOIN pg_trigger t
          ON t.tgrelid = wanted.relation::regclass AND t.tgname = wanted.name
        WHERE t.tgenabled IS DISTINCT FROM 'O'
        """,
    ),
)
