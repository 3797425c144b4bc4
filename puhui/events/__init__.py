"""Gatherings: plan, inventory, neutrality."""
