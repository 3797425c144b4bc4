"""What the ledger promises, as queries that find whatever breaks it."""

from puhui.db.invariant import Invariant, by_query

INVARIANTS: tuple[Invariant, ...] = (
    by_query(
        "L1",
        "a transfer's entries sum to zero in each unit",
        """
        SELECT e.transfer_id FROM ledger_entry e JOIN ledger_account a USING (account_id)
        GROUP BY e.transfer_id, a.unit HAVING sum(e.amount) <> 0
        """,
    ),
    by_query(
        "L2",
        "a transfer has at least two entries, none of them zero",
        """
        SELECT t.transfer_id FROM ledger_transfer t LEFT JOIN ledger_entry e USING (transfer_id)
        GROUP BY t.transfer_id
        HAVING count(e.entry_id) < 2 OR bool_or(e.amount = 0)
        """,
    ),
    by_query(
        "L3",
        "an account's balance is the sum of its entries, and each entry says what it was then",
        """
        SELECT a.owner || ' ' || a.unit || ' ' || a.purpose
        FROM ledger_account a
        LEFT JOIN (SELECT account_id, sum(amount) AS total FROM ledger_entry GROUP BY account_id) s
          USING (account_id)
        WHERE a.bounded AND a.balance <> coalesce(s.total, 0)
        UNION ALL
        SELECT 'entry ' || entry_id
        FROM (SELECT entry_id, balance_after, a.bounded,
                     sum(amount) OVER (PARTITION BY account_id ORDER BY entry_id) AS running
              FROM ledger_entry JOIN ledger_account a USING (account_id)) AS e
        WHERE bounded AND balance_after IS DISTINCT FROM running
        """,
    ),
    by_query(
        "L4",
        "no account but an issued one is below zero",
        """
        SELECT a.owner || ' ' || a.unit || ' ' || a.purpose FROM ledger_account a
        WHERE a.balance < 0 OR (a.bounded AND a.purpose = 'issued')
        """,
    ),
    by_query(
        "L5",
        "nothing can change or leave the ledger: its guards are in place and switched on",
        """
        SELECT wanted.relation || ' ' || wanted.name
        FROM (VALUES ('ledger_transfer', 'append_only'), ('ledger_transfer', 'never_emptied'),
                     ('ledger_entry', 'append_only'), ('ledger_entry', 'never_emptied'),
                     ('ledger_entry', 'sums_to_zero'), ('ledger_account', 'never_emptied'))
             AS wanted(relation, name)
        LEFT JOIN pg_trigger t
          ON t.tgrelid = wanted.relation::regclass AND t.tgname = wanted.name
        WHERE t.tgenabled IS DISTINCT FROM 'O'
        """,
    ),
    by_query(
        "L8",
        "no points pass from one person to another",
        """
        SELECT e.transfer_id FROM ledger_entry e JOIN ledger_account a USING (account_id)
        WHERE a.owner LIKE 'person:%'
        GROUP BY e.transfer_id
        HAVING bool_or(e.amount < 0) AND bool_or(e.amount > 0)
           AND count(DISTINCT a.owner) > 1
        """,
    ),
    by_query(
        "L9",
        "a transfer moves one unit only: points never become credits",
        """
        SELECT e.transfer_id FROM ledger_entry e JOIN ledger_account a USING (account_id)
        GROUP BY e.transfer_id HAVING count(DISTINCT a.unit) > 1
        """,
    ),
)
