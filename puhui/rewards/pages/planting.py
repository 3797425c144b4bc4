"""Pages of planting: log one, see what became of it, judge others'."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.evidence import queries as evidence
from puhui.evidence import ticket
from puhui.evidence.queries import PhotoCard
from puhui.identity import consents
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import day_of, now
from puhui.kernel.errors import DomainError, Fault, Invalid
from puhui.kernel.text import N_
from puhui.rewards.pages.blueprint import pages
from puhui.rewards.pages.photo import as_uuid, take_photos
from puhui.rewards.pages.place import cursor_asked
from puhui.rewards.planting import MOST_TREES, PlantingDraft
from puhui.rewards.queries import bases, desk, plantings, second_look, survivals, teams
from puhui.rewards.review import SENTENCES, Judgement, Reason, Verdict
from puhui.rewards.schema.planting import JudgementSchema, PlantingFormSchema
from puhui.rewards.service import plantings as service
from puhui.rewards.service.tickets import issue_ticket
from puhui.rewards.species import catalogue
from puhui.web import locale
from puhui.web.guard import current_actor
from puhui.web.limits import limited
from puhui.web.pages import (
    form_name,
    read_form,
    redirect_after_post,
    render_faults,
    signed_in,
)
from puhui.web.paging import USUAL, Page, page

USUAL_NUMBERS = (1, 2, 3, 4, 5, 10)
"""The duty is three to five trees a year; most people plant that."""


@pages.get("/photos/<uuid:photo_id>.jpg")
def photo(photo_id: UUID) -> ResponseReturnValue:
    """Return a photograph to its owner, a verifier or an auditor."""
    with snapshot() as session:
        card = evidence.visible_photo(session, current_actor(), photo_id)
    answer = Response(evidence.content(card), mimetype="image/jpeg")
    answer.headers["Content-Disposition"] = "inline"
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


@pages.get("/plantings/new")
def new_planting() -> ResponseReturnValue:
    """Show the form for a planting, filled in as far as we can know."""
    actor = signed_in()
    choices = _choices(actor, ())
    if (chosen := choices["chosen"]) is not None:
        # Opening the form is what asks leave to photograph: without a script nothing else could.
        with transaction() as session:
            issue_ticket(session, actor, _ticket_id(chosen.base_id), chosen.base_id, now())
    return render_template("rewards/new_planting.html", **choices)


def _ticket_id(base_id: UUID) -> UUID:
    """Return the name of the ticket that this form stands for at a base."""
    return uuid5(form_name(), f"ticket {base_id}")


@pages.post("/plantings/new")
@limited("60/hour", "upload")
def log_planting() -> ResponseReturnValue:
    """Log a planting; what is wrong is said beside the fields, and photographs are kept."""
    actor = signed_in()
    kept, faults = take_photos(actor)
    try:
        draft = _draft(kept, faults)
        with transaction() as session:
            ticket_id = _ticket_id(draft.base_id)
            if ticket.held_for(session, actor, ticket_id, draft.base_id):
                draft = replace(draft, ticket_id=ticket_id)
            service.log_planting(session, actor, form_name(), draft, now())
    except DomainError as error:
        return render_faults(
            "rewards/new_planting.html",
            error,
            **_choices(actor, kept),
            earlier=error.details.get("planting") if error.code == "photo_used" else None,
        )
    return redirect_after_post(url_for("rewards_pages.planting", planting_id=form_name()))


def _draft(kept: Sequence[PhotoCard], faults: list[Fault]) -> PlantingDraft:
    """Return what the form says.

    Raises:
        Invalid: with everything wrong in the fields and the photographs.
    """
    said: dict[str, Any] = {}
    try:
        said = read_form(PlantingFormSchema)
        if said["trees"] is None and said["more_trees"] is None:
            faults = [*faults, Fault("required", N_("请选择株数"), field="trees")]
    except Invalid as refusal:
        faults = [*refusal.faults, *faults]
    if not kept and not any(fault.field == "photo" for fault in faults):
        faults = [*faults, Fault("photo_missing", N_("请拍一张照片"), field="photo")]
    if faults:
        raise Invalid([_beside(fault) for fault in faults])
    return PlantingDraft(
        said["base_id"],
        said["species"],
        said["more_trees"] or said["trees"],
        said["planted_on"],
        tuple(card.photo_id for card in kept),
    )


def _beside(fault: Fault) -> Fault:
    """Return the fault with the field of the page that it belongs to."""
    return replace(fault, field="photo") if fault.field == "photo_ids" else fault


def _choices(actor: Actor, kept: Sequence[PhotoCard]) -> dict[str, Any]:
    """Return what the form offers: places, species of the likeliest place first, today."""
    with snapshot() as session:
        places = bases.bases(session, most=500)
        wanted = as_uuid(request.values.get("base_id") or request.args.get("base", ""))
        last = plantings.plantings_of(session, actor.person_id, most=1)
        # Who plants for the first time most likely does so where their team is at home.
        homes = () if last else {card.county_code for card, *_ in teams.teams_of(session, actor)}
        agreed = consents.given(session, actor.person_id, consents.Purpose.LOCATION)
    likely = {place.base_id: place for place in places}
    known = (
        likely.get(wanted)
        or (likely.get(last[0].base.base_id) if last else None)
        or next((place for place in places if place.county_code in homes), None)
        or (places[0] if len(places) == 1 else None)
    )
    chosen = known or next(iter(places), None)
    own = list(chosen.species) if chosen else []
    return {
        "places": places,
        "chosen": chosen,
        "base_guessed": chosen is not None and known is None,
        "own_species": own,
        "other_species": [s for s in catalogue().values() if s not in own],
        "last": last[0] if last else None,
        "trees_asked": _trees_asked(),
        "numbers": USUAL_NUMBERS,
        "most_trees": MOST_TREES,
        "today": day_of(now()),
        "kept": kept,
        "agreed_to_place": agreed,
    }


def _trees_asked() -> int | None:
    """Return the number of trees that was chosen before the form opened, if it can be one."""
    told = request.args.get("trees", "")
    number = int(told) if told.isascii() and told.isdecimal() and len(told) <= 5 else 0
    return number if 1 <= number <= MOST_TREES else None


@pages.get("/plantings")
def my_plantings() -> ResponseReturnValue:
    """Show one's plantings, newest first, with what each still waits for."""
    actor = signed_in()
    before = cursor_asked()
    with snapshot() as session:
        found = plantings.plantings_of(
            session,
            actor.person_id,
            before=before,
            most=USUAL + 1,
        )
    shown = page(found, USUAL, lambda card: (card.logged_at, card.planting_id))
    return render_template("rewards/plantings.html", plantings=shown)


