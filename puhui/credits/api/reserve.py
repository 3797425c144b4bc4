"""JSON resources of reserves."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.credits import service
from puhui.credits.queries import projects
from puhui.credits.schema.reserve import (
    ReserveSchema,
    ReserveShownSchema,
    ReservesSchema,
    reserve_of,
)
from puhui.db.session import snapshot, transaction
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import current_actor, open_to_all
from puhui.web.idempotency import give_name

reserves = json_blueprint(
    "credit-reserves", "/api/credits/reserves", "储备：每次签发留出多少 / Reserves"
)


@reserves.route("")
class Reserves(MethodView):
    """Rules for reserves."""

    @reserves.response(200, ReservesSchema)
    @open_to_all
    def get(self) -> dict[str, Any]:
        """List how much of each further issuance goes into a reserve, by kind and project."""
        with snapshot() as session:
            found = projects.reserves(session)
        return {"items": [{**asdict(each), "project": each.project_code} for each in found]}


@reserves.route("/<uuid:share_id>")
class OneReserve(MethodView):
    """A rule for a reserve."""

    @reserves.arguments(ReserveSchema)
    @reserves.response(201, ReserveShownSchema)
    def put(self, said: dict[str, Any], share_id: UUID) -> dict[str, Any]:
        """Set how much of each further issuance goes into a reserve; the register says so."""
        actor = current_actor()
        actor.require(Permission.CREDIT_IMPORT)
        draft = reserve_of(said)
        with transaction() as session:
            give_name(session, share_id, actor, now())
            service.set_reserve(session, actor, share_id, draft, now())
        return {**asdict(draft), "project": draft.project_code}
