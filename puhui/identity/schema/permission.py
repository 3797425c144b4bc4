"""Who may do what, on the wire."""

from puhui.kernel.actor import Permission, Role
from puhui.web.schema import Enum, List, Nested, Schema


class PermissionSchema(Schema):
    """One permission and the roles that have it."""

    permission = Enum(Permission, required=True)
    roles = List(Enum(Role), required=True)


class PermissionTableSchema(Schema):
    """Who may do what."""

    items = List(Nested(PermissionSchema), required=True)
