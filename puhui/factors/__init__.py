"""Emission factors: rows of data with a birth certificate each, versioned, never edited."""
