"""JSON resources of what becomes of serials that nobody buys."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.credits import queries, service
from puhui.credits.api.blueprint import blueprint
from puhui.credits.api.project import sees_all
from puhui.credits.batch import Encumbrance
from puhui.credits.encumbrance import EncumbranceDraft
from puhui.credits.errors import UnknownBatch
from puhui.credits.queries import BatchCard, fates
from puhui.credits.queries.fates import FateCard
from puhui.credits.schema.batch import BatchSchema
from puhui.credits.schema.fate import (
    CancellationSchema,
    EncumbranceSchema,
    HistorySchema,
    LiftingSchema,
    PartEncumbranceSchema,
    cancellation_of,
)
from puhui.db.session import snapshot, transaction
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import actor_or_none, current_actor, open_to_all
from puhui.web.idempotency import give_name


@blueprint.route("/batches/<uuid:batch_id>/encumbrance")
class BatchEncumbrance(MethodView):
    """Somebody's right to a batch."""

    @blueprint.arguments(EncumbranceSchema)
    @blueprint.response(200, BatchSchema)
    def put(self, said: dict[str, Any], batch_id: UUID) -> queries.BatchCard:
        """Withdraw a batch from sale, or free it again."""
        with transaction() as session:
            return service.encumber(
                session,
                current_actor(),
                batch_id,
                Encumbrance(said["encumbrance"]),
                said["note"],
                now(),
                said["claimant"],
                said["document"],
            )


batches = json_blueprint(
    "credit-batches", "/api/credits/batches", "批次的权利限制、取消和历史 / Encumbered, cancelled"
)


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
            found = fates.history(
                session, batch_id=batch_id, with_claimants=sees_all(actor_or_none())
            )
        return {"items": list(found)}
