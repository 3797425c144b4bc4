"""JSON resources of retirements and their errata."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.credits import public, service
from puhui.credits.api.blueprint import blueprint
from puhui.credits.schema.retirement import ErratumSchema, RetirementSchema, RetirementsQuery
from puhui.db.session import snapshot, transaction
from puhui.kernel.clock import now
from puhui.web.guard import current_actor, open_to_all
from puhui.web.paging import Page, page, page_schema


@blueprint.route("/retirements")
class Retirements(MethodView):
    """All retirements."""

    @blueprint.arguments(RetirementsQuery, location="query")
    @blueprint.response(200, page_schema(RetirementSchema))
    @open_to_all
    def get(self, asked: tuple[public.Filter, dict[str, Any]]) -> Page[public.PublicRetirement]:
        """List retirements, newest first, that match."""
        wanted, query = asked
        with snapshot() as session:
            found = public.retirements(
                session,
                wanted,
                before=query["cursor"],
                most=query["limit"] + 1,
            )
        return page(found, query["limit"], lambda row: (row.retired_at, row.retirement_id))


@blueprint.route("/retirements/<uuid:retirement_id>/errata/<uuid:erratum_id>")
class Errata(MethodView):
    """Public corrections."""

    @blueprint.arguments(ErratumSchema)
    @blueprint.response(201, ErratumSchema)
    def put(self, said: dict[str, str], retirement_id: UUID, erratum_id: UUID) -> dict[str, str]:
        """Publish an erratum; what was retired stays retired."""
        with transaction() as session:
            service.correct(
                session,
                current_actor(),
                retirement_id,
                erratum_id,
                said["says_zh"],
                said["says_en"],
                now(),
            )
        return said
