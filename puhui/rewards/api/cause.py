"""JSON resources of causes, and of points given to them."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.kernel.clock import now
from puhui.rewards.cause import CauseDraft, DonationDraft
from puhui.rewards.queries import causes as queries
from puhui.rewards.queries.causes import CauseCard, DonationCard
from puhui.rewards.schema.cause import (
    CauseDraftSchema,
    CausePageSchema,
    CauseSchema,
    DonationDraftSchema,
    DonationPageSchema,
    DonationSchema,
)
from puhui.rewards.service import causes as service
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import actor_or_none, current_actor, open_to_all
from puhui.web.paging import Page, PageQuery, page

cause_resources = json_blueprint("causes", "/api/causes", "公益项目")
donation_resources = json_blueprint("donations", "/api/donations", "积分捐赠")
donation_certificate_resources = json_blueprint(
    "donation-certificates", "/api/donation-certificates", "捐赠证书"
)


@cause_resources.route("")
class Causes(MethodView):
    """What points can be given to."""

    @open_to_all
    @cause_resources.response(200, CausePageSchema)
    def get(self) -> Page[CauseCard]:
        """List the causes that take points, newest first."""
        with snapshot() as session:
            return Page(queries.causes(session), None)


@cause_resources.route("/<uuid:cause_id>")
class OneCause(MethodView):
    """A cause, named by the operator who puts it up."""

    @cause_resources.arguments(CauseDraftSchema)
    @cause_resources.response(201, CauseSchema)
    def put(self, draft: CauseDraft, cause_id: UUID) -> CauseCard:
        """Put up a cause, in words that speak of neither money nor carbon."""
        with transaction() as session:
            return service.publish_cause(session, current_actor(), cause_id, draft, now())

    @open_to_all
    @cause_resources.response(200, CauseSchema)
    def get(self, cause_id: UUID) -> CauseCard:
        """Show a cause and what it was given."""
        with snapshot() as session:
            return queries.cause(session, cause_id)


@cause_resources.route("/<uuid:cause_id>/closing")
class CauseClosing(MethodView):
    """A cause ends once."""

    @cause_resources.response(200, CauseSchema)
    def post(self, cause_id: UUID) -> CauseCard:
        """Let a cause take no more points; again changes nothing."""
        with transaction() as session:
            return service.end_cause(session, current_actor(), cause_id, now())


@donation_resources.route("")
class Donations(MethodView):
    """What one has given."""

    @donation_resources.arguments(PageQuery, location="query")
    @donation_resources.response(200, DonationPageSchema)
    def get(self, asked: dict[str, Any]) -> Page[DonationCard]:
        """List what one has given, newest first."""
        with snapshot() as session:
            found = queries.donations_of(
                session, current_actor(), now(), before=asked["cursor"], most=asked["limit"] + 1
            )
        return page(found, asked["limit"], lambda card: (card.donated_at, card.donation_id))


@donation_resources.route("/<uuid:donation_id>")
class OneDonation(MethodView):
    """A donation, named by whoever gives."""

    @donation_resources.arguments(DonationDraftSchema)
    @donation_resources.response(201, DonationSchema)
    def put(self, draft: DonationDraft, donation_id: UUID) -> DonationCard:
        """Give points to a cause, for good; the same again is the same gift."""
        with transaction() as session:
            return service.donate(session, current_actor(), donation_id, draft, now())


@donation_certificate_resources.route("/<string:code>")
class OneCertificate(MethodView):
    """A certificate for whoever wants to check it."""

    @open_to_all
    @donation_certificate_resources.response(200, DonationSchema)
    def get(self, code: str) -> DonationCard:
        """Show what a certificate says; its name only as the giver agrees."""
        with snapshot() as session:
            return queries.by_code(session, code, actor_or_none(), now())
