"""JSON resources of reports: what was done, by whom it may be told, and its review."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.kernel.clock import now
from puhui.rewards.queries import reports
from puhui.rewards.queries.reports import AuthorisationCard, ReportCard
from puhui.rewards.report import AuthorisationDraft, ReportDraft, ReportVerdict
from puhui.rewards.schema.report import (
    AuthorisationDraftSchema,
    AuthorisationPageSchema,
    AuthorisationSchema,
    ReportDraftSchema,
    ReportPageSchema,
    ReportSchema,
    ReportVerdictSchema,
)
from puhui.rewards.service import reports as service
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import current_actor
from puhui.web.paging import Page, PageQuery, page

report_resources = json_blueprint("reports", "/api/reports", "行为申报")
authorisation_resources = json_blueprint("authorisations", "/api/authorisations", "申报授权")


@report_resources.route("")
class Reports(MethodView):
    """What was reported of oneself."""

    @report_resources.arguments(PageQuery, location="query")
    @report_resources.response(200, ReportPageSchema)
    def get(self, asked: dict[str, Any]) -> Page[ReportCard]:
        """List what was reported of oneself, newest first."""
        with snapshot() as session:
            found = reports.reports_of(
                session,
                current_actor().person_id,
                before=asked["cursor"],
                most=asked["limit"] + 1,
            )
        return page(found, asked["limit"], lambda card: (card.logged_at, card.report_id))


@report_resources.route("/waiting")
class WaitingReports(MethodView):
    """What waits for a verifier."""

    @report_resources.response(200, ReportPageSchema)
    def get(self) -> Page[ReportCard]:
        """List the oldest reports that the verifier may decide."""
        with snapshot() as session:
            return Page(reports.waiting(session, current_actor()), None)


@report_resources.route("/<uuid:report_id>")
class OneReport(MethodView):
    """A report, named by whoever makes it."""

    @report_resources.arguments(ReportDraftSchema)
    @report_resources.response(201, ReportSchema)
    def put(self, draft: ReportDraft, report_id: UUID) -> ReportCard:
        """Report what was done, by oneself or by whoever authorised it; again changes nothing."""
        with transaction() as session:
            return service.log_report(session, current_actor(), report_id, draft, now())

    @report_resources.response(200, ReportSchema)
    def get(self, report_id: UUID) -> ReportCard:
        """Show a report to the person, to who made it, a verifier or an auditor."""
        with snapshot() as session:
            return reports.report(session, current_actor(), report_id)


@report_resources.route("/<uuid:report_id>/review")
class ReportReview(MethodView):
    """A verifier's decision; a report has one."""

    @report_resources.arguments(ReportVerdictSchema)
    @report_resources.response(200, ReportSchema)
    def post(self, verdict: ReportVerdict, report_id: UUID) -> ReportCard:
        """Approve or refuse a report; the same again changes nothing."""
        with transaction() as session:
            return service.review_report(session, current_actor(), report_id, verdict, now())


@authorisation_resources.route("")
class Authorisations(MethodView):
    """Who may report what of oneself."""

    @authorisation_resources.response(200, AuthorisationPageSchema)
    def get(self) -> Page[AuthorisationCard]:
        """List what one has authorised, the newest first."""
        with snapshot() as session:
            return Page(reports.authorisations(session, current_actor().person_id), None)


@authorisation_resources.route("/<uuid:authorisation_id>")
class OneAuthorisation(MethodView):
    """An authorisation, named by the person; the name is all that the organisation gets."""

    @authorisation_resources.arguments(AuthorisationDraftSchema)
    @authorisation_resources.response(201, AuthorisationSchema)
    def put(self, draft: AuthorisationDraft, authorisation_id: UUID) -> AuthorisationCard:
        """Let an organisation report one behaviour; the same again changes nothing."""
        with transaction() as session:
            return service.authorise(session, current_actor(), authorisation_id, draft, now())

    @authorisation_resources.response(204)
    def delete(self, authorisation_id: UUID) -> None:
        """Withdraw it; again changes nothing."""
        with transaction() as session:
            service.withdraw(session, current_actor(), authorisation_id, now())
