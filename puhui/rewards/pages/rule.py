"""Pages of the rules of points: what holds, what will change, and the operator's drafts."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date, timedelta
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import day_of, now
from puhui.kernel.errors import DomainError, Invalid
from puhui.rewards.amendment import amendment
from puhui.rewards.pages.blueprint import pages
from puhui.rewards.points import Evidence, Measure, Reporter, Rule
from puhui.rewards.queries.rules import changes
from puhui.rewards.queries.rules import rules as rulebook
from puhui.rewards.rulebook import RuleDraft, judge
from puhui.rewards.schema.rule import RuleFormSchema
from puhui.rewards.service.rules import judge_day, publish_rule
from puhui.web.guard import actor_or_none
from puhui.web.pages import read_form, redirect_after_post, render_faults, signed_in


@pages.get("/rules")
def rule_list() -> ResponseReturnValue:
    """Show what actions earn, every version with its dates and its reason, and what will change."""
    today, actor = day_of(now()), actor_or_none()
    with snapshot() as session:
        found = rulebook(session)
        coming = [amendment(found, change.after) for change in changes(session, today)]
    return render_template(
        "rewards/rules.html",
        rules=found,
        changes=coming,
        today=today,
        drafts=actor is not None and actor.may(Permission.RULE_PUBLISH),
        done=request.args.get("done"),
    )


@pages.get("/rules/drafts")
def draft_rule() -> ResponseReturnValue:
    """Show operators a form for a new version of a rule, filled in with the newest one."""
    actor = signed_in()
    known = _known(actor)
    newest = [rule for rule in known if rule.key == request.args.get("key", "")]
    given = _filled(newest, day_of(now())) if newest else {}
    return render_template("rewards/rule_draft.html", **_form(given, known))


@pages.post("/rules/drafts")
def preview_or_publish_rule() -> ResponseReturnValue:
    """Show what a draft changes, in words; go back to it; or publish it."""
    actor = signed_in()
    known, written = _known(actor), _written()
    step = request.form.get("step", "preview")
    if step == "edit":
        return render_template("rewards/rule_draft.html", **_form(written, known))
    try:
        said = read_form(RuleFormSchema)
        key, version = said["key"], said["version"]
        draft = RuleDraft(**{one.name: said[one.name] for one in fields(RuleDraft)})
        faults = [*judge(key, version, draft), *judge_day(known, key, draft, day_of(now()))]
        if faults:
            raise Invalid(faults)
        if step == "publish":
            with transaction() as session:
                publish_rule(session, actor, key, version, draft, now())
            return redirect_after_post(
                url_for("rewards_pages.rule_list", done="yes", _anchor=f"{key}@{version}")
            )
    except DomainError as error:
        return render_faults("rewards/rule_draft.html", error, **_form(written, known))
    rule = draft.named(key, version)
    return render_template(
        "rewards/rule_preview.html", amendment=amendment(known, rule), written=written
    )


def _known(actor: Actor) -> Sequence[Rule]:
    actor.require(Permission.RULE_PUBLISH)
    with snapshot() as session:
        return rulebook(session)


def _written() -> dict[str, Any]:
    """Return what the form says, as it will be sent again."""
    kept = {name: value for name, value in request.form.items() if name != "step"}
    return {**kept, "reporters": request.form.getlist("reporters")}


def _filled(versions: Sequence[Rule], today: date) -> dict[str, Any]:
    """Return the newest version as the form has it: a month ahead, for people to read it."""
    newest = versions[0]
    terms = {one.name: getattr(newest, one.name) for one in fields(RuleDraft)}
    return {
        **{name: value for name, value in terms.items() if value is not None},
        "key": newest.key,
        "valid_from": max(today, newest.valid_from) + timedelta(days=30),
        "valid_until": "",
    }


def _form(given: dict[str, Any], known: Iterable[Rule]) -> dict[str, Any]:
    return {
        "given": given,
        "keys": sorted({rule.key for rule in known}),
        "measures": list(Measure),
        "reporters": list(Reporter),
        "evidence": list(Evidence),
        "tomorrow": day_of(now()) + timedelta(days=1),
    }
