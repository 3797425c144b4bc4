"""What the books of credits promise, as queries that find whatever breaks it."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from puhui.credits.certificate import digest
from puhui.credits.kind import RULES, Kind
from puhui.credits.paying import invariants as paying
from puhui.credits.serial import MalformedSerial, parse
from puhui.db.invariant import MOST, Invariant, by_query
from puhui.register.invariants import by_entry

_TEXTS = text("""
    SELECT batch_id, kind, serial_text, serial_block, lower(serials), upper(serials) - 1
      FROM credits_batch""")
_OVERLAPPING = text("""
    SELECT later.batch_id FROM credits_batch AS former JOIN credits_batch AS later
        ON later.registry_name = former.registry_name AND later.serial_block = former.serial_block
       AND later.serials && former.serials AND later.batch_id > former.batch_id
     LIMIT :most""")
_CERTIFICATES = text("""
    SELECT code, document, leaf::jsonb ->> 'document'
      FROM credits_certificate
      JOIN credits_retirement USING (retirement_id)
      JOIN register_entry ON entry_id = register_entry_id""")


def _batches(connection: Connection) -> Sequence[str]:
    """Return batches whose serials overlap another's, or are not what their text says."""
    found = [str(batch) for batch in connection.scalars(_OVERLAPPING, {"most": MOST})]
    for batch, kind, written, block, first, last in connection.execute(_TEXTS):
        try:
            read = parse(written, RULES[Kind(kind)].form)
        except MalformedSerial:
            found.append(str(batch))
            continue
        if (read.block, read.first, read.last) != (block, first, last):
            found.append(str(batch))
    return found[:MOST]


def _certificates(connection: Connection) -> Sequence[str]:
    """Return certificates whose document is not the one that the register committed to."""
    rows = connection.execute(_CERTIFICATES)
    return [code for code, document, committed in rows if digest(document) != committed][:MOST]


