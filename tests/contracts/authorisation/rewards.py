"""Rewards: one's own, the verifier's desk, the operator's bases, and what is public."""

from collections.abc import Mapping
from uuid import uuid4

from puhui.db.session import transaction
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.kernel.clock import now
from puhui.rewards.adjustment import AdjustmentDraft
from puhui.rewards.report import ReportDraft
from puhui.rewards.service import adjustments, reports
from puhui.rewards.service.appeals import file_appeal
from puhui.rewards.survival import Stage
from tests.contracts.authorisation import EVERYONE, SIGNED_IN, Row, only
from tests.makers.duty import certified, recorded
from tests.makers.identity import person
from tests.makers.outing import booked, opened
from tests.makers.rewards import BLURRED, base, photo, planted, reviewed, rulebook
from tests.makers.survival import surveyed


def a_planting() -> Mapping[str, object]:
    """Somebody else's."""
    rulebook()
    return {"planting_id": planted(person("李雷"))}


def a_photo() -> Mapping[str, object]:
    """Somebody else's."""
    return {"photo_id": photo(person("李雷"))}


def an_appeal() -> Mapping[str, object]:
    """Somebody else's."""
    rulebook()
    li, name = person("李雷"), uuid4()
    refused = planted(li)
    reviewed(person("王芳", ("核查中心", Role.VERIFIER)), refused, BLURRED)
    with transaction() as session:
        file_appeal(session, li.actor, name, refused, "请再看一次", now())
    return {"appeal_id": name}


def a_base() -> Mapping[str, object]:
    return {"base_id": base()}


def a_duty() -> Mapping[str, object]:
    """Somebody else's."""
    rulebook()
    return {"duty_id": recorded(person("李雷"))}


def a_duty_certificate() -> Mapping[str, object]:
    rulebook()
    return {"code": certified(person("李雷"), person("王芳", ("核查中心", Role.VERIFIER)))}


def a_report() -> Mapping[str, object]:
    """Somebody else's."""
    rulebook()
    li, report_id = person("李雷"), uuid4()
    draft = ReportDraft("tending", 2, clock.day_of(clock.now()), (photo(li),))
    with transaction() as session:
        reports.log_report(session, li.actor, report_id, draft, clock.now())
    return {"report_id": report_id}


def a_rule_name() -> Mapping[str, object]:
    return {"key": "tending", "version": "2026.2"}


def an_adjustment() -> Mapping[str, object]:
    rulebook()
    clerk, adjustment_id = person("运营甲", ("平台", Role.OPERATOR)), uuid4()
    draft = AdjustmentDraft(person("李雷").person_id, 20, "核查员误填株数", "工单 1")
    with transaction() as session:
        adjustments.propose_adjustment(session, clerk.actor, adjustment_id, draft, clock.now())
    return {"adjustment_id": adjustment_id}


def a_survey() -> Mapping[str, object]:
    """Of somebody else's planting, by them."""
    rulebook()
    li = person("李雷")
    planting_id = planted(li)
    reviewed(person("王芳", ("核查中心", Role.VERIFIER)), planting_id)
    return {"survey_id": surveyed(li, planting_id, 3, Stage.DAY_1)}


def an_outing() -> Mapping[str, object]:
    # By the true clock, which may stand in any season.
    everyday = base("四季基地", season=(1, 12))
    return {"outing_id": opened(person("周运营", ("省平台", Role.OPERATOR)), at=everyday)}


def a_booking() -> Mapping[str, object]:
    """Somebody else's."""
    return {"booking_id": booked(person("李雷"), **an_outing()).booking_id}


LOOKERS = frozenset({Role.VERIFIER, Role.AUDITOR})

