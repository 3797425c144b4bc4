"""Take reports of what was done; let verifiers judge them; let organisations make them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.evidence import queries as evidence
from puhui.identity.queries import organisation
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import day_of
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.outbox.service import publish
from puhui.rewards import report as rules
from puhui.rewards.errors import (
    DocumentUsed,
    NameTaken,
    NoSuchAuthorisation,
    NoSuchReport,
    OwnOrganisation,
    OwnReport,
    PhotoUsed,
)
from puhui.rewards.model.base import PlantingBase
from puhui.rewards.model.planting import PlantingPhoto
from puhui.rewards.model.report import Authorisation, Report, ReportPhoto
from puhui.rewards.points import Reporter, Rule
from puhui.rewards.queries import reports as queries
from puhui.rewards.queries.plantings import shares_organisation
from puhui.rewards.queries.reports import AuthorisationCard, ReportCard
from puhui.rewards.queries.rules import rule_on
from puhui.rewards.report import AuthorisationDraft, ReportDraft, ReportState, ReportVerdict
from puhui.rewards.service.awards import Cause, award


def authorise(
    session: Session,
    actor: Actor,
    authorisation_id: UUID,
    draft: AuthorisationDraft,
    now: datetime,
) -> AuthorisationCard:
    """Let an organisation report one behaviour of the actor's; the same again changes nothing.

    Raises:
        NoRule: there is no such behaviour.
        Invalid: no such organisation, or nobody can be let to report it.
        NameTaken: the name was used for another authorisation.
    """
    actor.require(Permission.DEED_LOG)
    rule = rule_on(session, draft.behaviour, day_of(now))
    faults = []
    if organisation(session, draft.organisation_id) is None:
        faults.append(Fault("unknown_organisation", N_("没有这个组织"), field="organisation_id"))
    if not rules.by_report(rule) or set(rule.reporters) == {Reporter.SELF}:
        message = N_("规则不允许由别人申报这种行为")
        faults.append(Fault("reporter_not_allowed", message, field="behaviour"))
    if faults:
        raise Invalid(faults)
    session.execute(
        insert(Authorisation)
        .values(
            authorisation_id=authorisation_id,
            person_id=actor.person_id,
            organisation_id=draft.organisation_id,
            behaviour=draft.behaviour,
            given_at=now,
        )
        .on_conflict_do_nothing()
    )
    row = session.get_one(Authorisation, authorisation_id)
    if (row.person_id, row.draft) != (actor.person_id, draft):
        raise NameTaken(authorisation=str(authorisation_id))
    return queries.authorisation_card(row)


def withdraw(session: Session, actor: Actor, authorisation_id: UUID, now: datetime) -> None:
    """Let nobody report by this authorisation any more; again changes nothing.

    Raises:
        NoSuchAuthorisation: the actor has given none of this name.
    """
    actor.require(Permission.DEED_LOG)
    row = session.get(Authorisation, authorisation_id, with_for_update=True)
    if row is None or row.person_id != actor.person_id:
        raise NoSuchAuthorisation(authorisation=str(authorisation_id))
    row.withdrawn_at = row.withdrawn_at or now


def log_report(
    session: Session, actor: Actor, report_id: UUID, draft: ReportDraft, now: datetime
) -> ReportCard:
    """Record what was done, by the actor or by whoever authorised the actor's organisation.

    What a person says of themselves waits for a verifier where the rule asks for one. The same
    again changes nothing.

    Raises:
        NoSuchAuthorisation: none is in force for the actor's organisation and this behaviour.
        NoRule: no rule was in force on that day.
        Invalid: with everything that cannot be right.
        PhotoUsed, DocumentUsed: it supports something else already.
        NameTaken: the name was used for another report.
    """
    actor.require(Permission.DEED_LOG if draft.authorisation_id is None else Permission.DEED_REPORT)
    row = session.get(Report, report_id)
    if row is None:
        row = _new(session, actor, report_id, draft, now)
    found = queries.card(session, row)
    if row.reported_by != actor.person_id or found.draft != draft:
        raise NameTaken(report=str(report_id))
    return found


def _new(
    session: Session, actor: Actor, report_id: UUID, draft: ReportDraft, now: datetime
) -> Report:
    person_id, organisation_id = actor.person_id, None
    reporters = [Reporter.SELF]
    if draft.authorisation_id is not None:
        leave = _leave(session, actor, draft)
        person_id, organisation_id = leave.person_id, leave.organisation_id
        reporters = _stands_for(session, actor, organisation_id)
    rule = rule_on(session, draft.behaviour, draft.done_on)
    _judge(session, actor, draft, rule, reporters, now)
    waits = rule.reviewed and reporters == [Reporter.SELF]
    made = session.scalar(
        insert(Report)
        .values(
            report_id=report_id,
            person_id=person_id,
            behaviour=draft.behaviour,
            quantity=draft.quantity,
            done_on=draft.done_on,
            document=draft.document,
            reporter=next(one for one in reporters if one in rule.reporters),
            reported_by=actor.person_id,
            organisation_id=organisation_id,
            authorisation_id=draft.authorisation_id,
            state=ReportState.LOGGED if waits else ReportState.APPROVED,
            logged_at=now,
            decided_at=None if waits else now,
            words="",
        )
        .on_conflict_do_nothing()
        .returning(Report.report_id)
    )
    row = session.get(Report, report_id)
    if row is None:
        raise DocumentUsed(document=draft.document)
    if made is not None:
        _attach(session, actor, report_id, draft.photo_ids)
        if not waits:
            publish(session, "rewards.report_approved", now, report_id=str(report_id))
    return row


def _leave(session: Session, actor: Actor, draft: ReportDraft) -> Authorisation:
    """Return the authorisation, if it is in force, of the actor's organisation and for this."""
    row = session.get(Authorisation, draft.authorisation_id, with_for_update={"read": True})
    if (
        row is None
        or row.withdrawn_at is not None
        or row.behaviour != draft.behaviour
        or not actor.may(Permission.DEED_REPORT, row.organisation_id)
    ):
        raise NoSuchAuthorisation(authorisation=str(draft.authorisation_id))
    return row


