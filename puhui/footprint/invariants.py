"""What labels and serials promise, as queries that find whatever breaks it."""

from puhui.db.invariant import Invariant, by_query

INVARIANTS: tuple[Invariant, ...] = (
    by_query(
        "B1",
        "a serial's token is its own, and its state has the dates of every state before it",
        """
        SELECT min(serial_id::text) FROM footprint_serial GROUP BY token_hash HAVING count(*) > 1
        UNION ALL
        SELECT s.serial_id::text FROM footprint_serial s JOIN footprint_batch b USING (batch_id)
        WHERE s.state IN ('shipped', 'sold', 'claimed') AND b.shipped_at IS NULL
           OR s.state = 'sold' AND s.sold_at IS NULL
           OR (s.sold_at IS NULL) <> (s.sold_by IS NULL)
           OR s.state NOT IN ('printed', 'shipped', 'sold', 'claimed', 'void')
           OR s.claimed_at < s.sold_at
        """,
    ),
    by_query(
        "B2",
        "a serial is claimed by one person at one time, and only what was claimed has a claimant",
        """
        SELECT serial_id FROM footprint_serial
        WHERE (claimant_id IS NULL) <> (claimed_at IS NULL)
           OR state = 'claimed' AND claimant_id IS NULL
           OR state NOT IN ('claimed', 'void') AND claimant_id IS NOT NULL
        """,
    ),
    by_query(
        "B3",
        "a batch has as many serials as were made, numbered from 1, and keeps no seed that left",
        """
        SELECT b.batch_id FROM footprint_batch b LEFT JOIN footprint_serial s USING (batch_id)
        GROUP BY b.batch_id
        HAVING count(s.serial_id) <> b.made
            OR min(s.number) <> 1 OR max(s.number) <> b.made
            OR b.made > b.count OR b.left_at IS NOT NULL AND b.made < b.count
            OR b.left_at IS NOT NULL AND b.sealed_seed IS NOT NULL
        """,
    ),
    by_query(
        "B4",
        "a label is of a footprint that was verified before, is printed only while it holds,"
        " and stands in the register",
        """
        SELECT l.label_id FROM footprint_label l JOIN footprint_footprint f USING (footprint_id)
        WHERE l.basis = 'verified' AND (f.state <> 'verified' OR f.decided_at > l.issued_at)
        UNION
        SELECT l.label_id FROM footprint_label l JOIN footprint_batch b USING (label_id)
        WHERE b.printed_at < l.issued_at OR b.printed_at >= l.expires_at
           OR b.printed_at > l.withdrawn_at
        UNION
        SELECT l.label_id FROM footprint_label l
        WHERE NOT EXISTS (SELECT FROM register_entry r
                           WHERE r.kind = 'label_issued' AND r.subject_id = l.label_id::text)
        """,
    ),
    by_query(
        "B5",
        "a footprint's bytes are those of its hash, and of the hash in the register",
        """
        SELECT f.footprint_id FROM footprint_footprint f
        LEFT JOIN register_entry r
          ON r.kind = 'footprint_verified' AND r.subject_id = f.footprint_id::text
        WHERE encode(sha256(convert_to(f.document, 'UTF8')), 'hex') <> f.sha256
           OR f.state = 'verified' AND (r.leaf::jsonb ->> 'sha256') IS DISTINCT FROM f.sha256
        """,
    ),
    by_query(
        "B6",
        "a footprint cites only factors that were published, with the value that they have",
        """
        SELECT DISTINCT f.footprint_id FROM footprint_footprint f
        CROSS JOIN LATERAL jsonb_each(f.document::jsonb -> 'factors') AS cited(citation, factor)
        LEFT JOIN factors_factor p
          ON p.key = factor ->> 'key' AND p.version = factor ->> 'version'
        LEFT JOIN factors_act a
          ON a.key = p.key AND a.version = p.version AND a.kind = 'published'
        WHERE p.kg_per_unit IS DISTINCT FROM (factor ->> 'kg_per_unit')::numeric
           OR a.key IS NULL
        """,
    ),
    by_query(
        "B7",
        "a product's footprints are numbered 1, 2, 3, and none was verified by its own maker",
        """
        SELECT product_id FROM footprint_footprint
        GROUP BY product_id HAVING max(number) <> count(*) OR min(number) <> 1
        UNION
        SELECT p.product_id FROM footprint_product p JOIN footprint_footprint f USING (product_id)
        WHERE f.verifier_organisation_id = p.organisation_id
        """,
    ),
    by_query(
        "B8",
        "what was taken back for recycling stays with the person who had claimed it",
        """
        SELECT t.serial_id FROM footprint_take_back t JOIN footprint_serial s USING (serial_id)
        WHERE s.state <> 'claimed' OR s.claimant_id <> t.person_id
           OR t.taken_back_at < s.claimed_at
        """,
    ),
    by_query(
        "V1",
        "a footprint that was verified by a checklist had every point of it answered, none with no",
        """
        SELECT f.footprint_id FROM footprint_footprint f
        LEFT JOIN LATERAL (
          SELECT r.answers, r.checklist FROM footprint_review r
          WHERE r.footprint_id = f.footprint_id ORDER BY r.number DESC LIMIT 1) last ON true
        WHERE f.checklist IS NOT NULL
          AND (last.checklist IS DISTINCT FROM f.checklist
               OR last.answers @> '[{"answer": "no"}]')
        """,
    ),
    by_query(
        "V2",
        "a label that ended early says why, here and in the register",
        """
        SELECT l.label_id FROM footprint_label l
        WHERE l.withdrawn_at IS NOT NULL AND l.end_ground IS NOT NULL
          AND NOT EXISTS (
            SELECT FROM register_entry r WHERE r.subject_id = l.label_id::text
              AND (r.kind = 'label_withdrawn' AND l.end_ground = 'maker'
                   OR r.kind = 'label_ended'
                      AND r.leaf::jsonb ->> 'ground' = l.end_ground))
        """,
    ),
    by_query(
        "V3",
        "no verifier reviewed or verified what an organisation of theirs had made",
        """
        SELECT r.review_id FROM footprint_review r
        JOIN footprint_footprint f USING (footprint_id)
        JOIN footprint_product p USING (product_id)
        WHERE r.organisation_id = p.organisation_id
        """,
    ),
)
