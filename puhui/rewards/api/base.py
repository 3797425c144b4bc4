"""JSON resources of planting bases and species."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.kernel.clock import now
from puhui.rewards.base import BaseDraft
from puhui.rewards.queries import bases
from puhui.rewards.queries.bases import BaseCard
from puhui.rewards.schema.base import BaseDraftSchema, BasePageSchema, BaseSchema, SpeciesPageSchema
from puhui.rewards.service import bases as base_service
from puhui.rewards.species import Species, catalogue
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import current_actor, open_to_all
from puhui.web.paging import MOST, Page, PageQuery, page

base_resources = json_blueprint("bases", "/api/bases", "义务植树基地")
species_resources = json_blueprint("species", "/api/species", "树种目录")


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
        return Page(list(catalogue().values())[:MOST], None)