def _stands_for(session: Session, actor: Actor, organisation_id: UUID) -> list[Reporter]:
    """Return as what the actor may report: a partner's machine, a base's people, a retailer's."""
    if actor.only is not None:
        return [Reporter.PARTNER]
    keeps = select(PlantingBase.base_id).where(PlantingBase.organisation_id == organisation_id)
    found = []
    if session.scalar(keeps.limit(1)) is not None:
        found.append(Reporter.BASE)
    if actor.may(Permission.SERIAL_SELL, organisation_id):
        found.append(Reporter.RETAILER)
    return found


def _judge(
    session: Session,
    actor: Actor,
    draft: ReportDraft,
    rule: Rule,
    reporters: Sequence[Reporter],
    now: datetime,
) -> None:
    faults = rules.judge(draft, rule, reporters, day_of(now))
    known = evidence.cards(session, draft.photo_ids)
    if any(
        photo_id not in known or known[photo_id].person_id != actor.person_id
        for photo_id in draft.photo_ids
    ):
        faults.append(Fault("unknown_photo", N_("没有找到照片，请重新上传"), field="photo_ids"))
    if faults:
        raise Invalid(faults)


def _attach(session: Session, actor: Actor, report_id: UUID, photo_ids: Sequence[UUID]) -> None:
    known = evidence.cards(session, photo_ids)
    for position, photo_id in enumerate(photo_ids, start=1):
        original = known[photo_id].original_sha256
        attached = session.scalar(
            insert(ReportPhoto)
            .values(
                report_id=report_id,
                position=position,
                photo_id=photo_id,
                original_sha256=original,
                live=True,
            )
            .on_conflict_do_nothing()
            .returning(ReportPhoto.position)
        )
        planted = select(PlantingPhoto.planting_id).where(
            PlantingPhoto.original_sha256 == original, PlantingPhoto.live
        )
        if attached is None or session.scalar(planted.limit(1)) is not None:
            raise PhotoUsed(photo=str(photo_id))


def review_report(
    session: Session, actor: Actor, report_id: UUID, verdict: ReportVerdict, now: datetime
) -> ReportCard:
    """Approve or refuse what a person reports of themselves; the same again does nothing.

    Raises:
        Forbidden: the actor is no verifier.
        Invalid: a refusal without a word.
        NoSuchReport: there is none.
        OwnReport, OwnOrganisation: it is too near to the actor.
        ReportDecided: it was decided before, by somebody else or otherwise.
    """
    actor.require(Permission.PLANTING_REVIEW)
    faults = rules.judge_verdict(verdict)
    if faults:
        raise Invalid(faults)
    row = session.get(Report, report_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchReport(report=str(report_id))
    if actor.person_id in (row.person_id, row.reported_by):
        raise OwnReport(report=str(report_id))
    if shares_organisation(session, actor, row.person_id):
        raise OwnOrganisation(report=str(report_id))
    decided = ReportVerdict(row.state == ReportState.APPROVED, row.words)
    if row.decided_by != actor.person_id or decided != verdict:
        row.decide(verdict, actor.person_id, now)
        session.flush()
        if verdict.approved:
            publish(session, "rewards.report_approved", now, report_id=str(report_id))
        else:
            session.execute(
                update(ReportPhoto).where(ReportPhoto.report_id == report_id).values(live=False)
            )
    return queries.card(session, row)


def award_report(session: Session, report_id: UUID, now: datetime) -> None:
    """Give the points of an approved report; once."""
    row = session.get_one(Report, report_id)
    assert row.state == ReportState.APPROVED, row.state
    cause = Cause(row.behaviour, report_id, row.person_id, row.quantity, row.done_on)
    award(session, cause, now)
