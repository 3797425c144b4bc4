"""JSON resources of an organisation's programs."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.identity import queries
from puhui.identity.api.blueprint import one_page, organisation_resources
from puhui.identity.schema.client import ClientDraftSchema, ClientPageSchema, NewClientSchema
from puhui.identity.service import clients
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.web.guard import current_actor
from puhui.web.paging import Page


@organisation_resources.route("/<uuid:organisation_id>/api-clients")
class Clients(MethodView):
    """Machines of the organisation."""

    @organisation_resources.response(200, ClientPageSchema)
    def get(self, organisation_id: UUID) -> Page[queries.ClientCard]:
        """List them, newest first. For the organisation's administrators."""
        current_actor().require(Permission.ORGANISATION_ADMIN, organisation_id)
        with snapshot() as session:
            return one_page(queries.api_clients(session, organisation_id))


@organisation_resources.route("/<uuid:organisation_id>/api-clients/<uuid:client_id>")
class OneClient(MethodView):
    """One machine."""

    @organisation_resources.arguments(ClientDraftSchema)
    @organisation_resources.response(201, NewClientSchema)
    def put(self, draft: dict[str, Any], organisation_id: UUID, client_id: UUID) -> dict[str, Any]:
        """Make it; its token stands in this answer and never again."""
        with transaction() as session:
            card, token = clients.make(
                session,
                current_actor(),
                client_id,
                organisation_id,
                draft["name"],
                frozenset(draft["permissions"]),
                now(),
            )
        return {**asdict(card), "token": token}

    @organisation_resources.response(204)
    def delete(self, organisation_id: UUID, client_id: UUID) -> None:
        """End its right to act."""
        with transaction() as session:
            clients.end(session, current_actor(), organisation_id, client_id, now())
