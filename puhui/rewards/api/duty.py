"""JSON resources of the book of duty trees."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.kernel.clock import now
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.rewards.duty import Category, DutyDraft, Parameter
from puhui.rewards.queries import duties as queries
from puhui.rewards.queries.duties import CertificateCard, DutyCard, ParameterCard
from puhui.rewards.schema.duty import (
    DutyCertificateDraftSchema,
    DutyCertificateSchema,
    DutyDraftSchema,
    DutyListQuery,
    DutyPageSchema,
    DutyParameterDraftSchema,
    DutyParameterPageSchema,
    DutyParameterSchema,
    DutySchema,
    DutyVerdictSchema,
    DutyYearQuery,
    DutyYearSchema,
)
from puhui.rewards.service import duties as service
from puhui.rewards.service import duty_certificates
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import actor_or_none, current_actor, open_to_all
from puhui.web.paging import MOST, Page, page

duty_parameter_resources = json_blueprint("duty-parameters", "/api/duty-parameters", "尽责折算标准")
duty_resources = json_blueprint("duties", "/api/duties", "义务植树尽责登记")
duty_year_resources = json_blueprint("duty-years", "/api/duty-years", "年度尽责株数")
duty_certificate_resources = json_blueprint(
    "duty-certificates", "/api/duty-certificates", "义务植树证书"
)


@duty_parameter_resources.route("")
class Parameters(MethodView):
    """How provinces count the forms of the duty."""

    @open_to_all
    @duty_parameter_resources.response(200, DutyParameterPageSchema)
    def get(self) -> Page[ParameterCard]:
        """List every parameter on record; what is not here is refused, never guessed."""
        with snapshot() as session:
            return Page(queries.parameters(session)[:MOST], None)


@duty_parameter_resources.route("/<uuid:parameter_id>")
class OneParameter(MethodView):
    """A parameter, named by the operator who enters it."""

    @duty_parameter_resources.arguments(DutyParameterDraftSchema)
    @duty_parameter_resources.response(201, DutyParameterSchema)
    def put(self, parameter: Parameter, parameter_id: UUID) -> ParameterCard:
        """Enter a province's parameter with its document; the same again changes nothing."""
        with transaction() as session:
            return service.publish_parameter(
                session, current_actor(), parameter_id, parameter, now()
            )


@duty_resources.route("")
class Duties(MethodView):
    """What one recorded, or what waits for the verifier."""

    @duty_resources.arguments(DutyListQuery, location="query")
    @duty_resources.response(200, DutyPageSchema)
    def get(self, asked: dict[str, Any]) -> Page[DutyCard]:
        """List one's own and one's children's, newest first; or what waits, oldest first."""
        actor, most = current_actor(), asked["limit"] + 1
        with snapshot() as session:
            if asked["waiting"]:
                found = queries.duties_waiting(session, actor, after=asked["cursor"], most=most)
            else:
                found = queries.duties_of(session, actor, before=asked["cursor"], most=most)
        return page(found, asked["limit"], lambda card: (card.recorded_at, card.duty_id))


@duty_resources.route("/<uuid:duty_id>")
class OneDuty(MethodView):
    """A recorded duty, named by whoever records it."""

    @duty_resources.arguments(DutyDraftSchema)
    @duty_resources.response(201, DutySchema)
    def put(self, draft: DutyDraft, duty_id: UUID) -> DutyCard:
        """Record what was done for the duty; the same again changes nothing."""
        with transaction() as session:
            return service.record_duty(session, current_actor(), duty_id, draft, now())

    @duty_resources.response(200, DutySchema)
    def get(self, duty_id: UUID) -> DutyCard:
        """Show a recorded duty to its person, their guardian, a verifier or an auditor."""
        with snapshot() as session:
            return queries.duty_for(session, current_actor(), duty_id)


@duty_resources.route("/<uuid:duty_id>/verdict")
class DutyVerdict(MethodView):
    """A verifier's verdict; a duty has one, so it needs no further name."""

    @duty_resources.arguments(DutyVerdictSchema)
    @duty_resources.response(200, DutySchema)
    def post(self, verdict: dict[str, Any], duty_id: UUID) -> DutyCard:
        """Confirm a recorded duty, or refuse it; the same again changes nothing."""
        reason = reason_of(confirmed=verdict["confirmed"], reason=verdict["reason"])
        with transaction() as session:
            return service.decide_duty(session, current_actor(), duty_id, reason, now())


def reason_of(*, confirmed: bool, reason: str | None) -> str | None:
    """Return why a duty is refused, None for one that is confirmed.

    Raises:
        Invalid: a refusal without a reason, or a confirmation with one.
    """
    if confirmed and reason is not None:
        raise Invalid([Fault("reason_unwanted", N_("通过时不填原因"), field="reason")])
    if not confirmed and reason is None:
        raise Invalid([Fault("reason_missing", N_("不通过须写明原因"), field="reason")])
    return reason


@duty_year_resources.route("/<int(max=9999):year>")
class OneYear(MethodView):
    """What a year counts."""

    @duty_year_resources.arguments(DutyYearQuery, location="query")
    @duty_year_resources.response(200, DutyYearSchema)
    def get(self, asked: dict[str, Any], year: int) -> dict[str, Any]:
        """Show what one's own or one's child's calendar year counts, line by line."""
        with snapshot() as session:
            person_id = queries.whose(session, current_actor(), asked["person_id"])
            counted = queries.year_of(session, person_id, year)
            lines = queries.entries(session, person_id, year)
        return {
            "person_id": person_id,
            "year": year,
            "trees": counted.trees,
            "tier": counted.tier,
            "by_category": _lines(counted.by_category),
            "entries": lines,
        }


def _lines(counted: Mapping[Category, int]) -> list[dict[str, Any]]:
    return [{"category": category, "trees": trees} for category, trees in sorted(counted.items())]


@duty_year_resources.route("/<int(max=9999):year>/certificate")
class YearCertificate(MethodView):
    """The certificate that a year has earned; a year and its tier have one."""

    @duty_year_resources.arguments(DutyCertificateDraftSchema)
    @duty_year_resources.response(201, DutyCertificateSchema)
    def put(self, draft: dict[str, Any], year: int) -> dict[str, Any]:
        """Issue the certificate of a year with three trees or more; again, it is the same one."""
        with transaction() as session:
            card = duty_certificates.issue_certificate(
                session,
                current_actor(),
                year,
                draft["person_id"],
                shows_categories=draft["shows_categories"],
                now=now(),
            )
        return _written(card)


@duty_certificate_resources.route("/<string:code>")
class OneCertificate(MethodView):
    """A certificate for whoever wants to check it."""

    @open_to_all
    @duty_certificate_resources.response(200, DutyCertificateSchema)
    def get(self, code: str) -> dict[str, Any]:
        """Show what a certificate says, and what the year counts today."""
        with snapshot() as session:
            return _written(queries.certificate_by_code(session, code, actor_or_none()))


def _written(card: CertificateCard) -> dict[str, Any]:
    shown = None if card.by_category is None else _lines(card.by_category)
    return {**vars(card), "stands": card.stands, "by_category": shown}
