"""Money on the wire, by noun."""
