"""What follows from what has happened."""

from datetime import datetime
from secrets import token_bytes
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.identity.purpose import Purpose
from puhui.outbox.task import steps
from puhui.rewards.queries.deeds import person_of
from puhui.rewards.queries.thresholds import all_thresholds
from puhui.rewards.service import (
    assessment,
    audits,
    awards,
    draws,
    duties,
    handovers,
    lots,
    outings,
    refunds,
    reports,
    reversals,
    standings,
    survivals,
)


def assess_planting(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A planting was logged: weigh it, and decide what the rules can decide."""
    assessment.assess_planting(
        session, UUID(payload["planting_id"]), now, token_bytes(draws.SEED_BYTES)
    )


def award_planting(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A planting was approved: give its points."""
    awards.award_planting(session, UUID(payload["planting_id"]), now)


def award_purchase(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A buyer has claimed a labelled unit: give its points."""
    awards.award_purchase(
        session,
        UUID(payload["serial_id"]),
        UUID(payload["product_id"]),
        UUID(payload["person_id"]),
        now,
        label_code=payload.get("label_code"),
    )


def count_planting(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A planting was approved: count its trees for the planter's duty."""
    duties.count_planting(session, UUID(payload["planting_id"]), now)


def reverse_purchase(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A labelled unit was returned: take the points back of whoever had claimed it."""
    if "person_id" in payload:
        serial_id, person_id = UUID(payload["serial_id"]), UUID(payload["person_id"])
        reversals.reverse_purchase(session, serial_id, person_id, now)


def award_report(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A report was approved: give its points."""
    reports.award_report(session, UUID(payload["report_id"]), now)


def award_recycling(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A labelled unit was taken back for recycling: thank whoever had claimed it."""
    awards.award_recycling(
        session,
        UUID(payload["serial_id"]),
        UUID(payload["person_id"]),
        now,
        label_code=payload["label_code"],
    )


def estimate_removal(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A survey was confirmed: write down what the planting may have removed."""
    survivals.write_estimate(session, UUID(payload["survey_id"]), now)


def count_survival(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A survey was confirmed: dead trees may no longer count for the duty."""
    survivals.count_survival(session, UUID(payload["survey_id"]), now)


def award_survival(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A survey was confirmed: give the points of the trees that live on."""
    survivals.award_survival(session, UUID(payload["survey_id"]), now)


def reverse_never_planted(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A survey was confirmed: take back the points of trees that were never there."""
    survivals.reverse_never_planted(session, UUID(payload["survey_id"]), now)


def end_redemption(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """The time of a redemption is over: let it lapse, or give its points back."""
    refunds.end_due(session, UUID(payload["redemption_id"]), now)


def keep_shop(session: Session, now: datetime) -> None:
    """Tell of redemptions whose time is over; delete addresses that are no longer needed."""
    if all_thresholds(session):
        refunds.call_due(session, now)
        handovers.tidy(session, now)


def begin_night(session: Session, now: datetime) -> None:
    """A day has begun in China: let points mature and expire."""
    lots.begin_night(session, now)


def forget_devices(session: Session, now: datetime) -> None:
    """Forget which device a planting was logged with, once the rules no longer ask."""
    assessment.forget_devices(session, now)


def forget_names(session: Session, now: datetime) -> None:
    """Forget the names of groups whose outings are long over."""
    outings.forget_names(session, now)


def draw_audits(session: Session, now: datetime) -> None:
    """A month is over: draw what is audited of it."""
    audits.draw_due(session, now)


night = steps(lots.night)


def rank_planter(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A planting was approved, or is doubted: count its planter anew."""
    whose = person_of(session, "planting", UUID(payload["planting_id"]))
    standings.recount_person(session, whose, now)


def rank_reported(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A report was approved: count whose deed it was anew."""
    whose = person_of(session, "report", UUID(payload["report_id"]))
    standings.recount_person(session, whose, now)


def rank_surveyed(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A survey was confirmed: count the planter anew."""
    whose = person_of(session, "survey", UUID(payload["survey_id"]))
    standings.recount_person(session, whose, now)


def rank_recycler(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A unit went back for recycling: count whoever brought it anew."""
    standings.recount_person(session, UUID(payload["person_id"]), now)


def rank_consenting(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Somebody has agreed to be ranked: let them stand where they belong."""
    if payload["purpose"] == Purpose.RANKING:
        standings.recount_person(session, UUID(payload["person_id"]), now)


def recount_places(session: Session, now: datetime) -> None:
    """Count teams, counties and cities anew."""
    standings.recount_places(session, now)
