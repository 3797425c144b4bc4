"""Events on the wire, by noun."""
