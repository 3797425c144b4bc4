"""Words that every package shares. Imports nothing but the standard library."""
