"""JSON resource of bundles that could be bought."""

from dataclasses import asdict
from typing import Any

from flask.views import MethodView
from sqlalchemy.orm import Session

from puhui.credits import service
from puhui.credits.api.blueprint import blueprint
from puhui.credits.bundle import Line, Proposal
from puhui.credits.schema.proposal import Asked, ProposalQuery, ProposalSchema, reasons
from puhui.db.session import snapshot
from puhui.kernel.clock import now
from puhui.web.guard import open_to_all


@blueprint.route("/proposals")
class Proposals(MethodView):
    """Bundles that could be bought."""

    @blueprint.arguments(ProposalQuery, location="query")
    @blueprint.response(200, ProposalSchema)
    @blueprint.alt_response(409, "CONFLICT")
    @open_to_all
    def get(self, asked: Asked) -> dict[str, Any]:
        """Show the best bundle on sale now for a need, or for a budget. Keeps nothing."""
        with snapshot() as session:
            found = proposal_for(session, asked)
        return {
            **asdict(found),
            "total_kg": found.total_kg,
            "surplus_kg": found.surplus_kg,
            "lines": [line_on_the_wire(line) for line in found.lines],
        }


def proposal_for(session: Session, asked: Asked) -> Proposal:
    """Return the bundle for what was asked: a need, or a budget.

    Raises:
        NotEnoughCredits, BudgetTooSmall: as the services do.
    """
    if asked.need_kg is not None:
        return service.propose(session, asked.need_kg, asked.wishes, now())
    assert asked.budget_fen is not None
    return service.propose_for_budget(session, asked.budget_fen, asked.wishes, now())


def line_on_the_wire(line: Line) -> dict[str, Any]:
    """Return so much of a batch as it is sent, with the reasons for it."""
    return {**asdict(line), "why": reasons(line)}
