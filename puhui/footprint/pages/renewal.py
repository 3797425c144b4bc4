"""The operators' desk for labels after a release of factors."""

from typing import Any
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.footprint.pages.blueprint import pages
from puhui.footprint.queries import renewals
from puhui.footprint.renewal import OUTCOME_WORDS
from puhui.footprint.service import renewal
from puhui.kernel.actor import Actor
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError
from puhui.web.pages import form_name, redirect_after_post, render_faults, signed_in


@pages.get("/renewals")
def renewal_runs() -> ResponseReturnValue:
    """Show the latest runs, and the form that begins one."""
    with snapshot() as session:
        runs = renewals.runs(session, signed_in())
    return render_template("footprint/renewals.html", runs=runs)


@pages.post("/renewals")
def begin_renewal_run() -> ResponseReturnValue:
    """Begin to look through every label that holds."""
    actor, run_id = signed_in(), form_name()
    with transaction() as session:
        renewal.begin_recompute(session, actor, run_id, now())
    return redirect_after_post(f"/renewals/{run_id}")


@pages.get("/renewals/<uuid:run_id>")
def renewal_run(run_id: UUID) -> ResponseReturnValue:
    """Show how far a run is and what it has found."""
    return render_template("footprint/renewal.html", **_of_run(signed_in(), run_id))


def _of_run(actor: Actor, run_id: UUID) -> dict[str, Any]:
    with snapshot() as session:
        run = renewals.run_seen_by(session, actor, run_id)
        found = [
            row
            for outcome in ("renew", "unclear")
            for row in renewals.findings(session, run_id, outcome=outcome, most=100)
        ]
        counts = renewals.outcomes(session, run_id)
    names = {str(outcome): words for outcome, words in OUTCOME_WORDS.items()}
    return {"run": run, "found": found, "counts": counts, "outcomes": names}


@pages.post("/renewals/<uuid:run_id>/stop")
def stop_renewal_run(run_id: UUID) -> ResponseReturnValue:
    """Stop a run after the step that is being done."""
    with transaction() as session:
        renewal.stop_run(session, signed_in(), run_id, now())
    return redirect_after_post(f"/renewals/{run_id}")


@pages.post("/renewals/<uuid:run_id>/resumption")
def resume_renewal_run(run_id: UUID) -> ResponseReturnValue:
    """Let a stopped run go on."""
    with transaction() as session:
        renewal.resume_run(session, signed_in(), run_id, now())
    return redirect_after_post(f"/renewals/{run_id}")


@pages.post("/renewals/<uuid:run_id>/endings")
def end_found_labels(run_id: UUID) -> ResponseReturnValue:
    """End the labels that a finished run found to be renewed."""
    actor, task_id = signed_in(), form_name()
    try:
        with transaction() as session:
            renewal.begin_endings(session, actor, task_id, run_id, now())
    except DomainError as error:
        return render_faults("footprint/renewal.html", error, **_of_run(actor, run_id))
    return redirect_after_post(f"/renewals/{run_id}")
