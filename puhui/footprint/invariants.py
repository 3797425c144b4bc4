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
           OR s.state IN ('sold', 'claimed') AND (s.sold_at IS NULL OR s.sold_by IS NULL)
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
        "a batch has as many serials as were printed, numbered from 1",
        """
        SELECT b.batch_id FROM footprint_batch b LEFT JOIN footprint_serial s USING (batch_id)
        GROUP BY b.batch_id, b.count
        HAVING count(s.serial_id) <> b.count
            OR min(s.number) <> 1 OR max(s.number) <> b.count
        """,
    ),
    by_query(
        "B4",
        "a label is of a footprint that was verified before, is printed only while it holds,"
        " and stands in the register",
        """
        SELECT l.label_id FROM footprint_label l JOIN footprint_footprint f USING (footprint_id)
        WHERE f.state <> 'verified' OR f.decided_at > l.issued_at
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
)
