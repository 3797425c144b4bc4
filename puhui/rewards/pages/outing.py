"""Pages of outings: where one can plant with others, book, check in, and who came."""

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.identity import queries as identity
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, Forbidden
from puhui.rewards import outing as rules
from puhui.rewards.outing import BookingDraft
from puhui.rewards.pages.blueprint import pages
from puhui.rewards.pages.photo import as_uuid
from puhui.rewards.pages.place import cursor_asked
from puhui.rewards.queries import bases
from puhui.rewards.queries import outings as queries
from puhui.rewards.schema.outing import CheckInSchema, OutingFormSchema
from puhui.rewards.service import outings as service
from puhui.web.guard import actor_or_none
from puhui.web.limits import limited
from puhui.web.pages import (
    form_name,
    read_form,
    redirect_after_post,
    render_faults,
    signed_in,
)
from puhui.web.paging import USUAL, page


@pages.get("/outings")
def outing_list() -> ResponseReturnValue:
    """Show when people plant together next."""
    actor = actor_or_none()
    with snapshot() as session:
        found = queries.outings(session, now(), after=cursor_asked(), most=USUAL + 1)
        may_organise = actor is not None and (
            actor.may(Permission.BASE_WRITE) or bool(identity.organisations_of(session, actor))
        )
    shown = page(found, USUAL, lambda card: (card.starts_at, card.outing_id))
    return render_template("rewards/outings.html", outings=shown, may_organise=may_organise)


@pages.get("/outings/new")
def new_outing() -> ResponseReturnValue:
    """Show the form for an outing to whoever organises at a base."""
    signed_in()
    return render_template("rewards/new_outing.html", **_places())


@pages.post("/outings/new")
def open_outing() -> ResponseReturnValue:
    """Announce an outing."""
    actor = signed_in()
    try:
        draft = read_form(OutingFormSchema)
        with transaction() as session:
            card = service.open_outing(session, actor, form_name(), draft, now())
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("rewards/new_outing.html", error, **_places())
    return redirect_after_post(url_for("rewards_pages.outing", outing_id=card.outing_id))


def _places() -> dict[str, Any]:
    with snapshot() as session:
        return {"places": bases.bases(session, most=500), "chosen": request.args.get("base", "")}


@pages.get("/outings/<uuid:outing_id>")
def outing(outing_id: UUID) -> ResponseReturnValue:
    """Show an outing, one's place on it, and its list to the organiser."""
    return render_template("rewards/outing.html", **_outing(outing_id))


def _outing(outing_id: UUID) -> dict[str, Any]:
    actor, at = actor_or_none(), now()
    with snapshot() as session:
        card = queries.outing(session, outing_id)
        mine, groups, listed = [], [], None
        if actor is not None:
            mine = [
                one
                for one in queries.bookings_of(session, actor, most=200)
                if one.outing.outing_id == outing_id and one.cancelled_at is None
            ]
            groups = [one for one, _ in identity.organisations_of(session, actor)]
            if queries.organises(session, actor, card.base.base_id):
                listed = queries.attendance(session, actor, outing_id)
    draft = rules.OutingDraft(card.base.base_id, card.starts_at, card.ends_at, card.places)
    return {
        "card": card,
        "mine": mine,
        "groups": groups,
        "listed": listed,
        "is_open": card.cancelled_at is None and at < card.starts_at,
        "may_check_in": card.cancelled_at is None and rules.may_check_in(draft, at),
        "may_list": card.cancelled_at is None and rules.may_list(draft, at),
        "numbered": rules.numbered,
    }


@pages.post("/outings/<uuid:outing_id>/cancellation")
def cancel_outing(outing_id: UUID) -> ResponseReturnValue:
    """Call an outing off."""
    return _done(outing_id, lambda session, actor: service.cancel_outing(
        session, actor, outing_id, now()))  # fmt: skip


@pages.post("/outings/<uuid:outing_id>/book")
@limited("60/hour", "book")
def book(outing_id: UUID) -> ResponseReturnValue:
    """Book a place for oneself, or a group's with its list."""
    group = request.form.get("organisation_id", "")
    names = rules.names_of(request.form.get("names", "")[:40_000])
    draft = BookingDraft(outing_id, as_uuid(group) if group else None, names if group else ())
    return _done(outing_id, lambda session, actor: service.book(
        session, actor, form_name(), draft, now()))  # fmt: skip


@pages.post("/outings/<uuid:outing_id>/bookings/<uuid:booking_id>/cancellation")
def cancel_booking(outing_id: UUID, booking_id: UUID) -> ResponseReturnValue:
    """Give one's places back."""
    return _done(outing_id, lambda session, actor: service.cancel_booking(
        session, actor, booking_id, now()))  # fmt: skip


@pages.post("/outings/<uuid:outing_id>/bookings/<uuid:booking_id>/check-in")
def check_in(outing_id: UUID, booking_id: UUID) -> ResponseReturnValue:
    """Check in with the phone's place."""

    def work(session: Any, actor: Any) -> None:
        here, accuracy_m = read_form(CheckInSchema)
        service.check_in(session, actor, booking_id, here, accuracy_m, now())

    return _done(outing_id, work)


@pages.post("/outings/<uuid:outing_id>/bookings/<uuid:booking_id>/attendance")
def list_attendance(outing_id: UUID, booking_id: UUID) -> ResponseReturnValue:
    """Say who of a booking came."""
    came = {int(text) for text in request.form.getlist("came") if text.isdecimal()}
    return _done(outing_id, lambda session, actor: service.list_attendance(
        session, actor, booking_id, came, now()))  # fmt: skip


def _done(outing_id: UUID, work: Any) -> ResponseReturnValue:
    """Do one thing to an outing, and show it again: done, or with what was refused."""
    actor = signed_in()
    try:
        with transaction() as session:
            work(session, actor)
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("rewards/outing.html", error, **_outing(outing_id))
    return redirect_after_post(url_for("rewards_pages.outing", outing_id=outing_id))
