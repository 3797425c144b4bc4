"""What a partner's machine may be allowed to do.

Deciding, verifying, approving and whatever a citizen does stay with people.
"""

from puhui.kernel.actor import MAY, Permission, Role

ROLES = (Role.MANUFACTURER, Role.RETAILER, Role.ORGANISER)
"""Roles of an organisation that a machine can stand in for."""

PERMISSIONS = frozenset[Permission]().union(*(MAY[role] for role in ROLES))
"""The most that a machine may be given."""
