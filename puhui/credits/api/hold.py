"""JSON resources of holds."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.credits import queries, service
from puhui.credits.api.blueprint import blueprint
from puhui.credits.api.proposal import line_on_the_wire
from puhui.credits.errors import UnknownHold
from puhui.credits.hold import Hold
from puhui.credits.schema.hold import HoldSchema
from puhui.credits.schema.sponsor import SponsorsSchema
from puhui.db.session import snapshot, transaction
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import now
from puhui.web.guard import current_actor
from puhui.web.paging import Page, PageQuery, page, page_schema


@blueprint.route("/holds")
class Holds(MethodView):
    """Holds that wait for payment."""

    @blueprint.arguments(PageQuery, location="query")
    @blueprint.response(200, page_schema(HoldSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List live holds without payment, for the operator who confirms it."""
        current_actor().require(Permission.PAYMENT_CONFIRM)
        with snapshot() as session:
            found = queries.holds_waiting_for_payment(
                session,
                now(),
                after=query["cursor"][0] if query["cursor"] else None,
                most=query["limit"] + 1,
            )
        rows = [hold_on_the_wire(hold, None) for hold in found]
        return page(rows, query["limit"], lambda hold: (hold["hold_id"],))


@blueprint.route("/holds/<uuid:hold_id>")
class OneHold(MethodView):
    """One hold."""

    @blueprint.response(200, HoldSchema)
    def get(self, hold_id: UUID) -> dict[str, Any]:
        """Show a hold to its organisation, or to an operator."""
        with snapshot() as session:
            found = queries.hold(session, hold_id)
            if found is None or not may_see(current_actor(), found):
                raise UnknownHold(hold=str(hold_id))
            done = queries.retirement_of_hold(session, hold_id)
        return hold_on_the_wire(found, done.certificate_code if done else None)

    @blueprint.response(200, HoldSchema)
    def delete(self, hold_id: UUID) -> dict[str, Any]:
        """Give back what an unpaid hold keeps."""
        with transaction() as session:
            return hold_on_the_wire(service.release(session, current_actor(), hold_id, now()), None)


@blueprint.route("/holds/<uuid:hold_id>/announcement")
class Announcement(MethodView):
    """The word that a bank transfer will come."""

    @blueprint.response(200, HoldSchema)
    def put(self, hold_id: UUID) -> dict[str, Any]:
        """Accept the price and announce a bank transfer: the hold lasts for days."""
        with transaction() as session:
            return hold_on_the_wire(
                service.announce_transfer(session, current_actor(), hold_id, now()), None
            )


@blueprint.route("/holds/<uuid:hold_id>/sponsors")
class Sponsors(MethodView):
    """Who pays for what a hold will retire."""

    @blueprint.arguments(SponsorsSchema)
    @blueprint.response(200, SponsorsSchema)
    def put(self, said: dict[str, Any], hold_id: UUID) -> dict[str, Any]:
        """Say who carries which share, before payment; the certificate will print it."""
        with transaction() as session:
            service.name_sponsors(session, current_actor(), hold_id, said["sponsors"], now())
        return said


def may_see(actor: Actor, hold: Hold) -> bool:
    """Whether a hold is the actor's business: the buyer's, or an operator's."""
    return is_buyer(actor, hold) or actor.may(Permission.PAYMENT_CONFIRM)


def is_buyer(actor: Actor, hold: Hold) -> bool:
    """Whether a hold is the actor's own, or of an organisation that they buy for."""
    if hold.organisation_id is None:
        return hold.made_by == actor.person_id and actor.may(Permission.CREDIT_BUY)
    return actor.may(Permission.CREDIT_HOLD, hold.organisation_id)


def hold_on_the_wire(hold: Hold, certificate: str | None) -> dict[str, Any]:
    """Return a hold as it is sent."""
    return {
        "hold_id": hold.hold_id,
        "organisation_id": hold.organisation_id,
        "purpose_kind": hold.purpose.kind,
        "purpose_id": hold.purpose.subject_id,
        "title": hold.purpose.title_zh,
        "state": hold.state,
        "need_kg": hold.need_kg,
        "total_kg": hold.total_kg,
        "surplus_kg": hold.surplus_kg,
        "total_fen": hold.total_fen,
        "greedy_fen": hold.greedy_fen,
        "reference": hold.reference,
        "made_at": hold.made_at,
        "expires_at": hold.expires_at,
        "certificate": certificate,
        "lines": [line_on_the_wire(line) for line in hold.lines],
    }
