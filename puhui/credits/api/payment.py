"""JSON resources of money for holds."""

from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

from puhui.credits import service
from puhui.credits.api.blueprint import blueprint
from puhui.credits.api.hold import hold_on_the_wire
from puhui.credits.hold import BankTransfer
from puhui.credits.paying import service as paying
from puhui.credits.schema.hold import HoldSchema
from puhui.credits.schema.payment import BankFileSchema, PaymentSchema
from puhui.credits.upload import MOST_FILE_BYTES, text_of
from puhui.db.session import transaction
from puhui.kernel.clock import now
from puhui.web.blueprint import takes
from puhui.web.guard import current_actor
from puhui.web.idempotency import give_name, name_of_request, named


@blueprint.route("/bank-files")
class BankFiles(MethodView):
    """Lists of incoming transfers, as banks export them."""

    @named
    @takes("text/csv", most_bytes=MOST_FILE_BYTES)
    @blueprint.response(201, BankFileSchema)
    def post(self) -> dict[str, Any]:
        """Confirm what a bank's CSV file pays for; a second time nothing more happens."""
        actor = current_actor()
        with transaction() as session:
            give_name(session, name_of_request(actor), actor, now())
            found = paying.import_bank_file(session, actor, text_of(request.data), now())
        return {"transfers": [_incoming(each) for each in found]}


@blueprint.route("/holds/<uuid:hold_id>/payment")
class HoldPayment(MethodView):
    """Money for a hold."""

    @blueprint.arguments(PaymentSchema)
    @blueprint.response(201, HoldSchema)
    def put(self, transfer: BankTransfer, hold_id: UUID) -> dict[str, Any]:
        """Confirm that a bank transfer has arrived; retirement follows by itself."""
        with transaction() as session:
            return hold_on_the_wire(
                service.confirm_payment(session, current_actor(), hold_id, transfer, now()), None
            )


def _incoming(matched: paying.Matched) -> dict[str, Any]:
    transfer = matched.incoming.transfer
    return {
        "row": matched.incoming.row,
        "bank_reference": transfer.reference,
        "amount_fen": transfer.amount_fen,
        "paid_on": transfer.paid_on,
        "hold_reference": matched.incoming.reference,
        "outcome": matched.outcome,
    }
