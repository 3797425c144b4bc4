"""Causes, what was given to them, and certificates of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from puhui.identity import consents
from puhui.identity import queries as identity
from puhui.identity.queries import OrganisationCard
from puhui.kernel.actor import Actor
from puhui.kernel.code import read_code
from puhui.rewards.cause import CauseDraft
from puhui.rewards.model.cause import Cause, Donation
from puhui.rewards.shop_errors import NoSuchCause, NoSuchDonation

CODE_LENGTH = 12


@dataclass(frozen=True)
class CauseCard:
    """A cause, who carries it out, and what it was given."""

    cause_id: UUID
    carrier: OrganisationCard
    draft: CauseDraft
    donations: int
    points: int
    published_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class DonationCard:
    """Points given to a cause, as the asker may see it."""

    donation_id: UUID
    code: str
    cause: CauseCard
    points: int
    name: str | None
    """None unless the giver agrees, or asks themselves; never a child's, to others."""
    is_own: bool
    donated_at: datetime


def causes(session: Session, *, ended: bool = False) -> Sequence[CauseCard]:
    """Return the causes that take points, and with `ended` those that took some; newest first."""
    query = select(Cause).order_by(Cause.published_at.desc(), Cause.cause_id).limit(100)
    if not ended:
        query = query.where(Cause.ended_at.is_(None))
    return list(_cards(session, session.scalars(query).all()).values())


def cause(session: Session, cause_id: UUID) -> CauseCard:
    """Return a cause.

    Raises:
        NoSuchCause: there is none.
    """
    row = session.get(Cause, cause_id)
    if row is None:
        raise NoSuchCause(cause=str(cause_id))
    return _cards(session, [row])[cause_id]


def _cards(session: Session, rows: Sequence[Cause]) -> Mapping[UUID, CauseCard]:
    carriers = identity.organisations(session, {row.organisation_id for row in rows})
    sums = session.execute(
        select(Donation.cause_id, func.count(), func.sum(Donation.points))
        .where(Donation.cause_id.in_([row.cause_id for row in rows]))
        .group_by(Donation.cause_id)
    )
    given = {cause_id: (number, int(points)) for cause_id, number, points in sums}
    return {
        row.cause_id: CauseCard(
            row.cause_id,
            carriers[row.organisation_id],
            row.draft,
            *given.get(row.cause_id, (0, 0)),
            row.published_at,
            row.ended_at,
        )
        for row in rows
    }


def by_id(session: Session, donation_ids: Collection[UUID]) -> Mapping[UUID, tuple[str, Cause]]:
    """Return code and cause of these donations; unknown ones are left out."""
    rows = session.execute(
        select(Donation, Cause)
        .join(Cause, Cause.cause_id == Donation.cause_id)
        .where(Donation.donation_id.in_(donation_ids))
    )
    return {donation.donation_id: (donation.code, found) for donation, found in rows}


def donations_of(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    before: tuple[datetime, UUID] | None = None,
    most: int = 50,
) -> Sequence[DonationCard]:
    """Return what the actor has given, newest first."""
    query = select(Donation).where(Donation.person_id == actor.person_id)
    if before is not None:
        query = query.where(tuple_(Donation.donated_at, Donation.donation_id) < before)
    rows = session.scalars(
        query.order_by(Donation.donated_at.desc(), Donation.donation_id.desc()).limit(most)
    ).all()
    return [card(session, row, actor, now) for row in rows]


def by_code(session: Session, written: str, actor: Actor | None, now: datetime) -> DonationCard:
    """Return a donation by the code on its certificate, as the asker may see it.

    Raises:
        NoSuchDonation: there is none.
    """
    row = session.scalar(select(Donation).where(Donation.code == read_code(written, CODE_LENGTH)))
    if row is None:
        raise NoSuchDonation(code=written)
    return card(session, row, actor, now)


def card(session: Session, row: Donation, actor: Actor | None, now: datetime) -> DonationCard:
    """Return a donation as the asker may see it; a consent withdrawn hides the name at once."""
    own = actor is not None and actor.person_id == row.person_id
    named = own or (
        consents.given(session, row.person_id, consents.Purpose.CERTIFICATE_NAME)
        and not identity.is_minor(session, row.person_id, now)
    )
    name = identity.display_names(session, [row.person_id]).get(row.person_id) if named else None
    return DonationCard(
        row.donation_id,
        row.code,
        cause(session, row.cause_id),
        row.points,
        name,
        own,
        row.donated_at,
    )
