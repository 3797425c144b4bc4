"""Pages of the later life of trees: report a survey, confirm one."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.evidence.queries import PhotoCard
from puhui.kernel.actor import Actor
from puhui.kernel.clock import day_of, now
from puhui.kernel.errors import DomainError, Fault, Forbidden, Invalid
from puhui.kernel.text import N_
from puhui.rewards.pages.blueprint import pages
from puhui.rewards.pages.photo import take_photos
from puhui.rewards.pages.place import cursor_asked
from puhui.rewards.pages.verdict import take_verdict
from puhui.rewards.queries import plantings
from puhui.rewards.queries import survivals as queries
from puhui.rewards.queries.survivals import EstimateCard, Life
from puhui.rewards.schema.survival import SurveyFormSchema
from puhui.rewards.service import survivals as service
from puhui.rewards.species import Form
from puhui.rewards.survival import CAUSE_NAMES, STAGE_NAMES, DeathCause, Stage, SurveyDraft
from puhui.web import locale
from puhui.web.limits import limited
from puhui.web.pages import (
    form_name,
    read_form,
    redirect_after_post,
    render_faults,
    signed_in,
)
from puhui.web.paging import USUAL, page

WIDTH = 1000
"""Width of a drawing, in its own units."""


@dataclass(frozen=True)
class EstimateLine:
    """An estimate as it is drawn: kilograms in words, and places along one common scale."""

    card: EstimateCard
    least_kg: str = ""
    most_kg: str = ""
    x: int = 0
    width: int = 0
    marks: tuple[int, ...] = ()

    @property
    def single(self) -> bool:
        """Whether one equation alone made it."""
        counted = [one for one in self.card.made_of["figures"] if not one["is_check"]]
        return len(counted) == 1


@pages.context_processor
def _words() -> dict[str, object]:
    return {"stage_names": STAGE_NAMES, "cause_names": CAUSE_NAMES}


@pages.app_template_filter("rounded_kg")
def rounded_kg(number: str) -> str:
    """Return a number for reading, with at most two decimals; the whole of it is in the API."""
    return f"{Decimal(number):.2f}".rstrip("0").rstrip(".")


@pages.app_template_filter("estimate_lines")
def estimate_lines(life: Life) -> list[EstimateLine]:
    """Return the estimates of a planting on one scale, the latest first."""
    most = max((card.most_g or 0 for card in life.estimates), default=0)
    return [_line(card, most) for card in reversed(life.estimates)]


def _line(card: EstimateCard, most: int) -> EstimateLine:
    if card.least_g is None or card.most_g is None:
        return EstimateLine(card)
    marks = [Decimal(one["co2_kg"]) * 1000 for one in card.made_of["figures"]]
    first = _at(Decimal(card.least_g), most)
    return EstimateLine(
        card,
        _kg(card.least_g, ROUND_FLOOR),
        _kg(card.most_g, ROUND_CEILING),
        first,
        max(6, _at(Decimal(card.most_g), most) - first),
        tuple(min(WIDTH - 6, _at(mark, most)) for mark in marks),
    )


def _at(grams: Decimal, most: int) -> int:
    return int(grams * WIDTH / most) if most else 0


def _kg(grams: int, direction: str) -> str:
    """Return grams as kilograms with one decimal, down at the least and up at the most."""
    return str((Decimal(grams) / 1000).quantize(Decimal("0.1"), rounding=direction))


@pages.get("/plantings/<uuid:planting_id>/survey")
def new_survey(planting_id: UUID) -> ResponseReturnValue:
    """Show the form for a survey of a planting."""
    actor = signed_in()
    return render_template("rewards/survey.html", **_form(actor, planting_id, ()))


@pages.post("/plantings/<uuid:planting_id>/survey")
@limited("60/hour", "upload")
def report_survey(planting_id: UUID) -> ResponseReturnValue:
    """Report what was seen of a planting; photographs are kept whatever else is wrong."""
    actor = signed_in()
    shown = _form(actor, planting_id, ())
    kept, faults = take_photos(actor)
    try:
        draft = _draft(planting_id, kept, faults)
        with transaction() as session:
            service.report_survey(session, actor, form_name(), draft, now())
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("rewards/survey.html", error, **{**shown, "kept": kept})
    return redirect_after_post(url_for("rewards_pages.planting", planting_id=planting_id))


def _draft(planting_id: UUID, kept: Iterable[PhotoCard], faults: list[Fault]) -> SurveyDraft:
    """Return what the form says.

    Raises:
        Invalid: with everything wrong in the fields and the photographs.
    """
    said: dict[str, Any] = {}
    try:
        said = read_form(SurveyFormSchema)
    except Invalid as refusal:
        faults = [*refusal.faults, *faults]
    photo_ids = tuple(card.photo_id for card in kept)
    if not photo_ids and not faults:
        faults = [Fault("photo_missing", N_("请拍一张照片"), field="photo")]
    if faults:
        raise Invalid([replace(f, field="photo") if f.field == "photo_ids" else f for f in faults])
    return SurveyDraft(planting_id, **{**said, "photo_ids": photo_ids})


def _form(actor: Actor, planting_id: UUID, kept: Iterable[PhotoCard]) -> dict[str, Any]:
    today = day_of(now())
    with snapshot() as session:
        card = plantings.planting(session, actor, planting_id)
        life = queries.life(session, actor, planting_id, today)
    open_now = [step.stage for step in life.steps if step.is_open]
    asked = request.args.get("stage", "")
    offered = [*open_now, Stage.INCIDENT]
    return {
        "card": card,
        "alive": life.alive,
        "stages": [(stage, locale.said(STAGE_NAMES[stage])) for stage in offered],
        "stage": asked if asked in offered else offered[0],
        "causes": [(cause, locale.said(CAUSE_NAMES[cause])) for cause in DeathCause],
        "by_area": card.species.form in {Form.BAMBOO, Form.MANGROVE},
        "today": today,
        "kept": kept,
    }


@pages.get("/surveys")
def surveys_waiting() -> ResponseReturnValue:
    """Show a verifier the surveys that wait."""
    return render_template("rewards/surveys.html", **_waiting(signed_in()))


@pages.post("/surveys/<uuid:survey_id>/verdict")
def decide_survey(survey_id: UUID) -> ResponseReturnValue:
    """Confirm a survey, or refuse it with a reason."""
    return take_verdict(
        lambda session, actor, reason: service.decide_survey(
            session, actor, survey_id, reason, now()
        ),
        "rewards/surveys.html",
        _waiting,
        url_for("rewards_pages.surveys_waiting"),
    )


def _waiting(actor: Actor) -> dict[str, Any]:
    with snapshot() as session:
        found = queries.surveys_waiting(session, actor, after=cursor_asked(), most=USUAL + 1)
        about = plantings.by_id(session, [card.draft.planting_id for card in found])
    return {
        "waiting": page(found, USUAL, lambda card: (card.reported_at, card.survey_id)),
        "plantings": about,
    }
