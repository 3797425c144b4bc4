"""JSON resources of redemptions: redeem, hand over, send, refund, and a partner's statement."""

from typing import Any
from uuid import UUID

from flask import Response
from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, Fault, Invalid
from puhui.kernel.text import N_
from puhui.rewards.queries import offers, partners
from puhui.rewards.queries import redemptions as queries
from puhui.rewards.queries.offers import OfferCard
from puhui.rewards.queries.partners import PartnerStatement
from puhui.rewards.queries.redemptions import RedemptionCard
from puhui.rewards.redemption import RedemptionDraft
from puhui.rewards.schema.offer import OfferPageSchema
from puhui.rewards.schema.redemption import (
    DispatchSchema,
    HandoverSchema,
    PartnerStatementSchema,
    PeriodQuery,
    PointRefundSchema,
    RedemptionDraftSchema,
    RedemptionPageSchema,
    RedemptionSchema,
)
from puhui.rewards.service import handovers, refunds
from puhui.rewards.service import redemptions as service
from puhui.web.blueprint import json_blueprint
from puhui.web.csv_lines import BYTE_ORDER_MARK, csv_line
from puhui.web.download import as_file
from puhui.web.guard import current_actor
from puhui.web.paging import Page, PageQuery, page

redemption_resources = json_blueprint("redemptions", "/api/redemptions", "积分兑换")
partner_resources = json_blueprint("partners", "/api/partners", "合作商户")

MOST_DAYS = 366


@redemption_resources.route("")
class Redemptions(MethodView):
    """What one has redeemed."""

    @redemption_resources.arguments(PageQuery, location="query")
    @redemption_resources.response(200, RedemptionPageSchema)
    def get(self, asked: dict[str, Any]) -> Page[RedemptionCard]:
        """List what one has redeemed, newest first, with the codes that can still be used."""
        with snapshot() as session:
            found = queries.redemptions_of(
                session, current_actor(), before=asked["cursor"], most=asked["limit"] + 1
            )
        return page(found, asked["limit"], lambda card: (card.redeemed_at, card.redemption_id))


@redemption_resources.route("/<uuid:redemption_id>")
class OneRedemption(MethodView):
    """A redemption, named by whoever redeems."""

    @redemption_resources.arguments(RedemptionDraftSchema)
    @redemption_resources.response(201, RedemptionSchema)
    def put(self, draft: RedemptionDraft, redemption_id: UUID) -> RedemptionCard:
        """Give points for an offer on the terms that were shown; again it is the same one."""
        actor = current_actor()
        with transaction() as session:
            service.redeem(session, actor, redemption_id, draft, now())
            return queries.redemption(session, actor, redemption_id)

    @redemption_resources.response(200, RedemptionSchema)
    def get(self, redemption_id: UUID) -> RedemptionCard:
        """Show a redemption to whoever redeemed, the partner, an operator or an auditor."""
        with snapshot() as session:
            return queries.redemption(session, current_actor(), redemption_id)


@redemption_resources.route("/<uuid:redemption_id>/dispatch")
class Dispatch(MethodView):
    """Something is sent once."""

    @redemption_resources.arguments(DispatchSchema)
    @redemption_resources.response(200, RedemptionSchema)
    def post(self, said: dict[str, str], redemption_id: UUID) -> RedemptionCard:
        """Note that it was sent, under which number: the partner."""
        with transaction() as session:
            return handovers.send(session, current_actor(), redemption_id, said["tracking"], now())


@redemption_resources.route("/<uuid:redemption_id>/receipt")
class Receipt(MethodView):
    """Something arrives once."""

    @redemption_resources.response(200, RedemptionSchema)
    def post(self, redemption_id: UUID) -> RedemptionCard:
        """Say that what was sent has arrived: whoever redeemed it."""
        with transaction() as session:
            return handovers.confirm_receipt(session, current_actor(), redemption_id, now())


@redemption_resources.route("/<uuid:redemption_id>/refund")
class Refund(MethodView):
    """Points come back once."""

    @redemption_resources.arguments(PointRefundSchema)
    @redemption_resources.response(200, RedemptionSchema)
    def post(self, said: dict[str, str], redemption_id: UUID) -> RedemptionCard:
        """Give the points back and the thing to the stock: the partner or an operator."""
        with transaction() as session:
            return refunds.refund(session, current_actor(), redemption_id, said["reason"], now())


