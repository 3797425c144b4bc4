"""JSON resources of an organisation's members."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.identity import queries
from puhui.identity.api.blueprint import organisation_resources
from puhui.identity.api.organisation import role_of
from puhui.identity.schema.member import ChangePageSchema, MemberPageSchema
from puhui.identity.service import organisations
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.web.guard import current_actor
from puhui.web.paging import Page, PageQuery, page


@organisation_resources.route("/<uuid:organisation_id>/members")
class Members(MethodView):
    """Members."""

    @organisation_resources.arguments(PageQuery, location="query")
    @organisation_resources.response(200, MemberPageSchema)
    def get(self, query: dict[str, Any], organisation_id: UUID) -> Page[queries.MemberCard]:
        """List them by name. For the organisation's administrators."""
        current_actor().require(Permission.ORGANISATION_ADMIN, organisation_id)
        limit = query["limit"]
        with snapshot() as session:
            rows = queries.members(session, organisation_id, after=query["cursor"], most=limit + 1)
        return page(rows, limit, lambda row: (row.display_name, row.person_id))


@organisation_resources.route("/<uuid:organisation_id>/members/<uuid:person_id>/<role>")
class MemberRole(MethodView):
    """A role that a member holds."""

    @organisation_resources.response(204)
    def delete(self, organisation_id: UUID, person_id: UUID, role: str) -> None:
        """Take it, or lay down one's own."""
        with transaction() as session:
            organisations.take_role(
                session, current_actor(), organisation_id, person_id, role_of(role), now()
            )


@organisation_resources.route("/<uuid:organisation_id>/history")
class History(MethodView):
    """Who gave and took roles."""

    @organisation_resources.arguments(PageQuery, location="query")
    @organisation_resources.response(200, ChangePageSchema)
    def get(self, query: dict[str, Any], organisation_id: UUID) -> Page[queries.ChangeCard]:
        """List the changes, newest first. For the organisation's administrators."""
        current_actor().require(Permission.ORGANISATION_ADMIN, organisation_id)
        limit, cursor = query["limit"], query["cursor"]
        with snapshot() as session:
            rows = queries.member_changes(
                session, organisation_id, before=cursor and cursor[0], most=limit + 1
            )
        return page(rows, limit, lambda row: (row.change_id,))