ROWS: Mapping[str, Row] = {
    "PUT /api/photos/{photo_id}": SIGNED_IN,
    "GET /api/photos/{photo_id}": Row(LOOKERS, given=a_photo),
    "GET /api/plantings": SIGNED_IN,
    "PUT /api/plantings/{planting_id}": SIGNED_IN,
    "GET /api/plantings/{planting_id}": Row(LOOKERS, given=a_planting),
    "POST /api/plantings/{planting_id}/review": only(Role.VERIFIER, given=a_planting),
    "GET /api/reviews": only(Role.VERIFIER),
    "PUT /api/questions/{question_id}": only(Role.VERIFIER),
    "POST /api/questions/{question_id}/answer": SIGNED_IN,
    "GET /api/appeals": only(Role.VERIFIER),
    "PUT /api/appeals/{appeal_id}": SIGNED_IN,
    "GET /api/appeals/{appeal_id}": Row(LOOKERS, given=an_appeal),
    "POST /api/appeals/{appeal_id}/decision": only(Role.VERIFIER),
    "GET /api/audits": only(Role.VERIFIER),
    "POST /api/audits/{planting_id}/verdict": only(Role.VERIFIER),
    "GET /api/draws": EVERYONE,
    "GET /api/thresholds": Row(frozenset({Role.OPERATOR, Role.VERIFIER, Role.AUDITOR})),
    "PUT /api/thresholds/{version}": only(Role.OPERATOR),
    "PUT /api/bases/{base_id}/place": only(Role.OPERATOR, given=a_base),
    "GET /api/bases/{base_id}/place": EVERYONE,
    "PUT /api/tickets/{ticket_id}": SIGNED_IN,
    "GET /api/bases": EVERYONE,
    "PUT /api/bases/{base_id}": only(Role.OPERATOR),
    "GET /api/bases/{base_id}": Row(is_open=True, given=a_base),
    "GET /api/species": EVERYONE,
    "GET /api/reports": SIGNED_IN,
    "GET /api/reports/waiting": only(Role.VERIFIER),
    "PUT /api/reports/{report_id}": SIGNED_IN,
    "GET /api/reports/{report_id}": Row(LOOKERS, given=a_report),
    "POST /api/reports/{report_id}/review": only(Role.VERIFIER, given=a_report),
    "GET /api/authorisations": SIGNED_IN,
    "PUT /api/authorisations/{authorisation_id}": SIGNED_IN,
    "DELETE /api/authorisations/{authorisation_id}": SIGNED_IN,
    "GET /api/rules": EVERYONE,
    "GET /api/rules/changes": EVERYONE,
    "PUT /api/rules/{key}/{version}": only(Role.OPERATOR, given=a_rule_name),
    "GET /api/adjustments": only(Role.OPERATOR),
    "PUT /api/adjustments/{adjustment_id}": only(Role.OPERATOR),
    "GET /api/adjustments/{adjustment_id}": only(Role.OPERATOR, Role.AUDITOR, given=an_adjustment),
    "POST /api/adjustments/{adjustment_id}/decision": only(Role.OPERATOR, given=an_adjustment),
    "GET /api/point-totals": EVERYONE,
    "GET /api/wallet": SIGNED_IN,
    "GET /api/wallet/statement": SIGNED_IN,
    "GET /api/awards/{award_id}": SIGNED_IN,
    "GET /api/duty-parameters": EVERYONE,
    "PUT /api/duty-parameters/{parameter_id}": only(Role.OPERATOR),
    "GET /api/duties": SIGNED_IN,
    "PUT /api/duties/{duty_id}": SIGNED_IN,
    "GET /api/duties/{duty_id}": Row(LOOKERS, given=a_duty),
    "POST /api/duties/{duty_id}/verdict": only(Role.VERIFIER, given=a_duty),
    "GET /api/duty-years/{year}": SIGNED_IN,
    "PUT /api/duty-years/{year}/certificate": SIGNED_IN,
    "GET /api/duty-certificates/{code}": Row(is_open=True, given=a_duty_certificate),
    "GET /api/plantings/{planting_id}/life": Row(LOOKERS, given=a_planting),
    "GET /api/surveys": only(Role.VERIFIER),
    "PUT /api/surveys/{survey_id}": SIGNED_IN,
    "GET /api/surveys/{survey_id}": Row(LOOKERS, given=a_survey),
    "POST /api/surveys/{survey_id}/verdict": only(Role.VERIFIER, given=a_survey),
    "GET /api/equations": EVERYONE,
    "GET /api/equations/tree": EVERYONE,
    "PUT /api/bases/{base_id}/capacity": only(Role.OPERATOR, given=a_base),
    "GET /api/outings": EVERYONE,
    "PUT /api/outings/{outing_id}": SIGNED_IN,
    "GET /api/outings/{outing_id}": Row(is_open=True, given=an_outing),
    "POST /api/outings/{outing_id}/cancellation": only(Role.OPERATOR, given=an_outing),
    "GET /api/bookings": SIGNED_IN,
    "PUT /api/bookings/{booking_id}": SIGNED_IN,
    "GET /api/bookings/{booking_id}": Row(
        frozenset({Role.OPERATOR, Role.AUDITOR}), given=a_booking
    ),
    "POST /api/bookings/{booking_id}/cancellation": SIGNED_IN,
    "POST /api/bookings/{booking_id}/check-in": SIGNED_IN,
    "PUT /api/bookings/{booking_id}/attendance": only(Role.OPERATOR, given=a_booking),
}
