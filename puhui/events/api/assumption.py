"""JSON resources of assumptions."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.events import queries, service
from puhui.events.api.blueprint import planning
from puhui.events.assumption import AssumptionDraft
from puhui.events.schema.assumption import (
    AssumptionDraftSchema,
    AssumptionSchema,
    AssumptionsSchema,
)
from puhui.kernel.clock import now
from puhui.web.guard import current_actor, open_to_all


@planning.route("/assumptions")
class Assumptions(MethodView):
    """What experts assume where nothing is published."""

    @open_to_all
    @planning.response(200, AssumptionsSchema)
    def get(self) -> dict[str, Any]:
        """List the newest version of each."""
        with snapshot() as session:
            return {"items": list(queries.assumptions(session).values())}


@planning.route("/assumptions/<uuid:assumption_id>")
class OneAssumption(MethodView):
    """A version, named by the operator who enters it."""

    @planning.arguments(AssumptionDraftSchema)
    @planning.response(201, AssumptionSchema)
    def put(self, draft: AssumptionDraft, assumption_id: UUID) -> Any:
        """Enter an assumption as the next version of its key; the same again changes nothing."""
        with transaction() as session:
            found = service.enter_assumption(session, current_actor(), assumption_id, draft, now())
            return queries.assumption(found)
