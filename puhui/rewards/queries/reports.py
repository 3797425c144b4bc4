"""Reports, for whoever they speak of, whoever made them, and the verifier."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from puhui.evidence import queries as evidence
from puhui.evidence.queries import PhotoCard
from puhui.identity.queries import erased_people
from puhui.kernel.actor import Actor, Permission
from puhui.rewards.errors import NoSuchReport
from puhui.rewards.model.report import Authorisation, Report, ReportPhoto
from puhui.rewards.points import Reporter, Rule
from puhui.rewards.queries import awards
from puhui.rewards.queries.awards import AwardCard
from puhui.rewards.queries.plantings import shares_organisation
from puhui.rewards.queries.rules import rule_on
from puhui.rewards.report import ReportDraft, ReportState


@dataclass(frozen=True)
class ReportCard:
    """A report with all that belongs to it."""

    report_id: UUID
    person_id: UUID
    rule: Rule
    draft: ReportDraft
    reporter: Reporter
    organisation_id: UUID | None
    state: ReportState
    logged_at: datetime
    decided_at: datetime | None
    words: str
    photos: tuple[PhotoCard, ...]
    award: AwardCard | None

    @property
    def done_on(self) -> date:
        """Return the day of the deed."""
        return self.draft.done_on


@dataclass(frozen=True)
class AuthorisationCard:
    """Who may report what of a person."""

    authorisation_id: UUID
    organisation_id: UUID
    behaviour: str
    given_at: datetime
    withdrawn_at: datetime | None


def card(session: Session, row: Report) -> ReportCard:
    """Return a report with all that belongs to it."""
    return cards(session, [row])[0]


def cards(session: Session, rows: Sequence[Report]) -> list[ReportCard]:
    """Return reports with all that belongs to them, in the order given."""
    ids = [row.report_id for row in rows]
    attached = session.scalars(
        select(ReportPhoto)
        .where(ReportPhoto.report_id.in_(ids))
        .order_by(ReportPhoto.report_id, ReportPhoto.position)
    ).all()
    photos = evidence.cards(session, {photo.photo_id for photo in attached})
    given = awards.by_id(session, [uuid5(name, "points") for name in ids])
    found = []
    for row in rows:
        own = tuple(p.photo_id for p in attached if p.report_id == row.report_id)
        found.append(
            ReportCard(
                row.report_id,
                row.person_id,
                rule_on(session, row.behaviour, row.done_on),
                row.draft(own),
                Reporter(row.reporter),
                row.organisation_id,
                ReportState(row.state),
                row.logged_at,
                row.decided_at,
                row.words,
                tuple(photos[name] for name in own if name in photos),
                given.get(uuid5(row.report_id, "points")),
            )
        )
    return found


def report(session: Session, actor: Actor, report_id: UUID) -> ReportCard:
    """Return a report to the person, to who made it, a verifier or an auditor.

    Raises:
        NoSuchReport: there is none, or it is not theirs to see.
    """
    row = session.get(Report, report_id)
    if row is None or not (
        actor.person_id in (row.person_id, row.reported_by)
        or actor.may(Permission.PLANTING_REVIEW)
        or actor.may(Permission.AUDIT_READ)
    ):
        raise NoSuchReport(report=str(report_id))
    return card(session, row)


def reports_of(
    session: Session,
    person_id: UUID,
    *,
    before: tuple[datetime, UUID] | None = None,
    most: int = 50,
) -> Sequence[ReportCard]:
    """Return what was reported of a person, newest first, before (logged at, id) when given."""
    key = tuple_(Report.logged_at, Report.report_id)
    query = select(Report).where(Report.person_id == person_id)
    if before is not None:
        query = query.where(key < before)
    query = query.order_by(Report.logged_at.desc(), Report.report_id.desc()).limit(most)
    return cards(session, session.scalars(query).all())


def waiting(session: Session, actor: Actor, most: int = 50) -> Sequence[ReportCard]:
    """Return the oldest reports that the verifier may decide: none of their own or their group's.

    Raises:
        Forbidden: the actor is no verifier.
    """
    actor.require(Permission.PLANTING_REVIEW)
    rows = session.scalars(
        select(Report)
        .where(
            Report.state == ReportState.LOGGED,
            Report.person_id != actor.person_id,
            Report.person_id.not_in(erased_people()),
        )
        .order_by(Report.logged_at, Report.report_id)
        .limit(most * 2)
    )
    open_to_them = [row for row in rows if not shares_organisation(session, actor, row.person_id)]
    return cards(session, open_to_them[:most])


def authorisations(session: Session, person_id: UUID) -> Sequence[AuthorisationCard]:
    """Return who may or might report what of a person, the newest first."""
    rows = session.scalars(
        select(Authorisation)
        .where(Authorisation.person_id == person_id)
        .order_by(Authorisation.given_at.desc(), Authorisation.authorisation_id)
        .limit(100)
    )
    return [authorisation_card(row) for row in rows]


def authorisation_card(row: Authorisation) -> AuthorisationCard:
    """Return what the person sees of an authorisation."""
    return AuthorisationCard(
        row.authorisation_id,
        row.organisation_id,
        row.behaviour,
        row.given_at,
        row.withdrawn_at,
    )
