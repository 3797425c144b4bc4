"""JSON resources of people, for operators."""

from uuid import UUID

from flask.views import MethodView

from puhui.db.session import transaction
from puhui.identity.api.blueprint import people_resources
from puhui.identity.service import people
from puhui.kernel.clock import now
from puhui.web.guard import current_actor


@people_resources.route("/<uuid:person_id>/disabled")
class Disabled(MethodView):
    """Being shut out."""

    @people_resources.response(204)
    def put(self, person_id: UUID) -> None:
        """Shut a person out; all their sessions end. For operators."""
        with transaction() as session:
            people.disable(session, current_actor(), person_id, now())

    @people_resources.response(204)
    def delete(self, person_id: UUID) -> None:
        """Let a person in again. For operators."""
        with transaction() as session:
            people.enable(session, current_actor(), person_id)
