"""Look factors up. What matches nothing, or more than one, is refused."""
