"""Messages: what has happened, written in the transaction in which it happened.

PostgreSQL is the only truth, Redis a doorbell: a lost ring costs seconds, never work.
"""
