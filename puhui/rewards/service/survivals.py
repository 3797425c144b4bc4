"""Survey what was planted, confirm what was seen, and write down what follows."""

from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.evidence import queries as evidence
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import day_of
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.quantity import plain
from puhui.kernel.text import N_
from puhui.outbox.service import publish
from puhui.rewards import survival as rules
from puhui.rewards.errors import (
    NameTaken,
    NoSuchPlanting,
    NoSuchSurvey,
    NotApprovedYet,
    OwnSurvey,
    StageSurveyed,
    SurveyOutdated,
)
from puhui.rewards.estimate import METHOD, Estimate, estimate
from puhui.rewards.growth import Size
from puhui.rewards.model.planting import Planting
from puhui.rewards.model.survival import RemovalEstimate, Survey
from puhui.rewards.planting import State
from puhui.rewards.queries import awards
from puhui.rewards.queries import survivals as queries
from puhui.rewards.queries.survivals import SurveyCard
from puhui.rewards.service import duties
from puhui.rewards.service.awards import Cause, award
from puhui.rewards.service.reversals import reverse
from puhui.rewards.survival import SurveyDraft


def report_survey(
    session: Session, actor: Actor, survey_id: UUID, draft: SurveyDraft, now: datetime
) -> SurveyCard:
    """Report what was seen of a planting; the same again changes nothing.

    A verifier who is not near to the planting confirms by reporting; anybody else's report waits
    for one.

    Raises:
        NoSuchPlanting: there is none that the actor may survey.
        NotApprovedYet: nobody has verified it.
        Invalid: with everything that cannot be right.
        StageSurveyed: the stage has a survey already.
        NameTaken: the name was used for another survey.
    """
    actor.require(Permission.PLANTING_LOG)
    planting = session.get(Planting, draft.planting_id, with_for_update=True)
    if planting is None or not queries.may_report(session, actor, planting):
        raise NoSuchPlanting(planting=str(draft.planting_id))
    row = session.get(Survey, survey_id)
    if row is None:
        row = _report(session, actor, survey_id, planting, draft, now)
    if (row.reported_by, row.draft) != (actor.person_id, draft):
        raise NameTaken(survey=str(survey_id))
    return queries.card_of(row)


def _report(
    session: Session,
    actor: Actor,
    survey_id: UUID,
    planting: Planting,
    draft: SurveyDraft,
    now: datetime,
) -> Survey:
    if planting.state != State.APPROVED:
        raise NotApprovedYet(planting=str(planting.planting_id))
    before = queries.before(session, planting)
    faults = rules.judge(draft, before, day_of(now))
    faults += _photo_faults(session, actor, survey_id, draft)
    last = queries.last_confirmed(session, planting.planting_id)
    if last is not None and draft.surveyed_on < last.surveyed_on:
        message = N_("已有更晚的调查得到确认")
        faults.append(Fault("earlier_than_the_last", message, field="surveyed_on"))
    if faults:
        raise Invalid(faults)
    made = session.scalar(
        insert(Survey)
        .values(
            survey_id=survey_id,
            planting_id=planting.planting_id,
            stage=draft.stage,
            reported_by=actor.person_id,
            surveyed_on=draft.surveyed_on,
            alive_before=before.alive,
            alive=draft.alive,
            deaths=dict(draft.deaths),
            dbh_cm=draft.dbh_cm,
            height_m=draft.height_m,
            area_m2=draft.area_m2,
            photo_ids=list(draft.photo_ids),
            words=draft.words,
            state="reported",
            reported_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Survey.survey_id)
    )
    row = session.get(Survey, survey_id)
    if row is None:
        raise StageSurveyed(planting=str(planting.planting_id), stage=str(draft.stage))
    alone = actor.may(Permission.PLANTING_REVIEW)
    if made and alone and not queries.is_near(session, actor, planting):
        _decide(session, actor, row, None, now)
    return row


def _photo_faults(
    session: Session, actor: Actor, survey_id: UUID, draft: SurveyDraft
) -> list[Fault]:
    known = evidence.cards(session, draft.photo_ids)
    if any(
        photo_id not in known or known[photo_id].person_id != actor.person_id
        for photo_id in draft.photo_ids
    ):
        return [Fault("unknown_photo", N_("没有找到照片，请重新上传"), field="photo_ids")]
    originals = [card.original_sha256 for card in known.values()]
    if originals and queries.photo_is_used(session, originals, survey_id):
        message = N_("照片已用于别的植树或调查记录，请换一张")
        return [Fault("photo_used", message, field="photo_ids")]
    return []


