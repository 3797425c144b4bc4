"""JSON resource of who may do what."""

from typing import Any

from flask.views import MethodView

from puhui.identity.api.blueprint import permission_resources
from puhui.identity.permission_table import rows as permission_rows
from puhui.identity.schema.permission import PermissionTableSchema
from puhui.web.guard import open_to_all


@permission_resources.route("")
class Permissions(MethodView):
    """Who may do what."""

    @open_to_all
    @permission_resources.response(200, PermissionTableSchema)
    def get(self) -> dict[str, Any]:
        """Show the permission table."""
        return {
            "items": [
                {"permission": permission, "roles": roles}
                for permission, roles in permission_rows()
            ]
        }
