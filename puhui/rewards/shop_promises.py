"""What the shop promises, as queries that find whatever breaks it."""

from puhui.db.invariant import Invariant, by_query

SHOP: tuple[Invariant, ...] = (
    by_query(
        "H1",
        "of an offer is taken what its live redemptions took, never more than there is",
        """
        SELECT o.offer_id FROM rewards_offer o
        LEFT JOIN (SELECT offer_id, count(*) AS taken FROM rewards_redemption
                   WHERE state <> 'refunded' GROUP BY offer_id) r USING (offer_id)
        WHERE o.taken <> coalesce(r.taken, 0) OR o.taken > o.stock
        """,
    ),
    by_query(
        "H2",
        "each redemption is one transfer of its points from the wallet to its partner",
        """
        SELECT r.redemption_id FROM rewards_redemption r
        LEFT JOIN ledger_transfer t ON t.transfer_id = r.redemption_id
        WHERE (t.reason, t.moves) IS DISTINCT FROM
              ('redeemed', 'person:' || r.person_id || '|point|wallet>partner:'
               || r.organisation_id || '|point|redeemed>' || r.points)
        UNION ALL
        SELECT t.transfer_id FROM ledger_transfer t
        LEFT JOIN rewards_redemption r ON r.redemption_id = t.transfer_id
        WHERE t.reason = 'redeemed' AND r.redemption_id IS NULL
        """,
    ),
    by_query(
        "H3",
        "each refund is one transfer of its points to the wallet, or, if withheld, to their issue",
        """
        SELECT r.redemption_id FROM rewards_redemption r
        CROSS JOIN LATERAL (
          SELECT 'partner:' || r.organisation_id || '|point|redeemed' AS partner,
                 'person:' || r.person_id || '|point|wallet' AS wallet,
                 'puhui|point|issued' AS issued) AS a
        LEFT JOIN ledger_transfer t ON t.transfer_id = r.refund_id
        WHERE r.state = 'refunded' AND (t.reason, t.moves) IS DISTINCT FROM ('refunded',
          CASE r.withheld
            WHEN 0 THEN a.partner || '>' || a.wallet || '>' || r.points
            WHEN r.points THEN a.partner || '>' || a.issued || '>' || r.points
            ELSE a.partner || ',' || a.partner || '>' || a.wallet || ',' || a.issued
                 || '>' || (r.points - r.withheld) || ',' || r.withheld END)
        UNION ALL
        SELECT t.transfer_id FROM ledger_transfer t
        LEFT JOIN rewards_redemption r ON r.refund_id = t.transfer_id
        WHERE t.reason = 'refunded' AND r.redemption_id IS NULL
        """,
    ),
    by_query(
        "H4",
        "a partner's account holds the points of its live redemptions",
        """
        SELECT coalesce(a.owner, r.owner)
        FROM (SELECT owner, balance FROM ledger_account
              WHERE unit = 'point' AND purpose = 'redeemed') AS a
        FULL JOIN (SELECT 'partner:' || organisation_id AS owner, sum(points) AS points
                   FROM rewards_redemption WHERE state <> 'refunded' GROUP BY organisation_id) AS r
          USING (owner)
        WHERE coalesce(a.balance, 0) <> coalesce(r.points, 0)
        """,
    ),
    by_query(
        "H5",
        "a redemption keeps terms of its offer that an operator of another house had published",
        """
        SELECT r.redemption_id FROM rewards_redemption r
        LEFT JOIN rewards_offer_version v USING (version_id)
        LEFT JOIN rewards_offer o ON o.offer_id = r.offer_id
        WHERE v.version_id IS NULL OR v.state <> 'published' OR v.decided_at > r.redeemed_at
           OR v.points <> r.points OR v.offer_id <> r.offer_id
           OR o.organisation_id <> r.organisation_id
           OR (v.delivery = 'sent') <> (r.code_hash IS NULL)
           OR v.decided_by = v.proposed_by
        """,
    ),
    by_query(
        "H6",
        "every code is one redemption's, and is used before its time is over",
        """
        SELECT min(redemption_id::text) FROM rewards_redemption
        WHERE code_hash IS NOT NULL GROUP BY code_hash HAVING count(*) > 1
        UNION ALL
        SELECT redemption_id::text FROM rewards_redemption
        WHERE state = 'handed_over' AND ended_at >= expires_at
           OR state = 'lapsed' AND ended_at < expires_at
        """,
    ),
    by_query(
        "H7",
        "a cause's account holds what was given to it, each gift by one transfer",
        """
        SELECT d.donation_id::text FROM rewards_donation d
        LEFT JOIN ledger_transfer t ON t.transfer_id = d.donation_id
        WHERE (t.reason, t.moves) IS DISTINCT FROM
              ('donated', 'person:' || d.person_id || '|point|wallet>cause:' || d.cause_id
               || '|point|donated>' || d.points)
        UNION ALL
        SELECT coalesce(a.owner, d.owner)
        FROM (SELECT owner, balance FROM ledger_account
              WHERE unit = 'point' AND purpose = 'donated') AS a
        FULL JOIN (SELECT 'cause:' || cause_id AS owner, sum(points) AS points
                   FROM rewards_donation GROUP BY cause_id) AS d USING (owner)
        WHERE coalesce(a.balance, 0) <> coalesce(d.points, 0)
        """,
    ),
    by_query(
        "H8",
        "what was redeemed and given stays so: the guards are switched on",
        """
        SELECT wanted.relation || ' ' || wanted.name
        FROM (VALUES ('rewards_redemption', 'counts_taken'),
                     ('rewards_redemption', 'only_forward'),
                     ('rewards_redemption', 'never_deleted'),
                     ('rewards_offer', 'offer_stays'), ('rewards_offer', 'never_deleted'),
                     ('rewards_offer_version', 'terms_stay'),
                     ('rewards_offer_version', 'never_deleted'),
                     ('rewards_cause', 'cause_stays'), ('rewards_cause', 'never_deleted'),
                     ('rewards_donation', 'append_only'))
             AS wanted(relation, name)
        LEFT JOIN pg_trigger t
          ON t.tgrelid = wanted.relation::regclass AND t.tgname = wanted.name
        WHERE t.tgenabled IS DISTINCT FROM 'O'
        """,
    ),
)
