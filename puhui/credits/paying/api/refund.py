"""JSON resources of money that goes back."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.credits.paying import service
from puhui.credits.paying.api.blueprint import blueprint
from puhui.credits.paying.schema.refund import MoneyConfirmationSchema, RefundDraftSchema
from puhui.db.session import transaction
from puhui.kernel.clock import now
from puhui.web.guard import current_actor


@blueprint.route("/odd-money/<uuid:receipt_id>/refunds/<uuid:refund_id>")
class Refunds(MethodView):
    """Odd money on its way back."""

    @blueprint.arguments(RefundDraftSchema)
    @blueprint.response(201, RefundDraftSchema)
    def put(self, said: dict[str, Any], receipt_id: UUID, refund_id: UUID) -> dict[str, Any]:
        """Write down that money is to go back, or is none of ours."""
        write = service.set_aside if said["set_aside"] else service.ask_refund
        with transaction() as session:
            write(session, current_actor(), refund_id, receipt_id, said["reason"], now())
        return said


@blueprint.route("/refunds/<uuid:refund_id>")
class OneRefund(MethodView):
    """A refund that nobody has confirmed."""

    @blueprint.response(204)
    def delete(self, refund_id: UUID) -> None:
        """Take it back, so that the money can pay for a hold."""
        with transaction() as session:
            service.withdraw_refund(session, current_actor(), refund_id, now())


@blueprint.route("/refunds/<uuid:refund_id>/confirmation")
class Confirmation(MethodView):
    """That a refund is made."""

    @blueprint.arguments(MoneyConfirmationSchema)
    @blueprint.response(200, MoneyConfirmationSchema)
    def put(self, said: dict[str, Any], refund_id: UUID) -> dict[str, Any]:
        """Confirm that money went back by bank, or let the gateway send it back."""
        with transaction() as session:
            service.confirm_refund(session, current_actor(), refund_id, said["reference"], now())
        return said
