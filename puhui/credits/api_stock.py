"""JSON resources of what becomes of serials, and of sums over all of them."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.credits import projects, public, queries, service
from puhui.credits.api_project import sees_all
from puhui.credits.encumbrance import EncumbranceDraft
from puhui.credits.errors import UnknownBatch
from puhui.credits.projects import FateCard
from puhui.credits.queries import BatchCard
from puhui.credits.schema import BatchSchema
from puhui.credits.schema_stock import (
    CancellationSchema,
    CreditStatisticsSchema,
    HistorySchema,
    LiftingSchema,
    PartEncumbranceSchema,
    SerialFatesSchema,
    SerialQuery,
    cancellation_of,
)
from puhui.credits.statistics import Retired, Statistics, Stock, statistics
from puhui.db.session import snapshot, transaction
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import actor_or_none, current_actor, open_to_all
from puhui.web.idempotency import give_name

batches = json_blueprint(
    "credit-batches", "/api/credits/batches", "批次的权利限制、取消和历史 / Encumbered, cancelled"
)
serials = json_blueprint("credit-serials", "/api/credits/serials", "序列号在哪里 / Serials")
sums = json_blueprint("credit-statistics", "/api/credits/statistics", "统计 / Statistics")


@batches.route("/<uuid:batch_id>/encumbrances/<uuid:encumbrance_id>")
class PartEncumbrances(MethodView):
    """Somebody's right to a part of a batch."""

    @batches.arguments(PartEncumbranceSchema)
    @batches.response(201, BatchSchema)
    def put(self, draft: EncumbranceDraft, batch_id: UUID, encumbrance_id: UUID) -> BatchCard:
        """Withdraw a range of serials from sale until it is freed."""
        actor = current_actor()
        with transaction() as session:
            give_name(session, encumbrance_id, actor, now())
            return service.encumber_part(session, actor, batch_id, encumbrance_id, draft, now())


@batches.route("/<uuid:batch_id>/encumbrances/<uuid:encumbrance_id>/lifting")
class Lifting(MethodView):
    """The end of a right."""

    @batches.arguments(LiftingSchema)
    @batches.response(200, BatchSchema)
    def put(self, said: dict[str, str], batch_id: UUID, encumbrance_id: UUID) -> BatchCard:
        """Put back on sale what is left of a range."""
        with transaction() as session:
            return service.free_part(
                session, current_actor(), batch_id, encumbrance_id, said["note"],
                said["document"], now(),
            )  # fmt: skip


@batches.route("/<uuid:batch_id>/cancellations/<uuid:cancellation_id>")
class Cancellations(MethodView):
    """Taking serials out for good."""

    @batches.arguments(CancellationSchema)
    @batches.response(201, BatchSchema)
    def put(self, said: dict[str, Any], batch_id: UUID, cancellation_id: UUID) -> BatchCard:
        """Cancel ranges of a batch; the public register says so, and nothing undoes it."""
        actor = current_actor()
        actor.require(Permission.CREDIT_IMPORT)
        draft = cancellation_of(said)
        with transaction() as session:
            give_name(session, cancellation_id, actor, now())
            return service.cancel(session, actor, batch_id, cancellation_id, draft, now())


@batches.route("/<uuid:batch_id>/history")
class History(MethodView):
    """What became of a batch beside sales."""

    @batches.response(200, HistorySchema)
    @open_to_all
    def get(self, batch_id: UUID) -> dict[str, list[FateCard]]:
        """List rights to a batch, their ends, and cancellations, in order."""
        with snapshot() as session:
            if queries.batch(session, batch_id) is None:
                raise UnknownBatch(batch=str(batch_id))
            found = projects.history(
                session, batch_id=batch_id, with_claimants=sees_all(actor_or_none())
            )
        return {"items": list(found)}


@serials.route("")
class Serials(MethodView):
    """Where serials are."""

    @serials.arguments(SerialQuery, location="query")
    @serials.response(200, SerialFatesSchema)
    @open_to_all
    def get(self, asked: dict[str, str]) -> dict[str, list[public.Fate]]:
        """Find the blocks that hold a serial or a range, in any form, and their fate."""
        with snapshot() as session:
            return {"items": public.fates(session, asked["text"])}


@sums.route("")
class Sums(MethodView):
    """Sums over all credits."""

    @sums.response(200, CreditStatisticsSchema)
    @open_to_all
    def get(self) -> dict[str, Any]:
        """Show what is issued, for sale, held, retired and cancelled, by kind, county, vintage,
        purpose and year; every table adds up to the ledger."""
        with snapshot() as session:
            return on_the_wire(statistics(session))


def on_the_wire(found: Statistics) -> dict[str, Any]:
    """Return the sums as they are sent."""

    def stock(each: Stock) -> dict[str, Any]:
        return {**vars(each), "issued_kg": each.issued_kg}

    def retired(each: Retired) -> dict[str, Any]:
        return vars(each)

    return {
        "total": stock(found.total),
        "by_kind": [stock(each) for each in found.by_kind],
        "by_county": [stock(each) for each in found.by_county],
        "by_vintage": [stock(each) for each in found.by_vintage],
        "retired_by_purpose": [retired(each) for each in found.retired_by_purpose],
        "retired_by_year": [retired(each) for each in found.retired_by_year],
    }
