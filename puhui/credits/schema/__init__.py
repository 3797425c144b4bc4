"""Credits on the wire, by noun."""