INVARIANTS: tuple[Invariant, ...] = (
    by_query(
        "C1",
        "blocks of one batch lie within it and do not overlap",
        """
        SELECT DISTINCT later.batch_id FROM (
          SELECT batch_id, lower(serials) AS first,
                 max(upper(serials)) OVER (PARTITION BY batch_id ORDER BY lower(serials), block_id
                                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
                   AS before
            FROM credits_block) AS later
         WHERE later.first < later.before
         UNION
        SELECT batch_id FROM credits_block AS k JOIN credits_batch AS b USING (batch_id)
         WHERE NOT k.serials <@ b.serials
        """,
    ),
    Invariant("C2", "no serial came in twice, and each batch's text says its serials", _batches),
    by_query(
        "C3",
        "issued = available + held + retired + cancelled in every batch, in blocks as in ledger",
        """
        WITH block AS (
          SELECT b.batch_id, b.quantity_kg,
                 coalesce(sum(s.n) FILTER (WHERE s.state = 'available'), 0) AS available,
                 coalesce(sum(s.n) FILTER (WHERE s.state = 'held'), 0) AS held,
                 coalesce(sum(s.n) FILTER (WHERE s.state = 'retired'), 0) AS retired,
                 coalesce(sum(s.n) FILTER (WHERE s.state = 'cancelled'), 0) AS cancelled
            FROM credits_batch b
            LEFT JOIN (SELECT c.batch_id, c.state,
                              (upper(c.serials) - lower(c.serials)) * d.granularity_kg AS n
                         FROM credits_block c JOIN credits_batch d USING (batch_id)) AS s
              USING (batch_id)
           GROUP BY b.batch_id),
        account AS (
          SELECT CAST(substr(owner, 7) AS uuid) AS batch_id,
                 coalesce(sum(balance) FILTER (WHERE purpose = 'available'), 0) AS available,
                 coalesce(sum(balance) FILTER (WHERE purpose = 'held'), 0) AS held,
                 coalesce(sum(balance) FILTER (WHERE purpose = 'retired'), 0) AS retired,
                 coalesce(sum(balance) FILTER (WHERE purpose = 'cancelled'), 0) AS cancelled
            FROM ledger_account WHERE unit = 'credit_kg' AND owner LIKE 'batch:%'
           GROUP BY owner)
        SELECT coalesce(block.batch_id, account.batch_id)
          FROM block FULL JOIN account USING (batch_id)
         WHERE (block.available, block.held, block.retired, block.cancelled)
               IS DISTINCT FROM
               (account.available, account.held, account.retired, account.cancelled)
            OR block.quantity_kg
               <> block.available + block.held + block.retired + block.cancelled
        """,
    ),
    by_query(
        "C4",
        "what was retired is still retired: a hold and its blocks end the same way",
        """
        SELECT hold_id FROM credits_hold AS h JOIN credits_block AS b USING (hold_id)
         WHERE (b.state = 'retired') <> (h.state = 'retired')
            OR h.state NOT IN ('held', 'paid', 'retired')
         UNION
        SELECT hold_id FROM credits_hold AS h
         WHERE (state = 'retired') <> EXISTS (
               SELECT FROM credits_retirement AS r WHERE r.hold_id = h.hold_id)
        """,
    ),
    by_query(
        "C5",
        "a retirement is the sum of its blocks and has exactly one certificate",
        """
        SELECT r.retirement_id FROM credits_retirement AS r
         WHERE quantity_kg <> (
               SELECT coalesce(sum((upper(k.serials) - lower(k.serials)) * granularity_kg), 0)
                 FROM credits_block AS k JOIN credits_batch USING (batch_id)
                WHERE retirement_id = r.retirement_id)
            OR (SELECT count(*) FROM credits_certificate AS c
                 WHERE c.retirement_id = r.retirement_id) <> 1
        """,
    ),
    by_query(
        "C5-tally",
        "what is kept of retirements by purpose and year is their sum",
        """
        SELECT coalesce(t.purpose_kind, r.purpose_kind) || ' ' || coalesce(t.year, r.year)
          FROM (SELECT purpose_kind, year, sum(retirements) AS n, sum(quantity_kg) AS kg
                  FROM credits_tally GROUP BY purpose_kind, year) AS t
          FULL JOIN (
               SELECT purpose_kind, count(*) AS n, sum(quantity_kg) AS kg,
                      date_part('year', retired_at AT TIME ZONE 'Asia/Shanghai') AS year
                 FROM credits_retirement GROUP BY 1, 4) AS r USING (purpose_kind, year)
         WHERE (t.n, t.kg) IS DISTINCT FROM (r.n, r.kg)
        """,
    ),
    Invariant("C5-words", "a certificate says what the register committed to", _certificates),
    by_query(
        "C6",
        "a live hold keeps exactly its lines' serials, a paid one has its payment",
        """
        SELECT h.hold_id FROM credits_hold AS h
          LEFT JOIN credits_payment AS p USING (hold_id)
         WHERE (h.state IN ('paid', 'retired')) <> (p.hold_id IS NOT NULL)
            OR p.amount_fen <> h.total_fen
            OR h.total_kg <> (SELECT sum(quantity_kg) FROM credits_hold_line l
                               WHERE l.hold_id = h.hold_id)
            OR h.total_fen <> (SELECT sum(cost_fen) FROM credits_hold_line l
                                WHERE l.hold_id = h.hold_id)
         UNION
        SELECT l.hold_id FROM credits_hold_line AS l
          JOIN credits_hold AS h USING (hold_id)
          JOIN credits_batch AS b USING (batch_id)
         WHERE (CASE WHEN h.state IN ('held', 'paid', 'retired') THEN l.quantity_kg ELSE 0 END)
               <> (SELECT coalesce(sum(upper(k.serials) - lower(k.serials)), 0) * b.granularity_kg
                     FROM credits_block AS k
                    WHERE k.hold_id = l.hold_id AND k.batch_id = l.batch_id)
        """,
    ),
    by_query(
        "C7",
        "a retirement covers the need of the very purpose that its hold was made for",
        """
        SELECT retirement_id FROM credits_retirement AS r JOIN credits_hold AS h USING (hold_id)
         WHERE r.quantity_kg < r.required_kg OR r.purpose_id <> h.purpose_id
            OR CAST(r.required_kg AS text) <> h.purpose ->> 'required_kg'
        """,
    ),
    by_query(
        "C8",
        "sponsors of a hold carry 100 % of it",
        """
        SELECT hold_id FROM credits_sponsor GROUP BY hold_id HAVING sum(share_bp) <> 10000
        """,
    ),
    by_query(
        "C9",
        "a project is what its newest version says, and its versions are without a gap",
        """
        SELECT p.code FROM credits_project AS p
          LEFT JOIN credits_project_version AS v USING (project_id, version)
         WHERE v.project_id IS NULL
            OR (p.name, p.name_en, p.county_code, p.place, p.place_en, p.method, p.method_en,
                p.beneficiaries, p.beneficiaries_en, p.households, p.source)
               IS DISTINCT FROM
               (v.name, v.name_en, v.county_code, v.place, v.place_en, v.method, v.method_en,
                v.beneficiaries, v.beneficiaries_en, v.households, v.source)
            OR p.version <> (SELECT count(*) FROM credits_project_version AS w
                              WHERE w.project_id = p.project_id)
        """,
    ),
    by_query(
        "C10",
        "a cancellation is the sum of its serials, all of them of its batch",
        """
        SELECT c.cancellation_id FROM credits_cancellation AS c
          JOIN credits_batch AS b USING (batch_id)
         WHERE c.quantity_kg <> b.granularity_kg * (
               SELECT coalesce(sum(upper(k.serials) - lower(k.serials)), 0)
                 FROM credits_block AS k WHERE k.cancellation_id = c.cancellation_id)
            OR EXISTS (SELECT FROM credits_block AS k
                        WHERE k.cancellation_id = c.cancellation_id AND k.batch_id <> c.batch_id)
        """,
    ),
    by_query(
        "C11",
        "a kept part lies within its encumbrance, which nobody has lifted",
        """
        SELECT k.block_id FROM credits_block AS k
          JOIN credits_encumbrance AS e USING (encumbrance_id)
         WHERE e.batch_id <> k.batch_id OR NOT k.serials <@ e.serials
            OR EXISTS (SELECT FROM credits_encumbrance AS l WHERE l.lifts = e.encumbrance_id)
        """,
    ),
    by_query(
        "C12",
        "a batch is encumbered as the last word on it says",
        """
        SELECT b.batch_id FROM credits_batch AS b
          LEFT JOIN LATERAL (
            SELECT encumbrance FROM credits_encumbrance AS e
             WHERE e.batch_id = b.batch_id AND e.serials IS NULL
             ORDER BY e.number DESC LIMIT 1) AS last ON true
         WHERE b.encumbrance <> coalesce(last.encumbrance, 'none')
        """,
    ),
    by_query(
        "C13",
        "a reserve covers a loss of its own project, by less than a granule more than was lost",
        """
        SELECT r.reversal_id FROM credits_reversal AS r
          JOIN credits_cancellation AS c USING (reversal_id)
          JOIN credits_batch AS b USING (batch_id)
         GROUP BY r.reversal_id
        HAVING sum(c.quantity_kg) >= r.lost_kg + max(b.granularity_kg)
            OR bool_or(b.project_id <> r.project_id OR b.period_starts > r.happened_on)
        """,
    ),
    by_entry(
        "T3-cancellation",
        "every cancellation has exactly one entry in the register",
        "credit_cancellation",
        "SELECT CAST(cancellation_id AS text) FROM credits_cancellation",
    ),
    by_entry(
        "T3-reserve",
        "every rule for a reserve has exactly one entry in the register",
        "credit_reserve",
        "SELECT CAST(share_id AS text) FROM credits_reserve_share",
    ),
    by_entry(
        "T3-retirement",
        "every retirement has exactly one entry in the register",
        "retirement",
        "SELECT CAST(retirement_id AS text) FROM credits_retirement",
    ),
    by_entry(
        "T3-batch",
        "every issued batch has exactly one entry in the register",
        "credit_batch",
        "SELECT CAST(batch_id AS text) FROM credits_batch",
    ),
    by_entry(
        "T3-reversal",
        "every reversal of a project has exactly one entry in the register",
        "project_reversal",
        "SELECT CAST(reversal_id AS text) FROM credits_reversal",
    ),
    by_entry(
        "T3-erratum",
        "every erratum has exactly one entry in the register",
        "retirement_erratum",
        "SELECT CAST(erratum_id AS text) FROM credits_erratum",
    ),
    *paying.INVARIANTS,
)
