"""Puhui (碳普惠): the open backend on which a province can run carbon inclusion."""

__version__ = "0.1.0"
