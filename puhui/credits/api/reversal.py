"""JSON resource of what projects have lost."""

from uuid import UUID

from flask.views import MethodView

from puhui.credits import service
from puhui.credits.api.blueprint import blueprint
from puhui.credits.api.project import PROJECT
from puhui.credits.reversal import ReversalDraft
from puhui.credits.schema.reversal import ProjectReversalSchema
from puhui.db.session import transaction
from puhui.kernel.clock import now
from puhui.web.guard import current_actor


@blueprint.route("/projects/<project_code>/reversals/<uuid:reversal_id>", parameters=[PROJECT])
class Reversals(MethodView):
    """What projects have lost."""

    @blueprint.arguments(ProjectReversalSchema)
    @blueprint.response(201, ProjectReversalSchema)
    def put(self, draft: ReversalDraft, project_code: str, reversal_id: UUID) -> ReversalDraft:
        """Disclose a fire or felling, on every certificate that it touches."""
        with transaction() as session:
            service.disclose_reversal(
                session, current_actor(), project_code, reversal_id, draft, now()
            )
        return draft
