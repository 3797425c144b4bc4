"""Pages by which attendees tell their own trip, and where organisers open the link."""

from typing import Any
from uuid import UUID

from flask import Response, current_app, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from puhui.db.session import snapshot, transaction
from puhui.events import queries, service
from puhui.events.api.enquiry import ANSWERING
from puhui.events.city import gazetteer
from puhui.events.enquiry import answer_code, asks_nights, in_fours, usual_last_day
from puhui.events.errors import EnquiryOver, UnknownAnswer
from puhui.events.pages.blueprint import pages
from puhui.events.queries.answers import AnswerCard, AskCard, EnquiryCard
from puhui.events.schema.enquiry import EnquiryDraftSchema, EventAnswerDraftSchema
from puhui.events.service.forget import KEEP
from puhui.events.travel import MODE_NAMES
from puhui.kernel.actor import Actor
from puhui.kernel.clock import day_of, now
from puhui.kernel.errors import DomainError
from puhui.kernel.text import N_
from puhui.settings import Settings
from puhui.web.limits import limited
from puhui.web.locale import said
from puhui.web.pages import form_name, read_form, redirect_after_post, render_faults, signed_in
from puhui.web.qr import svg_of

COOKIE = "puhui_trip"
"""Lets a phone find its own answer again: with it, opening the link twice is answering once."""


def _settings() -> Settings:
    found: Settings = current_app.extensions["puhui.settings"]
    return found


def address_of(code: str) -> str:
    """Return the address that a link's QR code carries."""
    return f"{_settings().base_url}/trips/{code}"


# What an attendee sees -----------------------------------------------------------------------


@pages.get("/trips/<code>")
@limited(ANSWERING, "answer")
def ask(code: str) -> ResponseReturnValue:
    """Ask an attendee for their trip; whoever has answered on this phone sees the answer."""
    card = _ask(code)
    known = _answered_here(card)
    if known is not None and "another" not in request.args:
        return redirect(f"/my-trip/{known}", 302)
    return render_template("events/ask.html", **_asked(card), known=known)


@pages.post("/trips/<code>")
@limited(ANSWERING, "answer")
def answer(code: str) -> ResponseReturnValue:
    """Take an answer; its name is the form's, so that two clicks make one."""
    card = _ask(code)
    try:
        draft = read_form(EventAnswerDraftSchema)
        with transaction() as session:
            service.give_answer(session, code, form_name(), draft, now())
    except DomainError as error:
        return render_faults("events/ask.html", error, **_asked(card), known=None)
    own = answer_code(form_name())
    response = make_response(redirect_after_post(f"/my-trip/{own}?thanks"))
    response.set_cookie(
        _cookie(card),
        own,
        max_age=KEEP,
        path="/trips/",
        httponly=True,
        samesite="Lax",
        secure=_settings().secure_cookies,
    )
    return response


@pages.get("/my-trip")
@limited(ANSWERING, "answer")
def find() -> ResponseReturnValue:
    """Let somebody find their answer by its code."""
    code = request.args.get("code", "").strip()
    if not code:
        return render_template("events/find_answer.html")
    try:
        _kept_answer(code)
    except UnknownAnswer as error:
        return render_faults("events/find_answer.html", error)
    return redirect(f"/my-trip/{code.upper()}", 302)


@pages.get("/my-trip/<code>")
@limited(ANSWERING, "answer")
def own_answer(code: str) -> ResponseReturnValue:
    """Show somebody their own answer, to be put right or deleted."""
    return _for_one(render_template("events/answer.html", **_answer(code, _kept_answer(code))))


@pages.post("/my-trip/<code>")
@limited(ANSWERING, "answer")
def correct(code: str) -> ResponseReturnValue:
    """Put one's own answer right."""
    card = _kept_answer(code)
    try:
        draft = read_form(EventAnswerDraftSchema)
        with transaction() as session:
            service.correct_answer(session, code, draft, now())
    except DomainError as error:
        return render_faults("events/answer.html", error, **_answer(code, card))
    return redirect_after_post(f"/my-trip/{code}?corrected")


