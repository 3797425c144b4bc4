"""JSON resources of claims whose points may wait, and of shops whose claims wait together."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.kernel.clock import now
from puhui.rewards.queries import claims as queries
from puhui.rewards.queries.claims import ClaimCard, FreezeCard, WeighedClaim
from puhui.rewards.schema.claim import (
    ClaimAppealDraftSchema,
    ClaimDecisionSchema,
    FreezeLiftSchema,
    ShopFreezePageSchema,
    ShopFreezeSchema,
    UnitClaimPageSchema,
    UnitClaimSchema,
    WeighedClaimSchema,
)
from puhui.rewards.schema.second_look import AppealDecisionSchema
from puhui.rewards.service import held_claims as service
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import current_actor
from puhui.web.paging import MOST, Page

claim_resources = json_blueprint("claims", "/api/claims", "领取")
claim_appeal_resources = json_blueprint("claim-appeals", "/api/claim-appeals", "领取的申诉")
freeze_resources = json_blueprint("shop-freezes", "/api/shop-freezes", "暂停核查的商店")


@claim_resources.route("")
class Claims(MethodView):
    """What one has claimed."""

    @claim_resources.response(200, UnitClaimPageSchema)
    def get(self) -> Page[ClaimCard]:
        """List one's own weighed claims, the newest first."""
        with snapshot() as session:
            return Page(queries.claims_of(session, current_actor(), MOST), None)


@claim_resources.route("/held")
class HeldClaims(MethodView):
    """What waits for somebody to look."""

    @claim_resources.response(200, UnitClaimPageSchema)
    def get(self) -> Page[ClaimCard]:
        """List the held claims that one may decide, the gravest first."""
        with snapshot() as session:
            return Page(queries.waiting(session, current_actor(), MOST), None)


@claim_resources.route("/<uuid:serial_id>")
class OneClaim(MethodView):
    """A claim, named like the unit."""

    @claim_resources.response(200, WeighedClaimSchema)
    def get(self, serial_id: UUID) -> WeighedClaim:
        """Show a claim and what the rules saw in it, to its buyer, a reviewer or an auditor."""
        with snapshot() as session:
            return queries.weighed(session, queries.claim(session, current_actor(), serial_id))


@claim_resources.route("/<uuid:serial_id>/decision")
class ClaimDecision(MethodView):
    """What is decided of a held claim; there is one decision, so it needs no further name."""

    @claim_resources.arguments(ClaimDecisionSchema)
    @claim_resources.response(200, UnitClaimSchema)
    def post(self, said: dict[str, Any], serial_id: UUID) -> ClaimCard:
        """Let a held claim's points go on, or take them back; again changes nothing."""
        with transaction() as session:
            return service.decide_claim(session, current_actor(), serial_id, now=now(), **said)


@claim_appeal_resources.route("")
class ClaimAppeals(MethodView):
    """What waits for somebody else."""

    @claim_appeal_resources.response(200, UnitClaimPageSchema)
    def get(self) -> Page[ClaimCard]:
        """List the appealed refusals of claims that one may decide, the oldest first."""
        with snapshot() as session:
            return Page(queries.appeals_waiting(session, current_actor(), MOST), None)


@claim_appeal_resources.route("/<uuid:appeal_id>")
class OneClaimAppeal(MethodView):
    """An appeal, named by whoever files it."""

    @claim_appeal_resources.arguments(ClaimAppealDraftSchema)
    @claim_appeal_resources.response(201, UnitClaimSchema)
    def put(self, draft: dict[str, Any], appeal_id: UUID) -> ClaimCard:
        """Appeal against the refusal of one's own claim; the same again changes nothing."""
        with transaction() as session:
            return service.appeal_claim(session, current_actor(), appeal_id, now=now(), **draft)


@claim_appeal_resources.route("/<uuid:appeal_id>/decision")
class ClaimAppealDecision(MethodView):
    """What is decided of an appeal; there is one decision."""

    @claim_appeal_resources.arguments(AppealDecisionSchema)
    @claim_appeal_resources.response(200, UnitClaimSchema)
    def post(self, said: dict[str, Any], appeal_id: UUID) -> ClaimCard:
        """Decide an appeal against somebody else's refusal; again changes nothing."""
        with transaction() as session:
            return service.decide_claim_appeal(
                session, current_actor(), appeal_id, now=now(), **said
            )


@freeze_resources.route("")
class ShopFreezes(MethodView):
    """Shops whose claims wait together."""

    @freeze_resources.response(200, ShopFreezePageSchema)
    def get(self) -> Page[FreezeCard]:
        """List the shops whose claims wait, the oldest first."""
        with snapshot() as session:
            return Page(queries.freezes_waiting(session, current_actor(), MOST), None)


@freeze_resources.route("/<uuid:freeze_id>/lifting")
class FreezeLifting(MethodView):
    """That a shop's claims go on; a freeze is lifted once."""

    @freeze_resources.arguments(FreezeLiftSchema)
    @freeze_resources.response(200, ShopFreezeSchema)
    def post(self, said: dict[str, Any], freeze_id: UUID) -> FreezeCard:
        """Let a shop's claims go on that wait for its sake alone; again changes nothing."""
        with transaction() as session:
            return service.lift_freeze(session, current_actor(), freeze_id, said["words"], now())
