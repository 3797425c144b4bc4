"""JSON resources of what is stated of an event, and of its confirmation."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.events import queries, service
from puhui.events.api.blueprint import planning
from puhui.events.queries.statements import StatementCard
from puhui.events.schema.statement import ConfirmationDraftSchema, EventStatementSchema
from puhui.kernel.clock import now
from puhui.web.guard import actor_or_none, current_actor, open_to_all
from puhui.web.idempotency import give_name


@planning.route("/<uuid:event_id>/statement")
class EventStatement(MethodView):
    """What can be stated of an event."""

    @open_to_all
    @planning.response(200, EventStatementSchema)
    def get(self, event_id: UUID) -> StatementCard:
        """Show the statement that the national guide asks for, titled by what is true now."""
        with snapshot() as session:
            event = queries.event_for(session, actor_or_none(), event_id)
            return queries.statement_card(session, event)


@planning.route("/<uuid:event_id>/confirmations/<uuid:confirmation_id>")
class Confirmations(MethodView):
    """The word of the organiser, or of an independent body."""

    @planning.arguments(ConfirmationDraftSchema)
    @planning.response(201, EventStatementSchema)
    def put(self, given: dict[str, Any], event_id: UUID, confirmation_id: UUID) -> StatementCard:
        """Confirm the statement of a neutral event; the same again changes nothing."""
        with transaction() as session:
            give_name(session, confirmation_id, current_actor(), now())
            service.confirm(session, current_actor(), event_id, confirmation_id, **given, now=now())
            return queries.statement_card(session, queries.event(session, event_id))