@pages.post("/my-trip/<code>/deletion")
@limited(ANSWERING, "answer")
def withdraw(code: str) -> ResponseReturnValue:
    """Delete one's own answer; what is deleted already stays so."""
    try:
        card = _kept_answer(code)
        with transaction() as session:
            service.withdraw_answer(session, code)
    except UnknownAnswer:
        return redirect_after_post("/my-trip")
    response = make_response(redirect_after_post(f"/trips/{card.ask.code}"))
    response.delete_cookie(_cookie(card.ask), path="/trips/")
    return response


def _ask(code: str) -> AskCard:
    with snapshot() as session:
        found = queries.enquiry_of_code(session, code)
        return queries.ask_card(session, found, now())


def _kept_answer(code: str) -> AnswerCard:
    with snapshot() as session:
        return queries.answer_card(session, queries.answer_of_code(session, code), now())


def _cookie(card: AskCard) -> str:
    return f"{COOKIE}_{card.event_id.hex}"


def _answered_here(card: AskCard) -> str | None:
    """Return the code of the answer that this phone has given to the event, if it is there."""
    code = request.cookies.get(_cookie(card), "")
    try:
        return code if code and _kept_answer(code) else None
    except UnknownAnswer:
        return None


def _asked(card: AskCard) -> dict[str, Any]:
    return {
        "ask": card,
        "modes": [(mode, said(name)) for mode, name in MODE_NAMES.items()],
        "cities": list(gazetteer()),
        "kept_days": KEEP.days,
    }


def _answer(code: str, card: AnswerCard) -> dict[str, Any]:
    return {
        **_asked(card.ask),
        "card": card,
        "own": code.upper(),
        "shown_code": in_fours(code.upper().replace("-", "")),
        "address": f"{_settings().base_url}/my-trip/{code.upper()}",
        "mode_names": MODE_NAMES,
    }


def _for_one(page: str) -> Response:
    """Return a page that is nobody else's, and in no search engine."""
    response = make_response(page)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


# The organiser's side ------------------------------------------------------------------------


@pages.get("/events/<uuid:event_id>/enquiry")
def enquiry(event_id: UUID) -> ResponseReturnValue:
    """Show an organiser the link, its QR code, and how many have answered."""
    return render_template("events/enquiry.html", **_link(signed_in(), event_id))


@pages.post("/events/<uuid:event_id>/enquiry")
def open_or_extend(event_id: UUID) -> ResponseReturnValue:
    """Open a link, named by the form, or let the one that is open last longer."""
    actor = signed_in()
    try:
        asked = read_form(EnquiryDraftSchema)
        with transaction() as session:
            service.open_enquiry(session, actor, event_id, form_name(), asked["expires_on"], now())
    except DomainError as error:
        return render_faults("events/enquiry.html", error, **_link(actor, event_id))
    return redirect_after_post(f"/events/{event_id}/enquiry")


@pages.post("/events/<uuid:event_id>/enquiry/<uuid:enquiry_id>/closure")
def close(event_id: UUID, enquiry_id: UUID) -> ResponseReturnValue:
    """Close a link for good."""
    with transaction() as session:
        service.close_enquiry(
            session,
            signed_in(),
            event_id,
            enquiry_id,
            now(),
            void=request.form.get("void") == "true",
        )
    return redirect_after_post(f"/events/{event_id}/enquiry")


@pages.get("/events/<uuid:event_id>/enquiry/poster")
def poster(event_id: UUID) -> ResponseReturnValue:
    """Show the link as a poster to print."""
    told = _link(signed_in(), event_id)
    if told["link"] is None:
        raise EnquiryOver(event=str(event_id))
    return render_template("events/poster.html", **told)


def _link(actor: Actor, event_id: UUID) -> dict[str, Any]:
    with snapshot() as session:
        event = queries.own_event(session, actor, event_id)
        card = queries.card(session, event, now())
        links = queries.enquiries(session, event_id, now())
        answered = queries.answered(session, event)
        nights = asks_nights(event.bounds)
    link: EnquiryCard | None = next((each for each in links if each.is_open), None)
    address = None if link is None else address_of(link.code)
    return {
        "card": card,
        "link": link,
        "older": [each for each in links if each is not link],
        "answered": answered,
        "asks_nights": nights,
        "address": address,
        "qr": None if address is None else Markup(svg_of(address, said(N_("填报二维码")))),  # noqa: S704  our own drawing
        "last_day": usual_last_day(card.ends_on, day_of(now())),
        "kept_days": KEEP.days,
    }
