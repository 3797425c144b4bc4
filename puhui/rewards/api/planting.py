"""JSON resources of photographs, plantings and their review."""

from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.evidence import queries as evidence
from puhui.evidence.photo import MOST_BYTES
from puhui.evidence.queries import PhotoCard
from puhui.kernel.clock import now
from puhui.rewards.planting import PlantingDraft
from puhui.rewards.queries import desk, plantings
from puhui.rewards.queries.desk import DeskCard
from puhui.rewards.queries.plantings import PlantingCard
from puhui.rewards.review import Judgement
from puhui.rewards.schema.planting import (
    DeskPageSchema,
    JudgementSchema,
    PhotoSchema,
    PlantingDraftSchema,
    PlantingPageSchema,
    PlantingSchema,
)
from puhui.rewards.service import plantings as service
from puhui.web.blueprint import json_blueprint, takes
from puhui.web.guard import current_actor
from puhui.web.limits import limited
from puhui.web.paging import Page, PageQuery, page

photo_resources = json_blueprint("photos", "/api/photos", "照片")
planting_resources = json_blueprint("plantings", "/api/plantings", "植树记录")
review_resources = json_blueprint("reviews", "/api/reviews", "植树核查")


@photo_resources.route("/<uuid:photo_id>")
class Photos(MethodView):
    """Photographs, each named by whoever sends it."""

    @takes("image/jpeg", "image/png", "image/webp", most_bytes=MOST_BYTES)
    @limited("60/hour", "upload")
    @photo_resources.response(201, PhotoSchema)
    def put(self, photo_id: UUID) -> PhotoCard:
        """Send a photograph of a planting; the same again changes nothing."""
        original = request.get_data(cache=False)
        with transaction() as session:
            return service.send_photo(session, current_actor(), photo_id, original, now())

    @photo_resources.response(200, PhotoSchema)
    def get(self, photo_id: UUID) -> PhotoCard:
        """Show what is known of a photograph to its owner, a verifier or an auditor."""
        with snapshot() as session:
            return evidence.visible_photo(session, current_actor(), photo_id)


@planting_resources.route("")
class Plantings(MethodView):
    """One's own plantings."""

    @planting_resources.arguments(PageQuery, location="query")
    @planting_resources.response(200, PlantingPageSchema)
    def get(self, asked: dict[str, Any]) -> Page[PlantingCard]:
        """List one's plantings, newest first."""
        with snapshot() as session:
            found = plantings.plantings_of(
                session,
                current_actor().person_id,
                before=asked["cursor"],
                most=asked["limit"] + 1,
            )
        return page(found, asked["limit"], lambda card: (card.logged_at, card.planting_id))


@planting_resources.route("/<uuid:planting_id>")
class OnePlanting(MethodView):
    """A planting, named by whoever logs it."""

    @planting_resources.arguments(PlantingDraftSchema)
    @planting_resources.response(201, PlantingSchema)
    def put(self, draft: PlantingDraft, planting_id: UUID) -> PlantingCard:
        """Log a planting; the same again changes nothing."""
        with transaction() as session:
            return service.log_planting(session, current_actor(), planting_id, draft, now())

    @planting_resources.response(200, PlantingSchema)
    def get(self, planting_id: UUID) -> PlantingCard:
        """Show a planting to its owner, a verifier or an auditor."""
        with snapshot() as session:
            return plantings.planting(session, current_actor(), planting_id)


@planting_resources.route("/<uuid:planting_id>/review")
class PlantingReview(MethodView):
    """A verifier's judgement; each verifier has one, so it needs no further name."""

    @planting_resources.arguments(JudgementSchema)
    @planting_resources.response(200, PlantingSchema)
    def post(self, judgement: Judgement, planting_id: UUID) -> PlantingCard:
        """Approve or refuse a planting; the same again changes nothing."""
        with transaction() as session:
            return service.review_planting(session, current_actor(), planting_id, judgement, now())


@review_resources.route("")
class Desk(MethodView):
    """What waits for the verifier."""

    @review_resources.arguments(PageQuery, location="query")
    @review_resources.response(200, DeskPageSchema)
    def get(self, asked: dict[str, Any]) -> Page[DeskCard]:
        """List the plantings that the verifier may decide, the riskiest first."""
        with snapshot() as session:
            found = desk.waiting(
                session, current_actor(), after=asked["cursor"], most=asked["limit"] + 1
            )
            shown = page(found, asked["limit"], desk.turn_of)
            return Page([desk.desk(session, card) for card in shown.items], shown.next)
