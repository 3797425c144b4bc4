"""JSON resources of looking again: questions, appeals, audits and their draws."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.kernel.clock import now
from puhui.rewards.queries import second_look as queries
from puhui.rewards.queries.second_look import AppealCard, AuditCard, DrawCard, QuestionCard
from puhui.rewards.schema.second_look import (
    AppealDecisionSchema,
    AppealDraftSchema,
    AppealPageSchema,
    AppealSchema,
    AuditPageSchema,
    AuditSchema,
    AuditVerdictSchema,
    DrawPageSchema,
    PlantingQuestionDraftSchema,
    PlantingQuestionSchema,
    QuestionAnswerSchema,
)
from puhui.rewards.service import appeals, audits, questions
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import current_actor, open_to_all
from puhui.web.paging import MOST, Page

question_resources = json_blueprint("questions", "/api/questions", "核查员的提问")
appeal_resources = json_blueprint("appeals", "/api/appeals", "申诉")
audit_resources = json_blueprint("audits", "/api/audits", "每月抽查")
draw_resources = json_blueprint("draws", "/api/draws", "抽查种子")


@question_resources.route("/<uuid:question_id>")
class OneQuestion(MethodView):
    """A question, named by the verifier who asks it."""

    @question_resources.arguments(PlantingQuestionDraftSchema)
    @question_resources.response(201, PlantingQuestionSchema)
    def put(self, draft: dict[str, Any], question_id: UUID) -> QuestionCard:
        """Ask a person about their planting; the same again changes nothing."""
        with transaction() as session:
            return questions.ask_again(session, current_actor(), question_id, now=now(), **draft)


@question_resources.route("/<uuid:question_id>/answer")
class Answer(MethodView):
    """The person's answer; a question has one, so it needs no further name."""

    @question_resources.arguments(QuestionAnswerSchema)
    @question_resources.response(200, PlantingQuestionSchema)
    def post(self, said: dict[str, Any], question_id: UUID) -> QuestionCard:
        """Answer a question about one's own planting; the same again changes nothing."""
        with transaction() as session:
            return questions.answer(session, current_actor(), question_id, now=now(), **said)


@appeal_resources.route("")
class Appeals(MethodView):
    """What waits for somebody else."""

    @appeal_resources.response(200, AppealPageSchema)
    def get(self) -> Page[AppealCard]:
        """List the appeals that the verifier may decide, the oldest first."""
        with snapshot() as session:
            return Page(queries.appeals_waiting(session, current_actor(), MOST), None)


@appeal_resources.route("/<uuid:appeal_id>")
class OneAppeal(MethodView):
    """An appeal, named by whoever files it."""

    @appeal_resources.arguments(AppealDraftSchema)
    @appeal_resources.response(201, AppealSchema)
    def put(self, draft: dict[str, Any], appeal_id: UUID) -> AppealCard:
        """Appeal against a refusal; the same again changes nothing."""
        with transaction() as session:
            return appeals.file_appeal(session, current_actor(), appeal_id, now=now(), **draft)

    @appeal_resources.response(200, AppealSchema)
    def get(self, appeal_id: UUID) -> AppealCard:
        """Show an appeal to whoever filed it, a verifier or an auditor."""
        with snapshot() as session:
            return queries.appeal(session, current_actor(), appeal_id)


@appeal_resources.route("/<uuid:appeal_id>/decision")
class AppealDecision(MethodView):
    """What is decided of an appeal; there is one decision, so it needs no further name."""

    @appeal_resources.arguments(AppealDecisionSchema)
    @appeal_resources.response(200, AppealSchema)
    def post(self, decision: dict[str, Any], appeal_id: UUID) -> AppealCard:
        """Decide an appeal; the same again changes nothing."""
        with transaction() as session:
            return appeals.decide_appeal(session, current_actor(), appeal_id, now=now(), **decision)


@audit_resources.route("")
class Audits(MethodView):
    """What the draw fell on and nobody has looked at yet."""

    @audit_resources.response(200, AuditPageSchema)
    def get(self) -> Page[AuditCard]:
        """List the audits that the verifier may make, the oldest month first."""
        with snapshot() as session:
            return Page(queries.audits_waiting(session, current_actor(), MOST), None)


@audit_resources.route("/<uuid:planting_id>/verdict")
class AuditVerdict(MethodView):
    """Whether a drawn planting stands; it is audited once."""

    @audit_resources.arguments(AuditVerdictSchema)
    @audit_resources.response(200, AuditSchema)
    def post(self, said: dict[str, Any], planting_id: UUID) -> AuditCard:
        """Confirm a planting, or doubt it; the same again changes nothing."""
        with transaction() as session:
            return audits.audit_planting(session, current_actor(), planting_id, now=now(), **said)


@draw_resources.route("")
class Draws(MethodView):
    """The months' draws."""

    @open_to_all
    @draw_resources.response(200, DrawPageSchema)
    def get(self) -> Page[DrawCard]:
        """List every month's draw: the seed's digest, and the seed once the month is over."""
        with snapshot() as session:
            return Page(queries.draws(session)[:MOST], None)
