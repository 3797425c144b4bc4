"""PostgreSQL: the base of mapped classes, and the two blocks in which a session lives."""
