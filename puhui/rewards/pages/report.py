"""Pages of what is done besides planting and buying: report it, judge it, let others report it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.evidence.queries import PhotoCard
from puhui.identity.queries import organisation
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import day_of, now
from puhui.kernel.errors import DomainError, Invalid
from puhui.rewards.pages.blueprint import pages
from puhui.rewards.pages.photo import take_photos
from puhui.rewards.pages.place import cursor_asked
from puhui.rewards.points import Reporter, Rule, rule_on
from puhui.rewards.queries import reports
from puhui.rewards.queries.rules import rules
from puhui.rewards.report import ReportDraft, by_report
from puhui.rewards.schema.report import (
    AuthorisationDraftSchema,
    ReportFormSchema,
    ReportVerdictSchema,
)
from puhui.rewards.service import reports as service
from puhui.web.limits import limited
from puhui.web.locale import named
from puhui.web.pages import (
    form_name,
    read_form,
    redirect_after_post,
    render_faults,
    signed_in,
)
from puhui.web.paging import USUAL, page


@pages.app_template_filter("rule_options")
def rule_options(offered: Sequence[Rule]) -> list[tuple[str, str]]:
    """Return rules with their names in the reader's language, for a menu."""
    return [(rule.key, named(rule)) for rule in offered]


@pages.get("/deeds")
def my_deeds() -> ResponseReturnValue:
    """Show what was reported of oneself, newest first, and who may report it."""
    actor = signed_in()
    return render_template("rewards/deeds.html", **_mine(actor))


def _mine(actor: Actor) -> dict[str, Any]:
    with snapshot() as session:
        found = reports.reports_of(session, actor.person_id, before=cursor_asked(), most=USUAL + 1)
        given = [
            (one, organisation(session, one.organisation_id))
            for one in reports.authorisations(session, actor.person_id)
            if one.withdrawn_at is None
        ]
        known = rules(session)
        offered = _offered(known, Reporter.PARTNER)
    return {
        "deeds": page(found, USUAL, lambda card: (card.logged_at, card.report_id)),
        "given": given,
        "names": {rule.key: rule for rule in known},
        "offered": offered,
        "reviews": actor.may(Permission.PLANTING_REVIEW),
    }


def _offered(known: Sequence[Rule], reporter: Reporter) -> list[Rule]:
    """Return the rules in force by which `reporter` may report today."""
    today = day_of(now())
    keys = sorted({rule.key for rule in known})
    found = [rule_on(known, key, today) for key in keys]
    return [rule for rule in found if rule and by_report(rule) and reporter in rule.reporters]


@pages.get("/deeds/new")
def new_deed() -> ResponseReturnValue:
    """Show the form for what was done."""
    signed_in()
    return render_template("rewards/new_deed.html", **_form(()))


def _form(kept: Sequence[PhotoCard]) -> dict[str, Any]:
    with snapshot() as session:
        offered = _offered(rules(session), Reporter.SELF)
    return {"offered": offered, "today": day_of(now()), "kept": kept}


@pages.post("/deeds/new")
@limited("60/hour", "upload")
def report_deed() -> ResponseReturnValue:
    """Report what was done; what is wrong is said beside the fields, and photographs are kept."""
    actor = signed_in()
    kept, faults = take_photos(actor)
    try:
        if faults:
            raise Invalid(faults)
        said = read_form(ReportFormSchema)
        draft = ReportDraft(**{**said, "photo_ids": tuple(card.photo_id for card in kept)})
        with transaction() as session:
            service.log_report(session, actor, form_name(), draft, now())
    except DomainError as error:
        return render_faults("rewards/new_deed.html", error, **_form(kept))
    return redirect_after_post(url_for("rewards_pages.my_deeds"))


@pages.post("/deeds/authorisations")
def authorise() -> ResponseReturnValue:
    """Let an organisation report one behaviour."""
    actor = signed_in()
    try:
        draft = read_form(AuthorisationDraftSchema)
        with transaction() as session:
            service.authorise(session, actor, form_name(), draft, now())
    except DomainError as error:
        return render_faults("rewards/deeds.html", error, **_mine(actor))
    return redirect_after_post(url_for("rewards_pages.my_deeds"))


@pages.post("/deeds/authorisations/<uuid:authorisation_id>/withdrawal")
def withdraw_authorisation(authorisation_id: UUID) -> ResponseReturnValue:
    """Withdraw it."""
    actor = signed_in()
    with transaction() as session:
        service.withdraw(session, actor, authorisation_id, now())
    return redirect_after_post(url_for("rewards_pages.my_deeds"))


@pages.get("/deeds/waiting")
def deeds_waiting() -> ResponseReturnValue:
    """Show a verifier what waits, the oldest first."""
    actor = signed_in()
    return render_template("rewards/deeds_waiting.html", **_waiting(actor))


def _waiting(actor: Actor) -> dict[str, Any]:
    with snapshot() as session:
        return {
            "waiting": reports.waiting(session, actor, most=10),
            "done": request.args.get("done"),
        }


@pages.post("/deeds/<uuid:report_id>/review")
def judge_deed(report_id: UUID) -> ResponseReturnValue:
    """Write down a verdict, and go on."""
    actor = signed_in()
    try:
        verdict = read_form(ReportVerdictSchema)
        with transaction() as session:
            service.review_report(session, actor, report_id, verdict, now())
    except DomainError as error:
        return render_faults("rewards/deeds_waiting.html", error, **_waiting(actor))
    return redirect_after_post(url_for("rewards_pages.deeds_waiting", done="yes"))
