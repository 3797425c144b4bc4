"""What a release of factors makes of labels: runs that find, and change nothing."""

from io import StringIO
from typing import Any
from uuid import UUID

from flask import Response
from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.footprint.queries import renewals
from puhui.footprint.queries.renewals import FindingRow
from puhui.footprint.renewal_commands import write
from puhui.footprint.schema.renewal import (
    FindingSchema,
    FindingsQuery,
    NewEndingsSchema,
    RunSchema,
)
from puhui.footprint.service import renewal
from puhui.kernel.actor import Actor
from puhui.kernel.clock import now
from puhui.outbox.queries import TaskSeen
from puhui.web.blueprint import json_blueprint
from puhui.web.download import as_file
from puhui.web.guard import current_actor
from puhui.web.paging import Page, page, page_schema

runs = json_blueprint("renewals", "/api/renewals", "因子发布后的标签重算")


@runs.route("/<uuid:run_id>")
class OneRun(MethodView):
    """A run over every label that holds."""

    @runs.response(200, RunSchema)
    def get(self, run_id: UUID) -> TaskSeen:
        """Show how far a run is, and in the end what it has found."""
        with snapshot() as session:
            return renewals.run_seen_by(session, current_actor(), run_id)

    @runs.response(202, RunSchema)
    def put(self, run_id: UUID) -> TaskSeen:
        """Begin to look through every label that holds; twice is once, and none is changed."""
        actor = current_actor()
        with transaction() as session:
            renewal.begin_recompute(session, actor, run_id, now())
            session.flush()
            return renewals.run_seen_by(session, actor, run_id)


@runs.route("/<uuid:run_id>/findings")
class Findings(MethodView):
    """What was found."""

    @runs.arguments(FindingsQuery, location="query")
    @runs.response(200, page_schema(FindingSchema))
    def get(self, query: dict[str, Any], run_id: UUID) -> Page[FindingRow]:
        """List what a run has found, label by label."""
        with snapshot() as session:
            renewals.run_seen_by(session, current_actor(), run_id)
            found = renewals.findings(
                session,
                run_id,
                outcome=query["outcome"] and str(query["outcome"]),
                after=query["cursor"][0] if query["cursor"] else None,
                most=query["limit"] + 1,
            )
        return page(found, query["limit"], lambda row: (row.label_id,))


@runs.route("/<uuid:run_id>/findings.csv")
class FindingsFile(MethodView):
    """What was found, as one file."""

    @runs.response(200, {"type": "string"}, content_type="text/csv")
    def get(self, run_id: UUID) -> Response:
        """Download what a run has found."""
        return findings_file(current_actor(), run_id)


def findings_file(actor: Actor, run_id: UUID) -> Response:
    """Return what a run has found as CSV.

    Raises:
        Forbidden, NotFound: the actor does not oversee labels, or there is no such run.
    """
    out = StringIO()
    with snapshot() as session:
        renewals.run_seen_by(session, actor, run_id)
        write(out, renewals.all_findings(session, run_id))
    text = "\ufeff" + out.getvalue()
    return as_file(text, "text/csv; charset=utf-8", f"renewals-{run_id}.csv")


@runs.route("/<uuid:run_id>/endings/<uuid:task_id>")
class Endings(MethodView):
    """Ending what must be renewed, by an act of its own."""

    @runs.arguments(NewEndingsSchema)
    @runs.response(202, RunSchema)
    def put(self, given: dict[str, Any], run_id: UUID, task_id: UUID) -> TaskSeen:
        """End the labels that a finished run found to be renewed; twice is once."""
        actor = current_actor()
        with transaction() as session:
            renewal.begin_endings(session, actor, task_id, run_id, now())
            session.flush()
            return renewals.run_seen_by(session, actor, task_id)
