"""The public append-only register of what must never be quietly changed."""
