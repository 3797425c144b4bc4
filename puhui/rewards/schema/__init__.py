"""Rewards on the wire, by noun."""
