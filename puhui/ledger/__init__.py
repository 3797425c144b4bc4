"""Double entry, append-only: the only place where units of value move."""
