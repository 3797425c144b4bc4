"""JSON resources of money that came oddly, and of the reckoning of it all."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.credits.api.hold import hold_on_the_wire
from puhui.credits.paying import queries, service
from puhui.credits.paying.api.blueprint import blueprint
from puhui.credits.paying.schema.money import MoneySchema, OddMoneyQuery, ReckoningSchema, UseSchema
from puhui.credits.paying.seller import Reckoning
from puhui.credits.schema.hold import HoldSchema
from puhui.db.session import snapshot, transaction
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.web.guard import current_actor
from puhui.web.paging import Page, page, page_schema


@blueprint.route("/odd-money")
class OddMoney(MethodView):
    """Money that did not pay when it arrived."""

    @blueprint.arguments(OddMoneyQuery, location="query")
    @blueprint.response(200, page_schema(MoneySchema))
    def get(self, query: dict[str, Any]) -> Page[queries.Money]:
        """List money that nobody has dealt with yet, oldest first; or what was dealt with."""
        current_actor().require(Permission.PAYMENT_CONFIRM)
        with snapshot() as session:
            found = queries.odd_money(
                session,
                after=query["cursor"],
                most=query["limit"] + 1,
                settled=query["settled"],
            )
        return page(found, query["limit"], lambda row: (row.received_at, row.receipt_id))


@blueprint.route("/odd-money/<uuid:receipt_id>/use")
class Use(MethodView):
    """Odd money for a new hold."""

    @blueprint.arguments(UseSchema)
    @blueprint.response(201, HoldSchema)
    def put(self, said: dict[str, UUID], receipt_id: UUID) -> dict[str, Any]:
        """Let money pay for a live hold that costs exactly as much; retirement follows."""
        with transaction() as session:
            found = service.use_receipt(
                session, current_actor(), receipt_id, said["hold_id"], now()
            )
            return hold_on_the_wire(found, None)


@blueprint.route("/reckoning")
class Reckonings(MethodView):
    """All money."""

    @blueprint.response(200, ReckoningSchema)
    def get(self) -> Reckoning:
        """Show where all yuan are that ever came; the parts are the whole."""
        current_actor().require(Permission.PAYMENT_CONFIRM)
        with snapshot() as session:
            return queries.reckoning(session)
