"""JSON resources of rewards."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.evidence import queries as evidence
from puhui.evidence.photo import MOST_BYTES
from puhui.evidence.queries import PhotoCard
from puhui.kernel.clock import now
from puhui.rewards.base import BaseDraft
from puhui.rewards.planting import PlantingDraft
from puhui.rewards.points import Rule
from puhui.rewards.queries import awards, bases, plantings
from puhui.rewards.queries.awards import AwardCard, StatementLine, Wallet
from puhui.rewards.queries.bases import BaseCard
from puhui.rewards.queries.plantings import DeskCard, PlantingCard
from puhui.rewards.queries.rules import rules
from puhui.rewards.review import Judgement
from puhui.rewards.schema import (
    AwardSchema,
    BaseDraftSchema,
    BasePageSchema,
    BaseSchema,
    DeskPageSchema,
    JudgementSchema,
    PhotoSchema,
    PlantingDraftSchema,
    PlantingPageSchema,
    PlantingSchema,
    RulePageSchema,
    SpeciesPageSchema,
    StatementLinePageSchema,
    WalletSchema,
)
from puhui.rewards.service import bases as base_service
from puhui.rewards.service import plantings as service
from puhui.rewards.species import Species, catalogue
from puhui.web.blueprint import json_blueprint, takes
from puhui.web.guard import current_actor, open_to_all
from puhui.web.limits import limited
from puhui.web.paging import Page, PageQuery, page

photo_resources = json_blueprint("photos", "/api/photos", "照片")
planting_resources = json_blueprint("plantings", "/api/plantings", "植树记录")
review_resources = json_blueprint("reviews", "/api/reviews", "植树核查")
base_resources = json_blueprint("bases", "/api/bases", "义务植树基地")
species_resources = json_blueprint("species", "/api/species", "树种目录")
rule_resources = json_blueprint("rules", "/api/rules", "积分规则")
wallet_resources = json_blueprint("wallet", "/api/wallet", "积分")
award_resources = json_blueprint("awards", "/api/awards", "积分由来")

blueprints = (
    photo_resources,
    planting_resources,
    review_resources,
    base_resources,
    species_resources,
    rule_resources,
    wallet_resources,
    award_resources,
)


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
        """List the plantings that the verifier may decide, oldest first."""
        with snapshot() as session:
            found = plantings.waiting(
                session, current_actor(), after=asked["cursor"], most=asked["limit"] + 1
            )
            shown = page(found, asked["limit"], lambda card: (card.logged_at, card.planting_id))
            return Page([plantings.desk(session, card) for card in shown.items], shown.next)


@base_resources.route("")
class Bases(MethodView):
    """Where citizens may plant."""

    @open_to_all
    @base_resources.arguments(PageQuery, location="query")
    @base_resources.response(200, BasePageSchema)
    def get(self, asked: dict[str, Any]) -> Page[BaseCard]:
        """List planting bases by county."""
        with snapshot() as session:
            found = bases.bases(session, after=asked["cursor"], most=asked["limit"] + 1)
        return page(found, asked["limit"], lambda base: (base.county_code, base.base_id))


@base_resources.route("/<uuid:base_id>")
class OneBase(MethodView):
    """A planting base, named by the operator who registers it."""

    @base_resources.arguments(BaseDraftSchema)
    @base_resources.response(201, BaseSchema)
    def put(self, draft: BaseDraft, base_id: UUID) -> BaseCard:
        """Register a base; the same again changes nothing."""
        with transaction() as session:
            return base_service.register_base(session, current_actor(), base_id, draft, now())

    @open_to_all
    @base_resources.response(200, BaseSchema)
    def get(self, base_id: UUID) -> BaseCard:
        """Show a base."""
        with snapshot() as session:
            return bases.base(session, base_id)


@species_resources.route("")
class SpeciesList(MethodView):
    """What can be planted."""

    @open_to_all
    @species_resources.response(200, SpeciesPageSchema)
    def get(self) -> Page[Species]:
        """List the catalogue of species."""
        return _whole(list(catalogue().values()))


@rule_resources.route("")
class Rules(MethodView):
    """What actions earn."""

    @open_to_all
    @rule_resources.response(200, RulePageSchema)
    def get(self) -> Page[Rule]:
        """List every published version of every rule of points."""
        with snapshot() as session:
            return _whole(rules(session))


def _whole(rows: Sequence[Any]) -> Page[Any]:
    """Return a list that is short by its nature as the one page it is."""
    return Page(rows[:100], None)


@wallet_resources.route("")
class OneWallet(MethodView):
    """One's own points."""

    @wallet_resources.response(200, WalletSchema)
    def get(self) -> Wallet:
        """Show one's balance."""
        with snapshot() as session:
            return awards.wallet(session, current_actor())


@wallet_resources.route("/statement")
class Statement(MethodView):
    """One's own statement."""

    @wallet_resources.arguments(PageQuery, location="query")
    @wallet_resources.response(200, StatementLinePageSchema)
    def get(self, asked: dict[str, Any]) -> Page[StatementLine]:
        """List what moved, newest first, each line with its cause, rule and sum."""
        before = asked["cursor"][0] if asked["cursor"] else None
        with snapshot() as session:
            found = awards.statement(
                session, current_actor(), before=before, most=asked["limit"] + 1
            )
        return page(found, asked["limit"], lambda line: (line.entry_id,))


@award_resources.route("/<uuid:award_id>")
class OneAward(MethodView):
    """Why points were given."""

    @award_resources.response(200, AwardSchema)
    def get(self, award_id: UUID) -> AwardCard:
        """Show an award to its owner or an auditor."""
        with snapshot() as session:
            return awards.award(session, current_actor(), award_id)
