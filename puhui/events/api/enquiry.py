"""JSON resources of links by which attendees tell their own trip, and of their answers."""

from dataclasses import fields
from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.events import queries, service
from puhui.events.api.blueprint import blueprint
from puhui.events.enquiry import AnswerDraft, answer_code
from puhui.events.errors import UnknownAnswer
from puhui.events.queries.answers import AskCard, EnquiryCard
from puhui.events.schema.enquiry import (
    EnquiryClosureSchema,
    EnquiryDraftSchema,
    EnquiryPageSchema,
    EnquiryQuestionsSchema,
    EnquirySchema,
    EventAnswerDraftSchema,
    EventAnswerSchema,
)
from puhui.kernel.clock import now
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import current_actor, open_to_all
from puhui.web.limits import limited
from puhui.web.paging import Page

enquiries = json_blueprint("enquiries", "/api/enquiries", "参会者填报")
ANSWERING = "6000/hour"
"""From one address: a hall full of people has one. Codes are too long to be found by trying, and
there are never more answers than registered attendees."""


@blueprint.route("/<uuid:event_id>/enquiries")
class Enquiries(MethodView):
    """The links of an event."""

    @blueprint.response(200, EnquiryPageSchema)
    def get(self, event_id: UUID) -> Page[EnquiryCard]:
        """List the newest links, newest first, to the organiser."""
        with snapshot() as session:
            queries.own_event(session, current_actor(), event_id)
            return Page(queries.enquiries(session, event_id, now())[:100], None)


@blueprint.route("/<uuid:event_id>/enquiries/<uuid:enquiry_id>")
class OneEnquiry(MethodView):
    """A link, named by the organiser who opens it."""

    @blueprint.arguments(EnquiryDraftSchema)
    @blueprint.response(201, EnquirySchema)
    def put(self, asked: dict[str, Any], event_id: UUID, enquiry_id: UUID) -> EnquiryCard:
        """Open a link, or let it last until another day; an older open one is closed."""
        with transaction() as session:
            service.open_enquiry(
                session, current_actor(), event_id, enquiry_id, asked["expires_on"], now()
            )
            return queries.enquiry(session, event_id, enquiry_id, now())

    @blueprint.response(200, EnquirySchema)
    def get(self, event_id: UUID, enquiry_id: UUID) -> EnquiryCard:
        """Show a link and how many have answered by it, to the organiser."""
        with snapshot() as session:
            queries.own_event(session, current_actor(), event_id)
            return queries.enquiry(session, event_id, enquiry_id, now())


@blueprint.route("/<uuid:event_id>/enquiries/<uuid:enquiry_id>/closure")
class Closure(MethodView):
    """The end of a link."""

    @blueprint.arguments(EnquiryClosureSchema)
    @blueprint.response(200, EnquirySchema)
    def put(self, asked: dict[str, Any], event_id: UUID, enquiry_id: UUID) -> EnquiryCard:
        """Close a link for good; the same again changes nothing."""
        with transaction() as session:
            service.close_enquiry(
                session, current_actor(), event_id, enquiry_id, now(), void=asked["void"]
            )
            return queries.enquiry(session, event_id, enquiry_id, now())


@enquiries.route("/<code>")
class Ask(MethodView):
    """What a link asks."""

    @open_to_all
    @enquiries.response(200, EnquiryQuestionsSchema)
    def get(self, code: str) -> AskCard:
        """Show of which event a link is and what it asks."""
        with snapshot() as session:
            found = queries.enquiry_of_code(session, code)
            return queries.ask_card(session, found, now())


@enquiries.route("/<code>/answers/<uuid:answer_name>")
class OneAnswer(MethodView):
    """An answer, named by the attendee, who alone knows the name."""

    @open_to_all
    @limited(ANSWERING, "answer")
    @enquiries.arguments(EventAnswerDraftSchema)
    @enquiries.response(201, EventAnswerSchema)
    def put(self, draft: AnswerDraft, code: str, answer_name: UUID) -> dict[str, Any]:
        """Tell one's own trip, or put it right; the same again changes nothing."""
        with transaction() as session:
            service.give_answer(session, code, answer_name, draft, now())
        return _answer(code, answer_name)

    @open_to_all
    @limited(ANSWERING, "answer")
    @enquiries.response(200, EventAnswerSchema)
    def get(self, code: str, answer_name: UUID) -> dict[str, Any]:
        """Show one's own answer."""
        return _answer(code, answer_name)

    @open_to_all
    @limited(ANSWERING, "answer")
    @enquiries.response(204)
    def delete(self, code: str, answer_name: UUID) -> None:
        """Delete one's own answer."""
        _answer(code, answer_name)
        with transaction() as session:
            service.withdraw_answer(session, answer_code(answer_name))


def _answer(code: str, name: UUID) -> dict[str, Any]:
    """Return an answer by its name, which must have come by a link of the same event."""
    with snapshot() as session:
        link = queries.enquiry_of_code(session, code)
        found = queries.answer_of_code(session, answer_code(name))
        if found.event_id != link.event_id:
            raise UnknownAnswer()
        card = queries.answer_card(session, found, now())
    told = {field.name: getattr(card, field.name) for field in fields(card)}
    return {**told, "code": answer_code(name)}
