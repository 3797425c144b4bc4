"""JSON resources of points: wallet, statement, awards."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.db.session import snapshot
from puhui.kernel.clock import now
from puhui.rewards.queries import awards
from puhui.rewards.queries import wallet as wallets
from puhui.rewards.queries.awards import AwardCard
from puhui.rewards.queries.wallet import StatementLine, Wallet
from puhui.rewards.schema.points import AwardSchema, StatementLinePageSchema, WalletSchema
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import current_actor
from puhui.web.paging import Page, PageQuery, page

wallet_resources = json_blueprint("wallet", "/api/wallet", "积分")
award_resources = json_blueprint("awards", "/api/awards", "积分由来")


@wallet_resources.route("")
class OneWallet(MethodView):
    """One's own points."""

    @wallet_resources.response(200, WalletSchema)
    def get(self) -> Wallet:
        """Show one's balance."""
        with snapshot() as session:
            return wallets.wallet(session, current_actor(), now())


@wallet_resources.route("/statement")
class Statement(MethodView):
    """One's own statement."""

    @wallet_resources.arguments(PageQuery, location="query")
    @wallet_resources.response(200, StatementLinePageSchema)
    def get(self, asked: dict[str, Any]) -> Page[StatementLine]:
        """List what moved, newest first, each line with its cause, rule and sum."""
        before = asked["cursor"][0] if asked["cursor"] else None
        with snapshot() as session:
            found = wallets.statement(
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
