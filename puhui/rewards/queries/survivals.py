"""Surveys of plantings, and what is estimated of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import any_, column, exists, func, select, table, tuple_
from sqlalchemy.orm import Session

from puhui.identity.queries import erased_people, is_member
from puhui.kernel.actor import Actor, Permission
from puhui.rewards.errors import NoSuchPlanting, NoSuchSurvey
from puhui.rewards.estimate import UNKNOWN_WORDS, Unknown
from puhui.rewards.model.planting import Planting, PlantingPhoto
from puhui.rewards.model.survival import RemovalEstimate, Survey
from puhui.rewards.planting import State
from puhui.rewards.points import Said
from puhui.rewards.queries.bases import base
from puhui.rewards.queries.plantings import shares_organisation
from puhui.rewards.species import catalogue
from puhui.rewards.survival import CHECKS, WINDOWS, Before, Stage, SurveyDraft, due_on


@dataclass(frozen=True)
class SurveyCard:
    """A survey, and what became of the report."""

    survey_id: UUID
    reported_by: UUID
    draft: SurveyDraft
    alive_before: int
    state: str
    reported_at: datetime
    decided_at: datetime | None
    reason: str | None


@dataclass(frozen=True)
class EstimateCard:
    """A line of the book of estimates. Masses are grams of carbon dioxide."""

    estimate_id: UUID
    survey_id: UUID
    method: str
    days: int
    alive: int
    size_from: str | None
    least_g: int | None
    most_g: int | None
    unknown: Unknown | None
    made_of: dict[str, Any]
    estimated_at: datetime

    @property
    def why_unknown(self) -> Said | None:
        """Return why there is no estimate, in words."""
        return None if self.unknown is None else Said(UNKNOWN_WORDS[self.unknown], {})


@dataclass(frozen=True)
class Step:
    """One stage of a planting's life: its survey, or the day it is due."""

    stage: Stage
    due_on: date | None
    survey: SurveyCard | None
    is_open: bool
    """Whether it can be surveyed today."""


@dataclass(frozen=True)
class Life:
    """A planting's later life."""

    planting_id: UUID
    planted: int
    planted_on: date
    alive: int
    steps: tuple[Step, ...]
    estimates: tuple[EstimateCard, ...]
    may_report: bool
    sees_photos: bool
    """Whether the reader may see photographs that others have sent."""

    @property
    def estimate(self) -> EstimateCard | None:
        """Return what is estimated today, None before the first survival check."""
        return self.estimates[-1] if self.estimates else None


def card_of(row: Survey) -> SurveyCard:
    """Return a survey as its readers see it."""
    return SurveyCard(
        row.survey_id,
        row.reported_by,
        row.draft,
        row.alive_before,
        row.state,
        row.reported_at,
        row.decided_at,
        row.reason,
    )


def _estimate_card(row: RemovalEstimate) -> EstimateCard:
    return EstimateCard(
        row.estimate_id,
        row.survey_id,
        row.method,
        row.days,
        row.alive,
        row.size_from,
        row.least_g,
        row.most_g,
        Unknown(row.unknown) if row.unknown else None,
        row.made_of,
        row.estimated_at,
    )


def may_look(session: Session, actor: Actor, planting: Planting) -> bool:
    """Whether the actor may see a planting's later life: planter, base, verifiers, auditors."""
    return (
        planting.person_id == actor.person_id
        or actor.may(Permission.PLANTING_REVIEW)
        or actor.may(Permission.AUDIT_READ)
        or looks_after(session, actor, planting)
    )


def looks_after(session: Session, actor: Actor, planting: Planting) -> bool:
    """Whether the actor belongs to the organisation that looks after the planting's base."""
    organisation_id = base(session, planting.base_id).organisation_id
    return organisation_id is not None and is_member(session, actor, organisation_id)


def may_report(session: Session, actor: Actor, planting: Planting) -> bool:
    """Whether the actor may report a survey: the planter, the base's people, a verifier."""
    return (
        planting.person_id == actor.person_id
        or actor.may(Permission.PLANTING_REVIEW)
        or looks_after(session, actor, planting)
    )


def is_near(session: Session, actor: Actor, planting: Planting) -> bool:
    """Whether the actor is too near to a planting to confirm its surveys."""
    return planting.person_id == actor.person_id or shares_organisation(
        session, actor, planting.person_id
    )


def last_confirmed(session: Session, planting_id: UUID) -> Survey | None:
    """Return the planting's last confirmed survey."""
    return session.scalar(
        select(Survey)
        .where(Survey.planting_id == planting_id, Survey.state == "confirmed")
        .order_by(Survey.surveyed_on.desc(), Survey.alive)
        .limit(1)
    )