def decide_survey(
    session: Session, actor: Actor, survey_id: UUID, reason: str | None, now: datetime
) -> SurveyCard:
    """Confirm a reported survey, from which the later stages follow, or refuse it for a reason.

    The same verdict by the same verifier changes nothing.

    Raises:
        Forbidden: the actor is no verifier.
        NoSuchSurvey: there is none.
        OwnSurvey: planting or report is too near to the actor.
        SurveyDecided: it was decided before.
        SurveyOutdated: another survey was confirmed since it was reported.
    """
    actor.require(Permission.PLANTING_REVIEW)
    row = session.get(Survey, survey_id)
    if row is None:
        raise NoSuchSurvey(survey=str(survey_id))
    planting = session.get_one(Planting, row.planting_id, with_for_update=True)
    session.refresh(row)
    if (row.decided_by, row.reason) == (actor.person_id, reason):
        return queries.card_of(row)
    if row.reported_by == actor.person_id or queries.is_near(session, actor, planting):
        raise OwnSurvey(survey=str(survey_id))
    alive = queries.before(session, planting).alive
    if row.state == "reported" and reason is None and row.alive_before != alive:
        raise SurveyOutdated(survey=str(survey_id), alive=alive)
    _decide(session, actor, row, reason, now)
    return queries.card_of(row)


def _decide(session: Session, actor: Actor, row: Survey, reason: str | None, now: datetime) -> None:
    row.decide(actor.person_id, reason, now)
    session.flush()
    if reason is None:
        publish(session, "rewards.survival_recorded", now, survey_id=str(row.survey_id))


def write_estimate(session: Session, survey_id: UUID, now: datetime) -> None:
    """Write down what the planting may have removed by this survey; once.

    Nothing before the first survival check: a seedling has removed nothing yet.
    """
    row = session.get_one(Survey, survey_id)
    assert row.state == "confirmed", row.state
    if not queries.has_been_checked(session, row.planting_id, row.surveyed_on):
        return
    planting = session.get_one(Planting, row.planting_id)
    days = (row.surveyed_on - planting.planted_on).days
    measured = None
    if row.dbh_cm is not None and row.height_m is not None:
        measured = Size(row.dbh_cm, row.height_m, f"survey {survey_id}")
    found = estimate(planting.species, days, row.alive, measured=measured, area_m2=row.area_m2)
    session.execute(
        insert(RemovalEstimate)
        .values(
            estimate_id=uuid5(survey_id, "estimate"),
            planting_id=row.planting_id,
            survey_id=survey_id,
            method=METHOD,
            days=days,
            alive=row.alive,
            size_from=found.size_from,
            least_g=found.least_g,
            most_g=found.most_g,
            unknown=found.unknown,
            made_of=_made_of(found),
            estimated_at=now,
        )
        .on_conflict_do_nothing()
    )


def _made_of(found: Estimate) -> dict[str, object]:
    """Return what an estimate was made of, to the last digit, for whoever recomputes it."""
    size = found.size and {
        "dbh_cm": plain(found.size.dbh_cm),
        "height_m": plain(found.size.height_m),
        "source": found.size.source,
    }
    return {
        "age_years": plain(found.age_years),
        "size": size,
        "area_m2": found.area_m2,
        "figures": [
            {
                "equation": one.equation,
                "co2_kg": plain(one.co2_kg),
                "sources": list(one.sources),
                "is_check": one.is_check,
            }
            for one in found.figures
        ],
    }


def count_survival(session: Session, survey_id: UUID, now: datetime) -> None:
    """Let dead trees no longer count for the duty, as the 85 % rule has it; once."""
    row = session.get_one(Survey, survey_id)
    assert row.state == "confirmed", row.state
    planting = session.get_one(Planting, row.planting_id)
    before = rules.Before(
        planting.trees,
        planting.planted_on,
        row.alive_before,
        queries.before(session, planting).form,
    )
    days = (row.surveyed_on - planting.planted_on).days
    change = rules.duty_change(before, row.alive, days)
    if change:
        duties.correct_planting(session, planting.planting_id, survey_id, change, now)


def award_survival(session: Session, survey_id: UUID, now: datetime) -> None:
    """Give the planter the points of the trees that live at a survival check; once."""
    row = session.get_one(Survey, survey_id)
    assert row.state == "confirmed", row.state
    if rules.Stage(row.stage) not in rules.CHECKS or row.alive == 0:
        return
    planting = session.get_one(Planting, row.planting_id)
    about = {"planting_id": str(row.planting_id), "stage": row.stage}
    cause = Cause("survival", survey_id, planting.person_id, row.alive, row.surveyed_on, about)
    award(session, cause, now)


def reverse_never_planted(session: Session, survey_id: UUID, now: datetime) -> None:
    """Take back the points of trees that nothing shows were ever planted; once.

    Of the planting's award as large a part as those trees are of all, rounded down. Trees that
    lived and died keep theirs: planting them was the deed.
    """
    row = session.get_one(Survey, survey_id)
    assert row.state == "confirmed", row.state
    missing = row.deaths.get(rules.DeathCause.NEVER_PLANTED, 0)
    if missing == 0:
        return
    planting = session.get_one(Planting, row.planting_id)
    award_id = uuid5(row.planting_id, "points")
    given = awards.by_id(session, [award_id]).get(award_id)
    reverse(
        session,
        uuid5(survey_id, "never planted"),
        award_id,
        planting.person_id,
        reason="never_planted",
        now=now,
        points=0 if given is None else given.points * missing // planting.trees,
    )
