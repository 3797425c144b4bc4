"""What claims of labelled units promise, as queries that find whatever breaks it."""

from puhui.db.invariant import Invariant, by_query

CLAIMS: tuple[Invariant, ...] = (
    by_query(
        "Q1",
        "a claim is accepted, held or refused by the rules as they decided, or for its label's or"
        " shop's sake",
        """
        SELECT c.serial_id FROM rewards_claim c
        LEFT JOIN rewards_decision d ON (d.subject_kind, d.subject_id) = ('purchase', c.serial_id)
        WHERE d.outcome IS NULL OR d.person_id <> c.person_id
           OR CASE
             WHEN c.state = 'accepted' THEN d.outcome NOT IN ('accept', 'sample')
             WHEN c.state = 'refused' AND c.decided_by IS NULL THEN d.outcome <> 'refuse'
             WHEN c.held_for = 'rules' THEN d.outcome NOT IN ('review', 'hold')
             WHEN c.held_for = 'label' THEN NOT EXISTS (
               SELECT FROM rewards_decision l
                WHERE (l.subject_kind, l.subject_id) = ('label', c.serial_id))
             WHEN c.held_for = 'shop' THEN NOT EXISTS (
               SELECT FROM rewards_shop_freeze f WHERE f.organisation_id = c.shop_id)
             ELSE false END
        """,
    ),
    by_query(
        "Q2",
        "what a refused or returned claim earned was taken back; an upheld appeal gave it anew",
        """
        SELECT c.serial_id FROM rewards_claim c JOIN rewards_lot l ON l.lot_id = c.award_id
        WHERE (c.state IN ('refused', 'returned') OR c.appeal_verdict = 'upheld')
          AND l.state IN ('pending', 'matured')
        UNION ALL
        SELECT c.serial_id FROM rewards_claim c
        WHERE c.appeal_verdict = 'upheld' AND NOT EXISTS (
          SELECT FROM rewards_award w
           WHERE w.about ->> 'serial_id' = c.serial_id::text AND w.person_id = c.person_id)
        """,
    ),
    by_query(
        "Q3",
        "nobody decides a claim of their own, or an appeal against their own decision; both once",
        """
        SELECT serial_id::text FROM rewards_claim
        WHERE decided_by = person_id OR appeal_decided_by IN (person_id, decided_by)
        UNION ALL
        SELECT wanted.relation || ' ' || wanted.name
        FROM (VALUES ('rewards_claim', 'claim_stays'), ('rewards_claim', 'never_deleted'),
                     ('rewards_shop_freeze', 'lifted_once'))
             AS wanted(relation, name)
        LEFT JOIN pg_trigger t
          ON t.tgrelid = wanted.relation::regclass AND t.tgname = wanted.name
        WHERE t.tgenabled IS DISTINCT FROM 'O'
        """,
    ),
)
