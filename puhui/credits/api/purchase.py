"""JSON resources of what people and organisations retire credits for themselves."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.credits import service
from puhui.credits.api.blueprint import blueprint
from puhui.credits.api.hold import hold_on_the_wire
from puhui.credits.bundle import Wishes
from puhui.credits.purpose import PurposeDraft
from puhui.credits.schema.hold import HoldSchema
from puhui.credits.schema.purchase import PersonalPurchaseSchema, PurchaseSchema
from puhui.db.session import transaction
from puhui.kernel.clock import now
from puhui.web.guard import current_actor


@blueprint.route("/purchases/<uuid:hold_id>")
class Purchase(MethodView):
    """Credits for a purpose that an organisation states itself."""

    @blueprint.arguments(PurchaseSchema)
    @blueprint.response(201, HoldSchema)
    def put(self, asked: tuple[PurposeDraft, Wishes], hold_id: UUID) -> dict[str, Any]:
        """Hold credits for a building, a branch, transport or restitution; paid, they retire."""
        draft, wishes = asked
        with transaction() as session:
            found = service.buy(session, current_actor(), hold_id, draft, wishes, now())
        return hold_on_the_wire(found, None)


@blueprint.route("/personal-purchases/<uuid:hold_id>")
class PersonalPurchase(MethodView):
    """一元碳汇 in one's own name."""

    @blueprint.arguments(PersonalPurchaseSchema)
    @blueprint.response(201, HoldSchema)
    def put(self, asked: dict[str, int], hold_id: UUID) -> dict[str, Any]:
        """Hold ten kilograms for each yuan, for oneself; paid, they retire."""
        with transaction() as session:
            found = service.buy_personally(session, current_actor(), hold_id, asked["yuan"], now())
        return hold_on_the_wire(found, None)
