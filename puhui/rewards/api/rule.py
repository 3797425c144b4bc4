"""JSON resources of the rules of points."""

from flask.views import MethodView

from puhui.db.session import snapshot
from puhui.rewards.points import Rule
from puhui.rewards.queries.rules import rules
from puhui.rewards.schema.rule import RulePageSchema
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import open_to_all
from puhui.web.paging import MOST, Page

rule_resources = json_blueprint("rules", "/api/rules", "积分规则")


@rule_resources.route("")
class Rules(MethodView):
    """What actions earn."""

    @open_to_all
    @rule_resources.response(200, RulePageSchema)
    def get(self) -> Page[Rule]:
        """List every published version of every rule of points."""
        with snapshot() as session:
            return Page(rules(session)[:MOST], None)