def before(session: Session, planting: Planting) -> Before:
    """Return what is known of a planting before its next survey."""
    last = last_confirmed(session, planting.planting_id)
    return Before(
        planting.trees,
        planting.planted_on,
        planting.trees if last is None else last.alive,
        catalogue()[planting.species].form,
    )


def has_been_checked(session: Session, planting_id: UUID, until: date) -> bool:
    """Whether a survival check of the planting was confirmed for that day or one before."""
    found = session.scalar(
        select(
            exists().where(
                Survey.planting_id == planting_id,
                Survey.state == "confirmed",
                Survey.stage.in_(CHECKS),
                Survey.surveyed_on <= until,
            )
        )
    )
    return bool(found)


_PHOTOS = table("evidence_photo", column("photo_id"), column("original_sha256"))


def photo_is_used(session: Session, originals: Sequence[bytes], survey_id: UUID) -> bool:
    """Whether one of these originals supports a planting or another survey already."""
    in_planting = session.scalar(
        select(exists().where(PlantingPhoto.original_sha256.in_(originals)))
    )
    in_survey = session.scalar(
        select(func.count())
        .select_from(Survey)
        .join(_PHOTOS, _PHOTOS.c.photo_id == any_(Survey.photo_ids))
        .where(
            _PHOTOS.c.original_sha256.in_(originals),
            Survey.survey_id != survey_id,
            Survey.state != "refused",
        )
    )
    return bool(in_planting or in_survey)


def survey(session: Session, actor: Actor, survey_id: UUID) -> SurveyCard:
    """Return a survey to whoever may see the planting's later life.

    Raises:
        NoSuchSurvey: there is none, or it is not theirs to see; the two look the same.
    """
    row = session.get(Survey, survey_id)
    if row is None or not may_look(session, actor, session.get_one(Planting, row.planting_id)):
        raise NoSuchSurvey(survey=str(survey_id))
    return card_of(row)


def surveys_waiting(
    session: Session,
    actor: Actor,
    *,
    after: tuple[datetime, UUID] | None = None,
    most: int = 50,
) -> Sequence[SurveyCard]:
    """Return the reported surveys that the verifier may confirm, oldest first.

    Raises:
        Forbidden: the actor is no verifier.
    """
    actor.require(Permission.PLANTING_REVIEW)
    query = (
        select(Survey, Planting)
        .join(Planting, Planting.planting_id == Survey.planting_id)
        .where(
            Survey.state == "reported",
            Survey.reported_by != actor.person_id,
            Survey.reported_by.not_in(erased_people()),
        )
    )
    if after is not None:
        query = query.where(tuple_(Survey.reported_at, Survey.survey_id) > after)
    rows = session.execute(query.order_by(Survey.reported_at, Survey.survey_id).limit(most)).all()
    return [card_of(row) for row, planting in rows if not is_near(session, actor, planting)]


def life(session: Session, actor: Actor, planting_id: UUID, today: date) -> Life:
    """Return a planting's later life to whoever may see it.

    Raises:
        NoSuchPlanting: there is none, or it is not theirs to see; the two look the same.
    """
    planting = session.get(Planting, planting_id)
    if planting is None or not may_look(session, actor, planting):
        raise NoSuchPlanting(planting=str(planting_id))
    rows = session.scalars(
        select(Survey)
        .where(Survey.planting_id == planting_id)
        .order_by(Survey.surveyed_on, Survey.reported_at)
    ).all()
    estimates = session.scalars(
        select(RemovalEstimate)
        .where(RemovalEstimate.planting_id == planting_id)
        .order_by(RemovalEstimate.days, RemovalEstimate.alive.desc())
    )
    approved = planting.state == State.APPROVED
    return Life(
        planting_id,
        planting.trees,
        planting.planted_on,
        before(session, planting).alive,
        tuple(_steps(planting.planted_on, [card_of(row) for row in rows], today)),
        tuple(_estimate_card(row) for row in estimates),
        approved and may_report(session, actor, planting),
        actor.may(Permission.PLANTING_REVIEW) or actor.may(Permission.AUDIT_READ),
    )


def _steps(planted_on: date, cards: Sequence[SurveyCard], today: date) -> list[Step]:
    days = (today - planted_on).days
    steps = [Step(card.draft.stage, None, card, is_open=False) for card in cards]
    done = {card.draft.stage for card in cards if card.state != "refused"}
    steps += [
        Step(stage, due_on(planted_on, stage), None, window.opens <= days <= window.closes)
        for stage, window in WINDOWS.items()
        if stage not in done
    ]
    return sorted(
        steps,
        key=lambda step: step.survey.draft.surveyed_on if step.survey else step.due_on or today,
    )
