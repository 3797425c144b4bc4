"""Versions of footprints."""

from typing import Any
from uuid import UUID

from flask import Response
from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.footprint import queries, service
from puhui.footprint.model import Footprint
from puhui.footprint.ruleset import GWP
from puhui.footprint.schema.footprint import FootprintSchema, NewFootprintSchema
from puhui.kernel.clock import now
from puhui.web.blueprint import json_blueprint
from puhui.web.conditional import version_is
from puhui.web.download import as_file
from puhui.web.guard import current_actor, open_to_all

footprints = json_blueprint("footprints", "/api/footprints", "产品碳足迹")


@footprints.route("/<uuid:footprint_id>")
class OneFootprint(MethodView):
    """A version of a footprint."""

    @footprints.response(200, FootprintSchema)
    def get(self, footprint_id: UUID) -> dict[str, Any]:
        """Show a version to its maker or to a verifier."""
        with snapshot() as session:
            return footprint_wire(queries.footprint_seen_by(session, current_actor(), footprint_id))

    @footprints.arguments(NewFootprintSchema)
    @footprints.response(201, FootprintSchema)
    def put(self, given: dict[str, Any], footprint_id: UUID) -> dict[str, Any]:
        """Declare a version, computed from the product's present inventory."""
        with transaction() as session:
            found = service.declare_footprint(
                session,
                current_actor(),
                footprint_id,
                given["product_id"],
                now(),
                GWP[given["gwp"]],
            )
            return footprint_wire(found)


@footprints.route("/<uuid:footprint_id>/calculation")
class FootprintCalculation(MethodView):
    """The bytes of a calculation."""

    @open_to_all
    @footprints.response(200, {"type": "object"}, content_type="application/json")
    def get(self, footprint_id: UUID) -> Response:
        """Download a verified or labelled calculation; any other is its maker's and verifiers'."""
        return calculation_of(footprint_id)


def calculation_of(footprint_id: UUID) -> Response:
    """Return the exact bytes of a calculation as a download."""
    with snapshot() as session:
        found = queries.footprint(session, footprint_id)
        if found.state != "verified" and queries.label_of_footprint(session, footprint_id) is None:
            queries.footprint_seen_by(session, current_actor(), footprint_id)
    version_is(found.sha256)
    return as_file(found.document, "application/json", f"footprint-{found.sha256[:12]}.json")


def footprint_wire(found: Footprint) -> dict[str, Any]:
    """Return a footprint without its document."""
    names = FootprintSchema().fields
    return {name: getattr(found, name) for name in names}
