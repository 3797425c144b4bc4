"""What a label's page depends on, read in one statement for every request.

`puhui.web.kept` keeps the page for as long as this stays the same. Whatever the page shows of the
product, its versions and labels, or of the unit that was scanned, lies in one of these rows: a row
that is changed gets another `xmin`. Names of organisations and the median over other products are
the exceptions, and may be a minute old.
"""

from collections.abc import Callable
from typing import LiteralString
from uuid import UUID

from puhui.db.reader import first_row
from puhui.footprint.label import ALPHABET, CODE_LENGTH, hash_of_token
from puhui.kernel.clock import now
from puhui.web.kept import Standing

ROUTES = {"/l/": "/l/<string:code>", "/L/": "/L/<string:code>"}

_LABEL: LiteralString = """
    SELECT l.label_id, f.product_id, false, true, true
    FROM footprint_label l JOIN footprint_footprint f USING (footprint_id)
    WHERE l.code = %(code)s
"""
_UNIT: LiteralString = """
    SELECT l.label_id, f.product_id, true, c.first_at IS NOT NULL, s.state = 'printed'
    FROM footprint_serial s LEFT JOIN footprint_scan c USING (serial_id)
    JOIN footprint_batch b USING (batch_id)
    JOIN footprint_label l USING (label_id)
    JOIN footprint_footprint f USING (footprint_id)
    WHERE s.token_hash = %(token_hash)s
"""
_STANDING: LiteralString = """
    SELECT (SELECT xmin FROM footprint_product WHERE product_id = %(product_id)s)::text,
        sum(f.xmin::text::bigint), sum(l.xmin::text::bigint),
        count(*), count(*) FILTER (WHERE l.expires_at > %(now)s),
        (SELECT concat_ws(' ', s.state, s.xmin, b.xmin)
         FROM footprint_serial s JOIN footprint_batch b USING (batch_id)
         WHERE s.token_hash = %(token_hash)s)
    FROM footprint_footprint f LEFT JOIN footprint_label l USING (footprint_id)
    WHERE f.product_id = %(product_id)s
"""
"""Transactions are numbered upwards and rows never go away, so each change makes a sum larger."""
MOST_KNOWN = 65_536


def reader(pepper: str) -> Callable[[str], Standing | None]:
    """Return what reads the standing of the label behind a code, or behind a unit's code."""
    known: dict[str, tuple[UUID, UUID, bool]] = {}

    def standing(code: str) -> Standing | None:
        if len(code) != CODE_LENGTH or not _LETTERS.issuperset(code):
            return None
        token_hash = hash_of_token(pepper, code)
        belongs = known.get(code)
        if belongs is None:
            row = first_row(_LABEL, {"code": code}) or first_row(_UNIT, {"token_hash": token_hash})
            if row is None:
                return None
            belongs = label_id, product_id, is_unit = row[:3]
            scanned, in_factory = row[3:]
            if not scanned and not in_factory:
                # The first to look at a unit outside the factory is noted, which the page does.
                return None
            # Whose label a code is, and of which product, never changes.
            if len(known) >= MOST_KNOWN:
                known.clear()
            if scanned:
                known[code] = belongs
        label_id, product_id, is_unit = belongs
        asked = {
            "product_id": product_id,
            "now": now(),
            "token_hash": token_hash if is_unit else None,
        }
        # Pages of units differ by the unit's code and by nothing else that these rows do not tell.
        return Standing((label_id, first_row(_STANDING, asked)), word=code if is_unit else "")

    return standing


_LETTERS = frozenset(ALPHABET)
