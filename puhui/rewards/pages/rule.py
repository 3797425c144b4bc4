"""Pages of the rules of points."""

from flask import render_template
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot
from puhui.kernel.clock import day_of, now
from puhui.rewards.pages.blueprint import pages
from puhui.rewards.queries.rules import changes
from puhui.rewards.queries.rules import rules as rulebook


@pages.get("/rules")
def rule_list() -> ResponseReturnValue:
    """Show what actions earn, every version with its dates and its reason."""
    with snapshot() as session:
        found = rulebook(session)
        coming = changes(session, day_of(now()))
    return render_template("rewards/rules.html", rules=found, changes=coming, today=day_of(now()))