@partner_resources.route("/<uuid:organisation_id>/handovers")
class Handovers(MethodView):
    """What is handed over at a partner's desk."""

    @partner_resources.arguments(HandoverSchema)
    @partner_resources.response(200, RedemptionSchema)
    def post(self, said: dict[str, str], organisation_id: UUID) -> RedemptionCard:
        """Use a code up, once, and learn what it stands for."""
        with transaction() as session:
            found = handovers.hand_over(
                session, current_actor(), organisation_id, said["code"], now()
            )
        # Counted first: a wrong code stays counted although it is refused.
        if isinstance(found, DomainError):
            raise found
        return found


@partner_resources.route("/<uuid:organisation_id>/offers")
class PartnerOffers(MethodView):
    """Everything a partner has put up."""

    @partner_resources.response(200, OfferPageSchema)
    def get(self, organisation_id: UUID) -> Page[OfferCard]:
        """List a partner's offers, every version, the newest first."""
        with snapshot() as session:
            return Page(offers.of_partner(session, current_actor(), organisation_id), None)


@partner_resources.route("/<uuid:organisation_id>/redemptions")
class PartnerRedemptions(MethodView):
    """What was redeemed at a partner."""

    @partner_resources.arguments(PageQuery, location="query")
    @partner_resources.response(200, RedemptionPageSchema)
    def get(self, asked: dict[str, Any], organisation_id: UUID) -> Page[RedemptionCard]:
        """List what was redeemed at a partner, newest first; codes stay with their owners."""
        with snapshot() as session:
            found = queries.at_partner(
                session,
                current_actor(),
                organisation_id,
                before=asked["cursor"],
                most=asked["limit"] + 1,
            )
        return page(found, asked["limit"], lambda card: (card.redeemed_at, card.redemption_id))


@partner_resources.route("/<uuid:organisation_id>/statement")
class Statement(MethodView):
    """A partner's period."""

    @partner_resources.arguments(PeriodQuery, location="query")
    @partner_resources.response(200, PartnerStatementSchema)
    def get(self, asked: dict[str, Any], organisation_id: UUID) -> PartnerStatement:
        """Show what was redeemed, handed over and refunded, and the balance before and after."""
        return _statement(organisation_id, asked)


@partner_resources.route("/<uuid:organisation_id>/statement.csv")
class StatementCsv(MethodView):
    """A partner's period as a file."""

    @partner_resources.arguments(PeriodQuery, location="query")
    @partner_resources.response(200, {"type": "string"}, content_type="text/csv")
    def get(self, asked: dict[str, Any], organisation_id: UUID) -> Response:
        """Download the statement as CSV; its last column adds up from opening to closing."""
        return csv_of(_statement(organisation_id, asked))


def _statement(organisation_id: UUID, asked: dict[str, Any]) -> PartnerStatement:
    first_day, end_day = asked["first_day"], asked["end_day"]
    if not 0 < (end_day - first_day).days <= MOST_DAYS:
        message = N_("末日应在首日以后、一年以内")
        raise Invalid([Fault("bad_period", message, field="end_day")])
    with snapshot() as session:
        return partners.statement(session, current_actor(), organisation_id, first_day, end_day)


COLUMNS = (
    "happened_at",
    "what",
    "redemption_id",
    "name_zh",
    "name_en",
    "points",
    "moved",
    "balance",
)


def csv_of(found: PartnerStatement) -> Response:
    """Return a statement as a file, each line with the balance after it."""
    lines, balance = [csv_line(COLUMNS)], found.opening
    lines.append(csv_line((found.first_day.isoformat(), "opening", "", "", "", "", "", balance)))
    for row in found.rows:
        balance += row.moved
        lines.append(
            csv_line(
                (
                    row.happened_at.isoformat(),
                    row.what,
                    str(row.redemption_id),
                    row.name_zh,
                    row.name_en,
                    row.points,
                    row.moved,
                    balance,
                )
            )
        )
    lines.append(
        csv_line((found.end_day.isoformat(), "closing", "", "", "", "", "", found.closing))
    )
    body = BYTE_ORDER_MARK + "".join(lines)
    name = f"puhui-shop-{found.first_day}-{found.end_day}.csv"
    return as_file(body, "text/csv; charset=utf-8", name)
