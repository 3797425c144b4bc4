"""Puhui (碳普惠): the open backend on which a province can run carbon inclusion."""
