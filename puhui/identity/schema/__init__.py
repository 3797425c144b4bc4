"""Identity on the wire, by noun."""