@pages.get("/plantings/<uuid:planting_id>")
def planting(planting_id: UUID) -> ResponseReturnValue:
    """Show a planting: photographs, what became of it, and why."""
    return render_template("rewards/planting.html", **planting_page(signed_in(), planting_id))


def planting_page(actor: Actor, planting_id: UUID) -> dict[str, Any]:
    """Return what the page of a planting shows."""
    with snapshot() as session:
        card = plantings.planting(session, actor, planting_id)
        life = survivals.life(session, actor, planting_id, day_of(now()))
        return {
            "card": card,
            "own": card.person_id == actor.person_id,
            "life": life,
            "questions": second_look.questions(session, [planting_id]),
            "appeal": second_look.appeal_of(session, planting_id),
        }


@pages.get("/review")
def review() -> ResponseReturnValue:
    """Show the planting that has waited longest, and a form to judge it."""
    actor = signed_in()
    actor.require(Permission.PLANTING_REVIEW)
    return render_template("rewards/review.html", **show_desk(actor))


@pages.post("/review/<uuid:planting_id>")
def judge(planting_id: UUID) -> ResponseReturnValue:
    """Write down a judgement, and go on to the next planting."""
    actor = signed_in()
    try:
        judgement: Judgement = read_form(JudgementSchema)
        if judgement.verdict is Verdict.APPROVE:
            # The reason's menu stands beside both buttons; approving needs none.
            judgement = replace(judgement, reason=None)
        with transaction() as session:
            service.review_planting(session, actor, planting_id, judgement, now())
    except DomainError as error:
        return render_faults("rewards/review.html", error, **show_desk(actor, planting_id))
    return redirect_after_post(url_for("rewards_pages.review", done=judgement.verdict))


def show_desk(actor: Actor, planting_id: UUID | None = None) -> dict[str, Any]:
    """Return what lies on the desk: this planting, or the first after the one skipped."""
    with snapshot() as session:
        if planting_id is None:
            found = desk.waiting(session, actor, after=cursor_asked(), most=2)
            shown = page(found, 1, desk.turn_of)
        else:
            shown = Page([plantings.planting(session, actor, planting_id)], None)
        on_desk = desk.desk(session, shown.items[0]) if shown.items else None
    return {
        "desk": on_desk,
        "next": shown.next,
        "reasons": [
            (reason, locale.said(SENTENCES[reason]))
            for reason in Reason
            if reason is not Reason.IMPOSSIBLE
        ],
        "done": request.args.get("done"),
    }
