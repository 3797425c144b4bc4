"""Check every invariant of the books in one read-only view.

Each package that keeps books has an `invariants.py` with a tuple `INVARIANTS`; this module runs
them all and knows nothing else.
"""
