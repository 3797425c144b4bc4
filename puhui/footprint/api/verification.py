"""Verification: what is handed in, what waits, what a verifier says."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.footprint import queries, service
from puhui.footprint.api.footprint import footprint_wire, footprints
from puhui.footprint.checklist import PRESENT
from puhui.footprint.model import Product, Review
from puhui.footprint.schema.footprint import FootprintSchema
from puhui.footprint.schema.verification import (
    ChecklistSchema,
    DecisionSchema,
    FootprintReviewSchema,
    NewFootprintReviewSchema,
    QueueItemSchema,
)
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import NotFound
from puhui.web.guard import current_actor, open_to_all
from puhui.web.locale import said
from puhui.web.paging import Page, PageQuery, page, page_schema


@footprints.route("/queue")
class Queue(MethodView):
    """What waits for a verifier."""

    @footprints.arguments(PageQuery, location="query")
    @footprints.response(200, page_schema(QueueItemSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List what waits, longest first, without one's own organisation's."""
        actor = current_actor()
        actor.require(Permission.FOOTPRINT_VERIFY)
        with snapshot() as session:
            found = queries.queue(
                session,
                not_of=sorted({member.organisation_id for member in actor.memberships}),
                after=query["cursor"],
                most=query["limit"] + 1,
            )
        rows = [
            {**footprint_wire(made), **_names(of), "submitted_at": made.submitted_at}
            for made, of in found
        ]
        return page(rows, query["limit"], lambda row: (row["submitted_at"], row["footprint_id"]))


def _names(of: Product) -> dict[str, Any]:
    return {
        "name_zh": of.name_zh,
        "name_en": of.name_en,
        "category": of.category,
        "declared_unit": of.declared_unit,
    }


@footprints.route("/<uuid:footprint_id>/submission")
class Submission(MethodView):
    """Handing in."""

    @footprints.response(201, FootprintSchema)
    def put(self, footprint_id: UUID) -> dict[str, Any]:
        """Hand a version to verifiers; twice is once."""
        with transaction() as session:
            return footprint_wire(
                service.submit_footprint(session, current_actor(), footprint_id, now())
            )


@footprints.route("/checklist")
class PresentChecklist(MethodView):
    """What is looked at."""

    @open_to_all
    @footprints.response(200, ChecklistSchema)
    def get(self) -> dict[str, Any]:
        """Show the checklist that reviews answer now."""
        points = [{"key": point.key, "text": said(point.text)} for point in PRESENT.points]
        return {"version": PRESENT.version, "points": points}


@footprints.route("/<uuid:footprint_id>/review")
class LastReview(MethodView):
    """The review that counts."""

    @footprints.response(200, FootprintReviewSchema)
    def get(self, footprint_id: UUID) -> Review:
        """Show the last review to the maker and to verifiers."""
        with snapshot() as session:
            queries.footprint_seen_by(session, current_actor(), footprint_id)
            found = queries.review_of(session, footprint_id)
            if found is None:
                raise NotFound(footprint=str(footprint_id))
            return found


@footprints.route("/<uuid:footprint_id>/reviews/<uuid:review_id>")
class OneReview(MethodView):
    """Going through the checklist."""

    @footprints.arguments(NewFootprintReviewSchema)
    @footprints.response(201, FootprintReviewSchema)
    def put(self, given: dict[str, Any], footprint_id: UUID, review_id: UUID) -> Review:
        """Keep the answers to the whole checklist; a later review takes their place."""
        with transaction() as session:
            return service.review_footprint(
                session,
                current_actor(),
                review_id,
                footprint_id,
                given["checklist"],
                given["answers"],
                now(),
            )


@footprints.route("/<uuid:footprint_id>/decision")
class Decision(MethodView):
    """What a verifier says."""

    @footprints.arguments(DecisionSchema)
    @footprints.response(201, FootprintSchema)
    def put(self, given: dict[str, Any], footprint_id: UUID) -> dict[str, Any]:
        """Verify a reviewed version, or refuse one with reasons by line."""
        with transaction() as session:
            found = service.decide_footprint(
                session, current_actor(), footprint_id, given["verdict"], given["reasons"], now()
            )
            return footprint_wire(found)
