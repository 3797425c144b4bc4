"""JSON resources of the later life of trees."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.kernel.clock import day_of, now
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.quantity import plain
from puhui.kernel.text import N_
from puhui.rewards.allometry import Group, Term, TreeEstimate, equations, estimates, proxies
from puhui.rewards.api.duty import reason_of
from puhui.rewards.queries import survivals as queries
from puhui.rewards.queries.survivals import Life, SurveyCard
from puhui.rewards.schema.survival import (
    EquationPageSchema,
    LifeSchema,
    SurveyDraftSchema,
    SurveyListQuery,
    SurveyPageSchema,
    SurveySchema,
    SurveyVerdictSchema,
    TreeFigurePageSchema,
    TreeQuery,
)
from puhui.rewards.service import survivals as service
from puhui.rewards.species import catalogue
from puhui.rewards.survival import SurveyDraft
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import current_actor, open_to_all
from puhui.web.paging import MOST, Page, page

survey_resources = json_blueprint("surveys", "/api/surveys", "成活调查")
life_resources = json_blueprint("lives", "/api/plantings", "树的后来")
equation_resources = json_blueprint("equations", "/api/equations", "生物量方程")


@survey_resources.route("")
class Surveys(MethodView):
    """What waits for the verifier."""

    @survey_resources.arguments(SurveyListQuery, location="query")
    @survey_resources.response(200, SurveyPageSchema)
    def get(self, asked: dict[str, Any]) -> Page[dict[str, Any]]:
        """List the reported surveys that the verifier may confirm, oldest first."""
        with snapshot() as session:
            found = queries.surveys_waiting(
                session, current_actor(), after=asked["cursor"], most=asked["limit"] + 1
            )
        shown = page(found, asked["limit"], lambda card: (card.reported_at, card.survey_id))
        return Page([written(card) for card in shown.items], shown.next)


@survey_resources.route("/<uuid:survey_id>")
class OneSurvey(MethodView):
    """A survey, named by whoever reports it."""

    @survey_resources.arguments(SurveyDraftSchema)
    @survey_resources.response(201, SurveySchema)
    def put(self, draft: SurveyDraft, survey_id: UUID) -> dict[str, Any]:
        """Report what was seen of a planting; the same again changes nothing."""
        with transaction() as session:
            return written(service.report_survey(session, current_actor(), survey_id, draft, now()))

    @survey_resources.response(200, SurveySchema)
    def get(self, survey_id: UUID) -> dict[str, Any]:
        """Show a survey to whoever may see the planting's later life."""
        with snapshot() as session:
            return written(queries.survey(session, current_actor(), survey_id))


@survey_resources.route("/<uuid:survey_id>/verdict")
class SurveyVerdict(MethodView):
    """A verifier's verdict; a survey has one, so it needs no further name."""

    @survey_resources.arguments(SurveyVerdictSchema)
    @survey_resources.response(200, SurveySchema)
    def post(self, verdict: dict[str, Any], survey_id: UUID) -> dict[str, Any]:
        """Confirm a reported survey, or refuse it; the same again changes nothing."""
        reason = reason_of(confirmed=verdict["confirmed"], reason=verdict["reason"])
        with transaction() as session:
            return written(
                service.decide_survey(session, current_actor(), survey_id, reason, now())
            )


@life_resources.route("/<uuid:planting_id>/life")
class OneLife(MethodView):
    """What has become of a planting."""

    @life_resources.response(200, LifeSchema)
    def get(self, planting_id: UUID) -> dict[str, Any]:
        """Show surveys, what is due, and estimates: planter, base, verifiers, auditors."""
        with snapshot() as session:
            found = queries.life(session, current_actor(), planting_id, day_of(now()))
        return _life(found)


def written(card: SurveyCard) -> dict[str, Any]:
    """Return a survey as it is sent."""
    deaths = [{"cause": cause, "trees": trees} for cause, trees in card.draft.deaths]
    return {**vars(card), "deaths": deaths}


def _life(found: Life) -> dict[str, Any]:
    steps = [{**vars(step), "survey": step.survey and written(step.survey)} for step in found.steps]
    return {**vars(found), "steps": steps}


@equation_resources.route("")
class Equations(MethodView):
    """The published equations that estimates are made of."""

    @open_to_all
    @equation_resources.response(200, EquationPageSchema)
    def get(self) -> Page[Term]:
        """List every row of every equation with its species, range and source."""
        return Page(list(equations())[:MOST], None)


@equation_resources.route("/tree")
class OneTree(MethodView):
    """What the equations say of one tree."""

    @open_to_all
    @equation_resources.arguments(TreeQuery, location="query")
    @equation_resources.response(200, TreeFigurePageSchema)
    def get(self, asked: dict[str, Any]) -> Page[dict[str, Any]]:
        """Compute one tree by every fitting equation, so that anybody can check a figure."""
        species, size = asked["species"], (asked["dbh_cm"], asked["height_m"])
        if species in set(Group):
            return Page([_figure(one) for one in proxies(Group(species), *size)], None)
        if species not in catalogue():
            message = N_("树种目录里没有这个树种，请从目录中选择")
            raise Invalid([Fault("unknown_species", message, field="species")])
        return Page([_figure(one) for one in estimates(species, *size)], None)


def _figure(one: TreeEstimate) -> dict[str, Any]:
    return {
        "equation": one.equation,
        "above_kg": plain(one.above_kg),
        "below_kg": plain(one.below_kg),
        "biomass_kg": plain(one.biomass_kg),
        "carbon_kg": plain(one.carbon_kg),
        "co2_kg": plain(one.co2.value),
        "parts": [{"part": str(part), "kg": plain(kg)} for part, kg in one.by_part_kg.items()],
        "use": one.use,
        "sources": list(one.sources),
    }
