"""Pages of looking again: ask, answer, appeal, audit."""

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, Invalid
from puhui.rewards.pages.blueprint import pages
from puhui.rewards.pages.photo import take_photos
from puhui.rewards.pages.planting import planting_page, show_desk
from puhui.rewards.queries import desk, plantings
from puhui.rewards.queries import second_look as queries
from puhui.rewards.service import appeals, audits, questions
from puhui.web.limits import limited
from puhui.web.pages import form_name, redirect_after_post, render_faults, signed_in


def _words() -> str:
    return request.form.get("words", "").strip()


@pages.post("/plantings/<uuid:planting_id>/answer")
@limited("60/hour", "upload")
def answer(planting_id: UUID) -> ResponseReturnValue:
    """Answer a verifier's question with words, photographs or both."""
    actor = signed_in()
    kept, faults = take_photos(actor)
    try:
        if faults:
            raise Invalid(faults)
        with snapshot() as session:
            waiting = [
                asked.question_id
                for asked in queries.questions(session, [planting_id])
                if asked.answered_at is None
            ]
        with transaction() as session:
            questions.answer(
                session,
                actor,
                waiting[0] if waiting else planting_id,
                _words(),
                [photo.photo_id for photo in kept],
                now(),
            )
    except DomainError as error:
        return render_faults("rewards/planting.html", error, **planting_page(actor, planting_id))
    return redirect_after_post(url_for("rewards_pages.planting", planting_id=planting_id))


@pages.post("/plantings/<uuid:planting_id>/appeal")
def appeal(planting_id: UUID) -> ResponseReturnValue:
    """Appeal against a refusal."""
    actor = signed_in()
    try:
        with transaction() as session:
            appeals.file_appeal(session, actor, form_name(), planting_id, _words(), now())
    except DomainError as error:
        return render_faults("rewards/planting.html", error, **planting_page(actor, planting_id))
    return redirect_after_post(url_for("rewards_pages.planting", planting_id=planting_id))


@pages.post("/review/<uuid:planting_id>/ask")
def ask(planting_id: UUID) -> ResponseReturnValue:
    """Ask the person again, and go on to the next planting."""
    actor = signed_in()
    try:
        with transaction() as session:
            questions.ask_again(session, actor, form_name(), planting_id, _words(), now())
    except DomainError as error:
        return render_faults("rewards/review.html", error, **show_desk(actor, planting_id))
    return redirect_after_post(url_for("rewards_pages.review", done="ask"))


@pages.get("/review/appeals")
def appeals_waiting() -> ResponseReturnValue:
    """Show the appeal that has waited longest, and a form to decide it."""
    actor = signed_in()
    return render_template("rewards/appeal.html", **_appeal(actor))


@pages.post("/review/appeals/<uuid:appeal_id>")
def decide_appeal(appeal_id: UUID) -> ResponseReturnValue:
    """Decide an appeal, and go on to the next."""
    actor = signed_in()
    upheld = request.form.get("verdict") == "upheld"
    try:
        with transaction() as session:
            appeals.decide_appeal(
                session, actor, appeal_id, upheld=upheld, words=_words(), now=now()
            )
    except DomainError as error:
        return render_faults("rewards/appeal.html", error, **_appeal(actor))
    return redirect_after_post(url_for("rewards_pages.appeals_waiting", done="decided"))


def _appeal(actor: Actor) -> dict[str, Any]:
    actor.require(Permission.PLANTING_REVIEW)
    with snapshot() as session:
        first = next(iter(queries.appeals_waiting(session, actor, 1)), None)
        beside = None
        if first is not None:
            beside = desk.desk(session, queries.planting_of(session, first.planting_id))
    return {"appeal": first, "desk": beside, "done": request.args.get("done")}


@pages.get("/review/audits")
def audits_waiting() -> ResponseReturnValue:
    """Show a planting that the month's draw fell on, and a form to confirm or doubt it."""
    actor = signed_in()
    return render_template("rewards/audit.html", **_audit(actor))


@pages.post("/review/audits/<uuid:planting_id>")
def audit(planting_id: UUID) -> ResponseReturnValue:
    """Confirm or doubt a planting, and go on to the next."""
    actor = signed_in()
    confirmed = request.form.get("verdict") == "confirmed"
    try:
        with transaction() as session:
            audits.audit_planting(
                session, actor, planting_id, confirmed=confirmed, words=_words(), now=now()
            )
    except DomainError as error:
        return render_faults("rewards/audit.html", error, **_audit(actor))
    return redirect_after_post(url_for("rewards_pages.audits_waiting", done="decided"))


def _audit(actor: Actor) -> dict[str, Any]:
    actor.require(Permission.PLANTING_REVIEW)
    with snapshot() as session:
        first = next(iter(queries.audits_waiting(session, actor, 1)), None)
        beside = None
        if first is not None:
            beside = desk.desk(session, plantings.planting(session, actor, first.planting_id))
    return {"audit": first, "desk": beside, "done": request.args.get("done")}
