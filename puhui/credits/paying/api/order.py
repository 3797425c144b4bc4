"""JSON resource of orders with the gateway."""

from uuid import UUID

from flask.views import MethodView

from puhui.credits.paying import queries, service
from puhui.credits.paying.api.blueprint import blueprint
from puhui.credits.paying.api.seller import require_sight
from puhui.credits.paying.errors import UnknownOrder
from puhui.credits.paying.order import Order
from puhui.credits.paying.schema.order import OrderSchema
from puhui.db.session import snapshot, transaction
from puhui.kernel.clock import now
from puhui.web.guard import current_actor


@blueprint.route("/holds/<uuid:hold_id>/orders/<uuid:order_id>")
class OneOrder(MethodView):
    """An order with the payment gateway."""

    @blueprint.response(201, OrderSchema)
    def put(self, hold_id: UUID, order_id: UUID) -> Order:
        """Ask for a hold to be paid through the gateway; soon the order says where."""
        with transaction() as session:
            return service.ask_order(session, current_actor(), hold_id, order_id, now())

    @blueprint.response(200, OrderSchema)
    def get(self, hold_id: UUID, order_id: UUID) -> Order:
        """Show an order to its buyer, or to an operator."""
        with snapshot() as session:
            require_sight(session, current_actor(), hold_id)
            found = queries.order(session, order_id)
        if found is None or found.hold_id != hold_id:
            raise UnknownOrder(order=str(order_id))
        return found
