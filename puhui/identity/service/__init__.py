"""Use cases, by subject: signing in, people, organisations, machines, and the console."""

from puhui.identity.service.console import ensure_organisation, ensure_person

__all__ = ["ensure_organisation", "ensure_person"]
