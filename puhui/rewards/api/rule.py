"""JSON resources of the rules of points."""

from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.kernel.clock import day_of, now
from puhui.rewards.points import Rule
from puhui.rewards.queries.rules import Change, changes, rules
from puhui.rewards.rulebook import RuleDraft
from puhui.rewards.schema.rule import (
    RuleChangePageSchema,
    RuleDraftSchema,
    RulePageSchema,
    RuleSchema,
)
from puhui.rewards.service.rules import publish_rule
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import current_actor, open_to_all
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


@rule_resources.route("/changes")
class Changes(MethodView):
    """What will be different."""

    @open_to_all
    @rule_resources.response(200, RuleChangePageSchema)
    def get(self) -> Page[Change]:
        """List what has been announced and does not hold yet, the nearest first."""
        with snapshot() as session:
            return Page(changes(session, day_of(now()))[:MOST], None)


@rule_resources.route("/<string:key>/<string:version>")
class OneRule(MethodView):
    """A version of a rule, named by the operator who publishes it."""

    @rule_resources.arguments(RuleDraftSchema)
    @rule_resources.response(201, RuleSchema)
    def put(self, draft: RuleDraft, key: str, version: str) -> Rule:
        """Publish a version that begins on a later day; the same again changes nothing."""
        with transaction() as session:
            return publish_rule(session, current_actor(), key, version, draft, now())
