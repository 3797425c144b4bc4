"""Exports and erasures."""
