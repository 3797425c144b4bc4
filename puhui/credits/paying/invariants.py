"""What the books of money promise, as queries that find whatever breaks it."""

from puhui.db.invariant import Invariant, by_query

INVARIANTS: tuple[Invariant, ...] = (
    by_query(
        "P1",
        "every payment is money that was received, and of its amount",
        """
        SELECT p.hold_id FROM credits_payment AS p
          LEFT JOIN credits_receipt AS r ON r.road = p.road AND r.reference = p.reference
         WHERE r.receipt_id IS NULL OR r.currency <> 'CNY' OR r.amount_fen <> p.amount_fen
        """,
    ),
    by_query(
        "P2",
        "money that did not pay when it came is listed as odd, with its reason",
        """
        SELECT r.receipt_id FROM credits_receipt AS r
         WHERE r.odd IS NULL AND NOT EXISTS (
               SELECT FROM credits_payment AS p
                WHERE p.road = r.road AND p.reference = r.reference AND p.hold_id = r.hold_id)
        """,
    ),
    by_query(
        "P3",
        "money either pays or goes back, never both",
        """
        SELECT r.receipt_id FROM credits_receipt AS r
          JOIN credits_payment AS p ON p.road = r.road AND p.reference = r.reference
          JOIN credits_refund AS f ON f.receipt_id = r.receipt_id AND f.state <> 'withdrawn'
        """,
    ),
    by_query(
        "P4",
        "an order is over the price of its hold, and a paid one has brought its money",
        """
        SELECT o.order_id FROM credits_pay_order AS o JOIN credits_hold AS h USING (hold_id)
         WHERE o.amount_fen <> h.total_fen
            OR o.state = 'paid' AND NOT EXISTS (
               SELECT FROM credits_receipt AS r
                WHERE r.road = 'gateway' AND r.hold_id = o.hold_id)
        """,
    ),
    by_query(
        "P5",
        "an invoice is over what was paid for its hold",
        """
        SELECT i.invoice_id FROM credits_invoice AS i
          LEFT JOIN credits_payment AS p USING (hold_id)
         WHERE p.amount_fen IS DISTINCT FROM i.amount_fen
        """,
    ),
    by_query(
        "P6",
        "sales of a retired hold are its lines, and add up to what was paid for it",
        """
        SELECT r.hold_id FROM credits_retirement AS r
          JOIN credits_payment AS p USING (hold_id)
         WHERE p.amount_fen IS DISTINCT FROM (
               SELECT sum(gross_fen) FROM credits_sale AS s WHERE s.hold_id = r.hold_id)
         UNION
        SELECT s.hold_id FROM credits_sale AS s
          FULL JOIN (SELECT l.* FROM credits_hold_line AS l
                       JOIN credits_retirement USING (hold_id)) AS l USING (hold_id, batch_id)
         WHERE (s.quantity_kg, s.price_fen_per_t, s.gross_fen)
               IS DISTINCT FROM (l.quantity_kg, l.price_fen_per_t, l.cost_fen)
        """,
    ),
    by_query(
        "P7",
        "no seller was paid more than they are owed, and a payout is taken back in full",
        """
        SELECT seller FROM (
          SELECT seller, gross_fen - fee_fen AS fen FROM credits_sale
           UNION ALL
          SELECT seller, -amount_fen FROM credits_payout) AS line
         GROUP BY seller HAVING sum(fen) < 0
         UNION
        SELECT c.seller FROM credits_payout AS c JOIN credits_payout AS p ON p.payout_id = c.cancels
         WHERE c.amount_fen <> -p.amount_fen OR c.seller <> p.seller
        """,
    ),
)
